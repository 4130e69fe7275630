"""Elements that are exactly as their dialect says, decoded from JSON straight into element columns.

Two dialects have a fast way, unstructured's and TORE's V3; they are what large corpora come in.
`element_types.py` says what such an element may hold; others are left to `elements.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from tore_export.documents.columns import ElementColumns
from tore_export.documents.schema import Kind
from tore_export.sources.builder import refuse_too_many
from tore_export.sources.element_details import DETAILED, details
from tore_export.sources.element_types import Plain, ToreElement, UnstructuredElement, decoders
from tore_export.sources.elements import close_document, language_of, said_by_pairs
from tore_export.sources.key_values import JOINED
from tore_export.sources.kinds import KINDS, kind_of
from tore_export.sources.unit import Limits

__all__ = [
    "NotTypedError",
    "append_columns",
    "append_typed",
    "kinds_of",
    "may_hold_images",
]

_PARAGRAPH, _KEY_VALUE = int(Kind.PARAGRAPH), int(Kind.KEY_VALUE)
_IMAGE_DATA = re.compile(rb'"image_(?:base64|data)"')
_DETAILED_HERE = DETAILED - {int(Kind.CODE)}  # unstructured's code says nothing of its language


class NotTypedError(Exception):
    """The elements are not exactly as a dialect says; `elements.py` reads them."""


def may_hold_images(data: bytes | msgspec.Raw, limits: Limits) -> bool:
    """Tell whether there may be embedded images in a JSON list of elements, and they are wanted."""
    return limits.keep_images and _IMAGE_DATA.search(data) is not None


def append_typed(
    data: bytes | msgspec.Raw, columns: ElementColumns, limits: Limits
) -> tuple[int, str | None]:
    """Append the elements in a JSON list; return the number of warnings and the language.

    **Raises** NotTypedError, before anything was appended, where `elements.py` has to read them;
    DocumentError as `elements.append_elements` does.
    """
    if may_hold_images(data, limits):
        # none of the types below holds an image, so that none is decoded where it is not asked for
        raise NotTypedError
    plain, unstructured, tore = decoders()
    in_tore = b'"element_type"' in memoryview(data)[:400].tobytes()
    for decoder in (tore, plain, unstructured) if in_tore else (plain, unstructured, tore):
        try:
            elements = decoder.decode(data)
            break
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            continue
    else:
        raise NotTypedError
    refuse_too_many(len(elements), limits)
    if not elements:
        return 0, None
    language = elements[0].metadata.languages
    if isinstance(elements[0], ToreElement):
        n_warnings = _append_tore(elements, columns, limits)
    else:
        n_warnings = _append_unstructured(elements, columns, limits)
    return n_warnings, None if language is None else language_of(language)


def _append_unstructured(
    elements: list[UnstructuredElement], columns: ElementColumns, limits: Limits
) -> int:
    metadata = [element.metadata for element in elements]
    names = [element.type for element in elements]
    if not limits.keep_html and not JOINED.isdisjoint(names):
        raise NotTypedError
    kinds, n_unknown = kinds_of(names)
    speaking = [place for place, kind in enumerate(kinds) if kind in _DETAILED_HERE]
    if not isinstance(metadata[0], Plain):
        linked = [
            place
            for place, m in enumerate(metadata)
            if m.links is not None
            or m.link_urls is not None
            or m.emphasized_text_contents is not None
        ]
        speaking = sorted({*speaking, *linked})
    return n_unknown + append_columns(
        columns,
        kinds,
        ids=[element.element_id for element in elements],
        texts=[element.text for element in elements],
        pages=[m.page_number for m in metadata],
        parents=[m.parent_id for m in metadata],
        depths=[m.category_depth for m in metadata],
        confidences=[m.detection_class_prob for m in metadata],
        speaking=speaking,
        speak=lambda place: _as_dict(elements[place]),
        limits=limits,
    )


def _append_tore(elements: list[ToreElement], columns: ElementColumns, limits: Limits) -> int:
    metadata = [element.metadata for element in elements]
    kinds, n_unknown = kinds_of([element.element_type for element in elements])
    custom = [m.custom_fields for m in metadata]
    return n_unknown + append_columns(
        columns,
        kinds,
        ids=[element.element_id for element in elements],
        texts=[element.text for element in elements],
        pages=[m.page_number for m in metadata],
        parents=[element.parent_id for element in elements],
        depths=[None if c is None else c.category_depth for c in custom],
        confidences=[m.confidence for m in metadata],
        speaking=[place for place, kind in enumerate(kinds) if kind in DETAILED],
        speak=lambda place: _as_dict(elements[place]),
        limits=limits,
    )


def _as_dict(element: Struct) -> dict[str, Any]:
    found = msgspec.structs.asdict(element)
    found["metadata"] = msgspec.structs.asdict(found["metadata"])
    return found


def kinds_of(names: list[str]) -> tuple[list[int], int]:
    """Return the kinds of type names and how many of them are unknown."""
    try:
        return [KINDS[name] for name in names], 0
    except KeyError:
        found = [kind_of(name) for name in names]
        return [_PARAGRAPH if kind is None else kind for kind in found], found.count(None)


def append_columns(
    columns: ElementColumns,
    kinds: list[int],
    *,
    ids: list[str],
    texts: list[str],
    pages: list[int | None],
    parents: list[str | None],
    depths: list[int | None],
    confidences: list[float | None],
    speaking: list[int],
    speak: Callable[[int], dict[str, Any]],
    limits: Limits,
) -> int:
    """Append a document whose elements lie in columns already; return the number of warnings.

    `speaking` are the places of elements that may have details, `speak` gives one of them as a dict.
    """
    start = len(columns)
    columns.kinds += kinds
    columns.texts += texts
    columns.pages += pages
    columns.confidences += confidences
    nothing = [None] * len(kinds)
    columns.cells += nothing
    columns.metas += nothing
    n_warnings = 0
    for place in speaking:
        element = speak(place)
        metadata = element["metadata"] or {}
        cells, meta, well = details(kinds[place], element, metadata, limits)
        if kinds[place] == _KEY_VALUE:
            columns.texts[start + place] = said_by_pairs(texts[place], metadata, limits)
        columns.cells[start + place] = cells
        columns.metas[start + place] = meta
        n_warnings += not well
    close_document(columns, kinds, ids, parents, depths)
    return n_warnings
