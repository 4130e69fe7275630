"""Elements that are exactly as their dialect says, decoded from JSON straight into element columns.

Two dialects have a fast way, unstructured's and TORE's V3; they are what large corpora come in. A type
below says what such an element may hold, strictly: a field that `elements.py` would read in another
way is typed None here, so that an element which has it is left to `elements.py`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from tore_export.documents.columns import ElementColumns
from tore_export.documents.schema import Kind
from tore_export.sources.element_details import DETAILED, details
from tore_export.sources.elements import MAX_PAGE, close_document, language_of, refuse_too_many
from tore_export.sources.kinds import KINDS, kind_of
from tore_export.sources.outline import MAX_DEPTH
from tore_export.sources.unit import Limits

__all__ = ["NotTypedError", "append_typed"]

Id = Annotated[str, Meta(min_length=1)]
Page = Annotated[int, Meta(ge=1, le=MAX_PAGE)]
Depth = Annotated[int, Meta(ge=0, le=MAX_DEPTH)]
Confidence = Annotated[float, Meta(ge=0, le=1)]

_PARAGRAPH = int(Kind.PARAGRAPH)


class NotTypedError(Exception):
    """The elements are not exactly as a dialect says; `elements.py` reads them."""


class _Unstructured(Struct, gc=False):
    page_number: Page | None = None
    category_depth: Depth | None = None
    parent_id: Id | None = None
    text_as_html: Any = None
    languages: Any = None
    links: Any = None
    orig_elements: Any = None
    link_urls: Any = None
    link_texts: Any = None
    image_url: Any = None
    detection_class_prob: Confidence | None = None
    confidence: None = None
    alt_text: None = None
    caption: None = None
    latex: None = None
    mathml: None = None
    language: None = None
    checked: None = None
    font_size: None = None
    custom_fields: None = None


class _UnstructuredElement(Struct, gc=False):
    element_id: Id
    type: str
    text: str
    metadata: _Unstructured
    element_type: None = None
    parent_id: None = None
    page_number: None = None
    page: None = None
    confidence: None = None
    detection_class_prob: None = None
    category_depth: None = None
    languages: None = None
    cells: None = None
    headers: None = None
    table_metadata: None = None
    image_url: None = None
    alt_text: None = None
    caption: None = None
    latex: None = None
    mathml: None = None
    formula_metadata: None = None
    code_metadata: None = None
    language: None = None
    checked: None = None


class _ToreCustom(Struct, gc=False):
    category_depth: Depth | None = None
    font_size: None = None


class _Tore(Struct, gc=False):
    confidence: Confidence | None = None
    page_number: Page | None = None
    languages: Any = None
    custom_fields: _ToreCustom | None = None
    category_depth: None = None
    text_as_html: Any = None
    links: None = None
    orig_elements: None = None
    link_urls: None = None
    detection_class_prob: None = None
    image_url: None = None
    alt_text: None = None
    caption: None = None
    latex: None = None
    mathml: None = None
    language: None = None
    checked: None = None
    font_size: None = None
    parent_id: None = None


class _ToreElement(Struct, gc=False):
    element_id: Id
    element_type: str
    text: str
    metadata: _Tore
    parent_id: Id | None = None
    cells: Any = None
    headers: Any = None
    table_metadata: Any = None
    image_url: Any = None
    alt_text: Any = None
    caption: Any = None
    latex: Any = None
    mathml: Any = None
    formula_metadata: Any = None
    code_metadata: Any = None
    page_number: None = None
    page: None = None
    confidence: None = None
    detection_class_prob: None = None
    category_depth: None = None
    languages: None = None
    language: None = None
    checked: None = None


@lru_cache(maxsize=1)
def _decoders() -> tuple[Any, Any]:
    return (
        msgspec.json.Decoder(list[_UnstructuredElement]),
        msgspec.json.Decoder(list[_ToreElement]),
    )


def append_typed(
    data: bytes | msgspec.Raw, columns: ElementColumns, limits: Limits
) -> tuple[int, str | None]:
    """Append the elements in a JSON list; return the number of warnings and the language.

    **Raises** NotTypedError, before anything was appended, where `elements.py` has to read them;
    DocumentError as `elements.append_elements` does.
    """
    unstructured, tore = _decoders()
    in_tore = b'"element_type"' in memoryview(data)[:400].tobytes()
    first, second = (tore, unstructured) if in_tore else (unstructured, tore)
    try:
        elements = first.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        try:
            elements = second.decode(data)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise NotTypedError from None
    refuse_too_many(len(elements), limits)
    if not elements:
        return 0, None
    language = elements[0].metadata.languages
    if isinstance(elements[0], _ToreElement):
        n_warnings = _append_tore(elements, columns)
    else:
        n_warnings = _append_unstructured(elements, columns)
    return n_warnings, None if language is None else language_of(language)


def _append_unstructured(elements: list[_UnstructuredElement], columns: ElementColumns) -> int:
    start = len(columns)
    metadata = [element.metadata for element in elements]
    kinds, n_warnings = _kinds([element.type for element in elements])
    columns.kinds += kinds
    columns.texts += [element.text for element in elements]
    columns.pages += [m.page_number for m in metadata]
    columns.confidences += [m.detection_class_prob for m in metadata]
    n_warnings += _append_details(
        elements,
        kinds,
        [
            k in DETAILED
            or m.links is not None
            or m.orig_elements is not None
            or m.link_urls is not None
            for k, m in zip(kinds, metadata, strict=True)
        ],
        columns,
    )
    close_document(
        columns,
        start,
        [element.element_id for element in elements],
        [m.parent_id for m in metadata],
        [m.category_depth for m in metadata],
    )
    return n_warnings


def _append_tore(elements: list[_ToreElement], columns: ElementColumns) -> int:
    start = len(columns)
    metadata = [element.metadata for element in elements]
    kinds, n_warnings = _kinds([element.element_type for element in elements])
    columns.kinds += kinds
    columns.texts += [element.text for element in elements]
    columns.pages += [m.page_number for m in metadata]
    columns.confidences += [m.confidence for m in metadata]
    n_warnings += _append_details(elements, kinds, [k in DETAILED for k in kinds], columns)
    custom = [m.custom_fields for m in metadata]
    close_document(
        columns,
        start,
        [element.element_id for element in elements],
        [element.parent_id for element in elements],
        [None if c is None else c.category_depth for c in custom],
    )
    return n_warnings


def _kinds(names: list[str]) -> tuple[list[int], int]:
    """Return the kinds of type names and how many of them are unknown."""
    found = [KINDS.get(name) for name in names]
    n_unknown = 0
    if None in found:
        found = [
            kind_of(name) if kind is None else kind for kind, name in zip(found, names, strict=True)
        ]
        n_unknown = found.count(None)
    return [_PARAGRAPH if kind is None else kind for kind in found], n_unknown


def _append_details(
    elements: list[Any], kinds: list[int], detailed: list[bool], columns: ElementColumns
) -> int:
    """Append cells and metas; only elements that have some cost anything."""
    start = len(columns.cells)
    columns.cells += [None] * len(elements)
    columns.metas += [None] * len(elements)
    n_warnings = 0
    place = -1
    for _ in range(detailed.count(True)):
        place = detailed.index(True, place + 1)
        element = msgspec.structs.asdict(elements[place])
        metadata = msgspec.structs.asdict(element["metadata"])
        cells, meta, well = details(kinds[place], element, metadata)
        columns.cells[start + place] = cells
        columns.metas[start + place] = meta
        n_warnings += not well
    return n_warnings
