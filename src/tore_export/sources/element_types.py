"""What an element of unstructured or of TORE's V3 may hold to be decoded straight from JSON, strictly.

A field that `elements.py` would read in another way is typed None here, so that an element which has it
is left to `elements.py`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from tore_export.sources.elements import MAX_PAGE
from tore_export.sources.outline import MAX_DEPTH

__all__ = [
    "FIELDS",
    "METADATA_FIELDS",
    "Plain",
    "ToreElement",
    "UnstructuredElement",
    "decoders",
]

Id = Annotated[str, Meta(min_length=1)]
Page = Annotated[int, Meta(ge=1, le=MAX_PAGE)]
Depth = Annotated[int, Meta(ge=0, le=MAX_DEPTH)]
Confidence = Annotated[float, Meta(ge=0, le=1)]


class _Unstructured(Struct, gc=False):
    page_number: Page | None = None
    category_depth: Depth | None = None
    parent_id: Id | None = None
    text_as_html: Any = None
    languages: Any = None
    links: Any = None
    orig_elements: None = None
    link_urls: Any = None
    link_texts: Any = None
    emphasized_text_contents: Any = None
    emphasized_text_tags: Any = None
    key_value_pairs: Any = None
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


class UnstructuredElement(Struct, gc=False):
    """An element of unstructured, with all that is read of one."""

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


class Plain(_Unstructured, gc=False):
    """What most elements say; to look for links in each one of them would cost as much as its text."""

    links: None = None
    link_urls: None = None
    emphasized_text_contents: None = None
    key_value_pairs: None = None


class _PlainElement(UnstructuredElement, gc=False):
    metadata: Plain


FIELDS, METADATA_FIELDS = UnstructuredElement.__struct_fields__, _Unstructured.__struct_fields__
"""What may matter of an element of unstructured; what else it says is not read."""


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
    emphasized_text_contents: None = None
    key_value_pairs: None = None
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


class ToreElement(Struct, gc=False):
    """An element of TORE's V3."""

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
def decoders() -> tuple[Any, ...]:
    """Return those of lists of elements: of unstructured's plain ones, of all of its, of TORE's."""
    return (
        msgspec.json.Decoder(list[_PlainElement]),
        msgspec.json.Decoder(list[UnstructuredElement]),
        msgspec.json.Decoder(list[ToreElement]),
    )
