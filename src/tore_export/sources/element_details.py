"""What an element says beyond its text: a table's cells, an image's caption, a formula's LaTeX."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tore_export.documents.columns import Cells, encode_meta
from tore_export.documents.schema import Kind
from tore_export.sources.html_table import cells_of_html
from tore_export.sources.links import embeds, is_link, links_of, spans_of_links
from tore_export.sources.table_cells import cells_of_lists

__all__ = ["DETAILED", "details", "has_details"]

_TABLE, _IMAGE, _FORMULA = int(Kind.TABLE), int(Kind.IMAGE), int(Kind.FORMULA)
_CODE, _CHECKBOX = int(Kind.CODE), int(Kind.CHECKBOX)

DETAILED = frozenset({_TABLE, _IMAGE, _FORMULA, _CODE, _CHECKBOX})
"""Kinds that may say more than their text. Any kind may have links or be a chunk of other elements."""

MAX_CHUNK_BYTES = 16_000_000


def has_details(kind: int, metadata: Mapping[str, Any]) -> bool:
    """Tell whether `details` could find anything."""
    return (
        kind in DETAILED
        or metadata.get("links") is not None
        or metadata.get("link_urls") is not None
        or metadata.get("orig_elements") is not None
    )


def details(
    kind: int, element: Mapping[str, Any], metadata: Mapping[str, Any]
) -> tuple[Cells | None, str | None, bool]:
    """Return an element's cells, its meta as JSON, and whether all of it could be read."""
    meta: dict[str, Any] = {}
    cells: Cells | None = None
    well = True
    if kind == _TABLE:
        cells, well = _table(element, metadata, meta)
    elif kind == _IMAGE:
        _put_text(meta, "alt", element.get("alt_text"), metadata.get("alt_text"))
        url = element.get("image_url") or metadata.get("image_url")
        if is_link(url):
            meta["url"] = url
    elif kind == _FORMULA:
        _put_text(meta, "latex", element.get("latex"), metadata.get("latex"))
        _put_text(meta, "mathml", element.get("mathml"), metadata.get("mathml"))
        formula = element.get("formula_metadata")
        if isinstance(formula, Mapping) and isinstance(formula.get("formula_type"), str):
            meta["display"] = formula["formula_type"].lower() != "inline"
    elif kind == _CODE:
        code = element.get("code_metadata")
        said = code.get("language") if isinstance(code, Mapping) else None
        _put_text(meta, "language", said, element.get("language"), metadata.get("language"))
    elif kind == _CHECKBOX:
        _checkbox(element, metadata, meta)
    if kind in (_TABLE, _IMAGE):
        _put_text(meta, "caption", element.get("caption"), metadata.get("caption"))
    text = element.get("text")
    if isinstance(text, str) and (spans := spans_of_links(text, links_of(metadata))):
        meta["spans"] = spans
    if metadata.get("orig_elements") is not None:
        parts = _parts(metadata["orig_elements"])
        if parts is None:
            well = False
        elif parts:
            meta["parts"] = parts
    return cells, encode_meta(meta), well


def _put_text(meta: dict[str, Any], name: str, *said: Any) -> None:
    for text in said:
        if isinstance(text, str) and text and not embeds(text):
            meta[name] = text
            return


def _table(
    element: Mapping[str, Any], metadata: Mapping[str, Any], meta: dict[str, Any]
) -> tuple[Cells | None, bool]:
    """Return a table's cells, None if it has none, and whether what it has could be read."""
    table = element.get("table_metadata")
    if not isinstance(table, Mapping):
        table = {}
    align = table.get("table_alignment")
    if isinstance(align, list) and 0 < len(align) <= 1_000:
        names = [a.lower() if isinstance(a, str) else None for a in align]
        meta["align"] = [a if a in ("left", "center", "right") else None for a in names]
    rows = element.get("cells")
    headers = element.get("headers")
    if rows or headers:
        cells = cells_of_lists(
            rows, headers, table.get("cell_spans"), first_is_header=table.get("has_header") is True
        )
        if cells is not None:
            return cells, True
    html = metadata.get("text_as_html")
    if html is None or html == "":
        return None, not (rows or headers)
    cells = cells_of_html(html) if isinstance(html, str) else None
    return cells, cells is not None and not (rows or headers)


def _checkbox(
    element: Mapping[str, Any], metadata: Mapping[str, Any], meta: dict[str, Any]
) -> None:
    checked = element.get("checked", metadata.get("checked"))
    if isinstance(checked, bool):
        meta["checked"] = checked
        return
    name = str(element.get("element_type") or element.get("type")).lower()
    if name.endswith("checked"):
        meta["checked"] = not name.endswith("unchecked")


def _parts(packed: Any) -> list[str] | None:
    """Return the ids of the elements a chunk was made of; None where they cannot be read.

    They are a list of elements, or that list as JSON, deflated and in base64.
    """
    import binascii
    import zlib

    import msgspec

    if isinstance(packed, str):
        if len(packed) > MAX_CHUNK_BYTES:
            return None
        inflater = zlib.decompressobj()
        try:
            raw = inflater.decompress(binascii.a2b_base64(packed), MAX_CHUNK_BYTES)
            packed = msgspec.json.decode(raw, type=list[dict[str, Any]])
        except (zlib.error, binascii.Error, msgspec.MsgspecError, ValueError, RecursionError):
            return None
    if not isinstance(packed, list):
        return None
    ids = [part.get("element_id") for part in packed if isinstance(part, Mapping)]
    return [identity for identity in ids if isinstance(identity, str)]
