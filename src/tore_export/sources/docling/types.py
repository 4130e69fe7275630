"""What a DoclingDocument holds, as far as it is read; fields that are not named here are skipped.

Types are strict, since the decoder then does the checking. What does not fit is mended value by value:
`decoded` gives up only what is wrong, and counts it.
"""

from __future__ import annotations

from functools import lru_cache
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Raw, Struct, field

__all__ = [
    "DoclingCell",
    "DoclingGraph",
    "DoclingItem",
    "DoclingTable",
    "Formatting",
    "Ref",
    "decoded",
]


class Ref(Struct, gc=False):
    """A pointer to an item, such as `#/texts/3`."""

    to: str = field(name="$ref")


class Prov(Struct, gc=False):
    """Where an item lies."""

    page_no: int | None = None


class Formatting(Struct, gc=False):
    """How the text of an item is set."""

    bold: bool | None = False
    italic: bool | None = False
    underline: bool | None = False
    strikethrough: bool | None = False
    script: Literal["baseline", "sub", "super"] | None = None


class DoclingCell(Struct, gc=False):
    """A cell of a table; `ref` names a group with what a rich one holds."""

    text: str | None = None
    start_row_offset_idx: int | None = None
    start_col_offset_idx: int | None = None
    end_row_offset_idx: int | None = None
    end_col_offset_idx: int | None = None
    row_span: int | None = None
    col_span: int | None = None
    column_header: bool | None = False
    row_header: bool | None = False
    ref: Ref | None = None


class DoclingTable(Struct):
    """The data of a table. `grid` has every cell again, once in each place it covers."""

    table_cells: list[DoclingCell] | None = None
    num_rows: int | None = None
    num_cols: int | None = None
    grid: Raw = Raw()


class GraphCell(Struct, gc=False):
    """A key or a value."""

    cell_id: int | None = None
    label: str | None = None
    text: str | None = None
    orig: str | None = None
    item_ref: Ref | None = None


class GraphLink(Struct, gc=False):
    """What belongs to what."""

    label: str | None = None
    source_cell_id: int | None = None
    target_cell_id: int | None = None


class DoclingGraph(Struct):
    """The keys and values of a region of a form."""

    cells: list[GraphCell] | None = None
    links: list[GraphLink] | None = None


class Image(Struct, gc=False):
    """The picture itself, mostly as a data URI."""

    uri: str | None = None


class PictureClass(Struct, gc=False):
    """What a picture shows, as a classifier says."""

    class_name: str | None = None
    confidence: float | None = None


class Annotation(Struct):
    """What older schemas say of a picture."""

    kind: str | None = None
    text: str | None = None
    predicted_classes: list[PictureClass] | None = None
    chart_data: DoclingTable | None = None


class Description(Struct, gc=False):
    """What a picture or a table shows, in words."""

    text: str | None = None


class Classification(Struct):
    """Guesses at what a picture shows."""

    predictions: list[PictureClass] | None = None


class Chart(Struct):
    """The numbers a chart was drawn from."""

    chart_data: DoclingTable | None = None


class ItemLanguage(Struct, gc=False):
    """The language of an item."""

    code: str | None = None


class ItemMeta(Struct):
    """What newer schemas say of an item."""

    description: Description | None = None
    classification: Classification | None = None
    tabular_chart: Chart | None = None
    language: ItemLanguage | None = None


class DoclingItem(Struct):
    """An item of any list: a text, a table, a picture, a group …; each uses some of the fields."""

    label: str | None = None
    content_layer: str | None = None
    children: list[Ref] | None = None
    text: str | None = None
    orig: str | None = None
    name: str | None = None
    prov: list[Prov] | None = None
    formatting: Formatting | None = None
    hyperlink: str | None = None
    level: int | None = None
    enumerated: bool | None = None
    marker: str | None = None
    code_language: str | None = None
    captions: list[Ref] | None = None
    footnotes: list[Ref] | None = None
    data: DoclingTable | None = None
    image: Image | None = None
    annotations: list[Annotation] | None = None
    meta: ItemMeta | None = None
    graph: DoclingGraph | None = None


@lru_cache(maxsize=16)
def _decoder(kind: Any) -> Any:
    return msgspec.json.Decoder(kind)


def decoded(data: Raw | bytes, kind: Any) -> tuple[Any, int]:
    """Return a JSON value as `kind`, a struct or a list of them, and how many values did not fit.

    A value that does not fit is left out, an item of a list too, but for a list of DoclingItem, which
    pointers count: there an empty item takes its place.

    >>> decoded(b'[{"label": "text", "text": 5, "level": 2}, 7]', list[DoclingItem])[1]
    2
    """
    try:
        return _decoder(kind).decode(data), 0
    except msgspec.ValidationError:
        found, n_wrong = _mended(_decoder(Any).decode(data), kind)
        return found, n_wrong


def _mended(value: Any, kind: Any) -> tuple[Any, int]:
    """Return what of a value fits `kind`, None if nothing does, and how much did not."""
    try:
        return msgspec.convert(value, kind), 0
    except msgspec.ValidationError:
        pass
    if isinstance(kind, UnionType):
        kind = next(part for part in get_args(kind) if part is not type(None))
    if get_origin(kind) is list and isinstance(value, list):
        (inner,) = get_args(kind)
        return _mended_list(value, inner)
    if isinstance(kind, type) and issubclass(kind, Struct) and isinstance(value, dict):
        return _mended_struct(value, kind)
    if kind is Raw:
        # nothing that was decoded can be converted to what was not
        return Raw(msgspec.json.encode(value)), 0
    return None, 1


def _mended_list(values: list[Any], kind: Any) -> tuple[list[Any], int]:
    found = []
    n_wrong = 0
    for value in values:
        mended, n_here = _mended(value, kind)
        n_wrong += n_here
        if mended is not None:
            found.append(mended)
        elif kind is DoclingItem:
            found.append(DoclingItem())
    return found, n_wrong


def _mended_struct(value: dict[Any, Any], kind: Any) -> tuple[Any, int]:
    hints = get_type_hints(kind)
    said: dict[str, Any] = {}
    n_wrong = 0
    for known in msgspec.structs.fields(kind):
        if known.encode_name not in value:
            continue
        mended, n_here = _mended(value[known.encode_name], hints[known.name])
        n_wrong += n_here
        if mended is not None:
            said[known.name] = mended
    try:
        return kind(**said), n_wrong
    except TypeError:
        # what cannot be missing is missing
        return None, max(1, n_wrong)
