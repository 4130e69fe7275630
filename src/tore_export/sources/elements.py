"""Elements as dicts, of any dialect and in any state, to element columns.

The way for everything that is not exactly as its dialect says: one bad field costs that field, one bad
element falls back to its text, and both are counted. `typed_elements.py` is the fast way for elements
that are as they should be; both give the same columns for the same elements.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.errors import DocumentError
from tore_export.sources.builder import refuse_too_many
from tore_export.sources.chunks import has_chunks, unfolded
from tore_export.sources.element_details import details, has_details
from tore_export.sources.json_text import decode, endless, shown
from tore_export.sources.key_values import JOINED, joined, pairs_of, text_of
from tore_export.sources.kinds import kind_of
from tore_export.sources.outline import MAX_DEPTH, levels_of, resolve_parents
from tore_export.sources.unit import Limits

__all__ = ["append_elements", "append_held", "elements_from_dicts", "first_language"]

MAX_PAGE = 2**31 - 1

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_PARAGRAPH, _KEY_VALUE = int(Kind.PARAGRAPH), int(Kind.KEY_VALUE)


def elements_from_dicts(
    elements: Sequence[Mapping[str, Any]], limits: Limits | None = None
) -> tuple[list[Element], int]:
    """Return elements of any dialect as Element objects, and how many could only be read in part.

    **Raises** DocumentError for what is no document: ids twice, parents in a circle, too many, a value
    that holds itself.

    >>> elements_from_dicts([{"type": "title", "text": "Pumps"}, {"type": "Table", "text": "a b"}])[0]
    [Element(kind=<Kind.TITLE: 0>, text='Pumps', id='0', level=1), \
Element(kind=<Kind.TABLE: 3>, text='a b', id='1')]
    """
    columns = ElementColumns()
    n_warnings = append_held(elements, columns, limits or Limits())
    columns.counts.append(len(columns))
    return columns.to_elements()[0], n_warnings


def append_held(
    elements: Sequence[Mapping[str, Any]], columns: ElementColumns, limits: Limits
) -> int:
    """Append the elements of one document that did not come from JSON; return the number of warnings.

    **Raises** DocumentError as `append_elements` does, and for a value that holds itself.
    """
    found: Any = list(elements)
    n_repaired = 0
    try:
        text = json.dumps(found, ensure_ascii=False, skipkeys=True, default=str)
    except (ValueError, RecursionError) as error:
        raise endless() from error
    # what did not come from UTF-8 may hold half a surrogate pair, which nothing below can write
    if _LONE_SURROGATE.search(text):
        found, n_repaired = decode(json.dumps(found, skipkeys=True, default=str).encode(), limits)
    return n_repaired + append_elements(found, columns, limits)


def append_elements(elements: Any, columns: ElementColumns, limits: Limits) -> int:
    """Append the elements of one document to the columns; return the number of warnings.

    **Raises** DocumentError with rule `not_elements`, `too_many_elements`, `duplicate_ids` or
    `parent_cycle`; what was appended by then is the caller's to take back.
    """
    if not isinstance(elements, list):
        raise DocumentError(
            "the elements are no list",
            rule="not_elements",
            found=shown(elements),
            allowed="a list of objects",
        )
    refuse_too_many(len(elements), limits)
    if not limits.keep_html:
        elements = _as_they_were(elements, limits)
    n_warnings = 0
    start = len(columns)
    ids: list[str | None] = []
    depths: list[int | None] = []
    parents: list[str | None] = []
    sizes: list[float | None] = []
    for element in elements:
        if not isinstance(element, Mapping):
            n_warnings += 1
            if not isinstance(element, str):
                continue
            element = {"type": "Text", "text": element}  # noqa: PLW2901  # a string is a paragraph
        metadata = element.get("metadata")
        well = isinstance(metadata, Mapping | None)
        if not isinstance(metadata, Mapping):
            metadata = {}
        custom = metadata.get("custom_fields")
        if not isinstance(custom, Mapping):
            custom = {}
        kind = kind_of(type_of(element))
        text, text_is_well = _text(element.get("text"))
        page, page_is_well = _page(
            first_said(element, element, "page_number", "page", default=metadata.get("page_number"))
        )
        depth, depth_is_well = _depth(
            first_said(metadata, custom, "category_depth", default=element.get("category_depth"))
        )
        well = well and kind is not None and text_is_well and page_is_well and depth_is_well
        kind = _PARAGRAPH if kind is None else kind
        cells, meta = None, None
        if has_details(kind, metadata):
            cells, meta, details_are_well = details(kind, element, metadata, limits)
            well = well and details_are_well
            if kind == _KEY_VALUE:
                text = said_by_pairs(text, metadata, limits)
        ids.append(_identity(first_said(element, element, "element_id", "id")))
        depths.append(depth)
        parents.append(_identity(first_said(element, metadata, "parent_id")))
        sizes.append(_number(first_said(metadata, custom, "font_size")))
        columns.kinds.append(kind)
        columns.texts.append(text)
        columns.pages.append(page)
        columns.confidences.append(_confidence(element, metadata))
        columns.cells.append(cells)
        columns.metas.append(meta)
        n_warnings += not well
    close_document(columns, columns.kinds[start:], ids, parents, depths, sizes)
    return n_warnings


def _as_they_were(elements: list[Any], limits: Limits) -> list[Any]:
    """Return the elements with chunks unfolded and names of fields joined with their values.

    Not where `keep_html` asks for what unstructured itself would write of each element.
    """
    if has_chunks(elements):
        elements = unfolded(elements, limits)
        refuse_too_many(len(elements), limits)
    if any(isinstance(element, Mapping) and is_joined(element.get("type")) for element in elements):
        elements = joined(elements)
    return elements


def is_joined(name: Any) -> bool:
    """Tell whether a type may be one half of something."""
    return isinstance(name, str) and name in JOINED


def said_by_pairs(text: str, metadata: Mapping[str, Any], limits: Limits) -> str:
    """Return the text of key-values: a line a pair, unless `keep_html` asks for the element's own."""
    pairs = [] if limits.keep_html else pairs_of(metadata)
    return text_of(pairs) if pairs else text


def close_document(
    columns: ElementColumns,
    kinds: Sequence[int],
    ids: list[Any],
    parents: list[str | None],
    depths: list[int | None],
    sizes: list[float | None] | None = None,
) -> None:
    """Append ids, parents and levels of the elements whose other columns were appended."""
    known = set(ids)
    if None in known or len(known) != len(ids):
        said = [identity for identity in ids if identity is not None]
        known.discard(None)
        if len(known) != len(said):
            _refuse_duplicates(said)
        _name_the_nameless(ids, known)
    if parents.count(None) != len(parents):
        resolve_parents(ids, parents)
    if sizes is not None and sizes.count(None) == len(sizes):
        sizes = None
    columns.levels.extend(levels_of(kinds, depths, parents, ids, sizes))
    columns.ids.extend(ids)
    columns.parents.extend(parents)


def _refuse_duplicates(ids: list[str]) -> None:
    seen: set[str] = set()
    for identity in ids:
        if identity in seen:
            raise DocumentError(
                "several elements have one id",
                rule="duplicate_ids",
                found=f"{shown(identity)} {ids.count(identity)} times",
                allowed="ids that name one element of the document each",
            )
        seen.add(identity)


def _name_the_nameless(ids: list[str | None], known: set[str]) -> None:
    for index, identity in enumerate(ids):
        if identity is None:
            name = str(index)
            while name in known:
                name += "_"
            ids[index] = name
            known.add(name)


def type_of(element: Mapping[str, Any]) -> Any:
    """Return the name of an element's type, whatever its dialect calls it."""
    return first_said(element, element, "element_type", "type", "category")


def first_said(
    first: Mapping[str, Any], second: Mapping[str, Any], *names: str, default: Any = None
) -> Any:
    """Return the first value that is not null, of `first` before `second`."""
    for fields in (first, second):
        for name in names:
            value = fields.get(name)
            if value is not None:
                return value
    return default


def _text(said: Any) -> tuple[str, bool]:
    """Return a text and whether it is as it should be; null is an empty text."""
    if type(said) is str:
        return said, True
    if said is None:
        return "", True
    if isinstance(said, list) and all(isinstance(part, str) for part in said):
        return "\n".join(said), False
    return (str(said) if isinstance(said, int | float) else ""), False


def _page(said: Any) -> tuple[int | None, bool]:
    if said is None:
        return None, True
    if isinstance(said, float) and said.is_integer():
        said = int(said)
    if isinstance(said, int) and not isinstance(said, bool) and 1 <= said <= MAX_PAGE:
        return said, True
    return None, False


def _depth(said: Any) -> tuple[int | None, bool]:
    if said is None:
        return None, True
    if isinstance(said, int) and not isinstance(said, bool) and 0 <= said <= MAX_DEPTH:
        return said, True
    return None, False


def _identity(said: Any) -> str | None:
    if isinstance(said, str):
        return said or None
    if isinstance(said, int | float) and not isinstance(said, bool):
        return str(said)
    return None


def _number(said: Any) -> float | None:
    return float(said) if isinstance(said, int | float) and 0 < said < 10_000 else None


def _confidence(element: Mapping[str, Any], metadata: Mapping[str, Any]) -> float | None:
    said = first_said(metadata, element, "confidence", "detection_class_prob")
    if isinstance(said, int | float) and not isinstance(said, bool) and 0 <= said <= 1:
        return float(said)
    return None


def first_language(elements: Any) -> str | None:
    """Return the first language the first element names; None where it names none."""
    first = elements[0] if isinstance(elements, list) and elements else None
    if not isinstance(first, Mapping):
        return None
    metadata = first.get("metadata")
    languages = first_said(metadata if isinstance(metadata, Mapping) else {}, first, "languages")
    return language_of(languages)


def language_of(languages: Any) -> str | None:
    """Return the first of a list of languages."""
    first = languages[0] if isinstance(languages, list) and languages else languages
    return first if isinstance(first, str) and 0 < len(first) <= 100 else None
