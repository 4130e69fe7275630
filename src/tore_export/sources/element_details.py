"""What an element says beyond its text: a table's cells, an image's caption, a formula's LaTeX."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tore_export.documents.columns import Cells, encode_meta
from tore_export.documents.schema import Kind
from tore_export.sources.chunks import originals_of
from tore_export.sources.emphasis import nested, spans_of_emphasis
from tore_export.sources.key_values import pairs_of
from tore_export.sources.links import embeds, is_link, links_of, spans_of_links
from tore_export.sources.table_cells import cells_of_lists
from tore_export.sources.unit import Limits

__all__ = ["DETAILED", "details", "has_details"]

_TABLE, _IMAGE, _FORMULA = int(Kind.TABLE), int(Kind.IMAGE), int(Kind.FORMULA)
_CODE, _CHECKBOX, _KEY_VALUE = int(Kind.CODE), int(Kind.CHECKBOX), int(Kind.KEY_VALUE)

DETAILED = frozenset({_TABLE, _IMAGE, _FORMULA, _CODE, _CHECKBOX, _KEY_VALUE})
"""Kinds that may say more than their text. Any kind may have links, emphasis, or be a chunk."""

_IMAGE_TYPES = {
    "/9j/": "image/jpeg",
    "iVBORw": "image/png",
    "R0lGOD": "image/gif",
    "UklGR": "image/webp",
    "PHN2Z": "image/svg+xml",
}
"""How base64 of each begins."""


def has_details(kind: int, metadata: Mapping[str, Any]) -> bool:
    """Tell whether `details` could find anything."""
    return (
        kind in DETAILED
        or metadata.get("links") is not None
        or metadata.get("link_urls") is not None
        or metadata.get("orig_elements") is not None
        or metadata.get("emphasized_text_contents") is not None
    )


def details(
    kind: int, element: Mapping[str, Any], metadata: Mapping[str, Any], limits: Limits
) -> tuple[Cells | None, str | None, bool]:
    """Return an element's cells, its meta as JSON, and whether all of it could be read."""
    meta: dict[str, Any] = {}
    cells: Cells | None = None
    well = True
    if kind == _TABLE:
        cells, well = _table(element, metadata, meta)
        html = metadata.get("text_as_html")
        if limits.keep_html and isinstance(html, str) and element.get("type") != "TableChunk":
            meta["html"] = html
    elif kind == _IMAGE:
        _put_text(meta, "alt", element.get("alt_text"), metadata.get("alt_text"))
        url = element.get("image_url") or metadata.get("image_url")
        if is_link(url):
            meta["url"] = url
        data = _image_data(element, metadata) if limits.keep_images else None
        if data is not None:
            meta["data"] = data
    elif kind == _KEY_VALUE:
        pairs = pairs_of(metadata)
        if pairs:
            meta["pairs"] = pairs
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
    if isinstance(text, str) and kind != _CODE:
        spans = spans_of_links(text, links_of(metadata))
        if metadata.get("emphasized_text_contents") is not None:
            spans = nested(spans, spans_of_emphasis(text, metadata))
        if spans:
            meta["spans"] = spans
    if metadata.get("orig_elements") is not None:
        originals, _ = originals_of(metadata["orig_elements"])
        if originals is None:
            well = False
        else:
            ids = (original.get("element_id") for original in originals)
            if parts := [identity for identity in ids if isinstance(identity, str)]:
                meta["parts"] = parts
    return cells, encode_meta(meta), well


def _image_data(element: Mapping[str, Any], metadata: Mapping[str, Any]) -> str | None:
    """Return an embedded image as a data URI; None where there is none."""
    data = metadata.get("image_base64") or element.get("image_data") or metadata.get("image_data")
    if not isinstance(data, str) or not data:
        return None
    if embeds(data):
        return data
    about = element.get("image_metadata")
    said = metadata.get("image_mime_type")
    if not isinstance(said, str) and isinstance(about, Mapping):
        said = about.get("mime_type")
    if not isinstance(said, str) or not said.startswith("image/"):
        found = (name for start, name in _IMAGE_TYPES.items() if data.startswith(start))
        said = next(found, "image/*")
    return f"data:{said};base64,{data}"


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
    from tore_export.sources.html.table import table_of_html

    cells, said = table_of_html(html) if isinstance(html, str) else (None, {})
    meta.update({name: value for name, value in said.items() if name not in meta})
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
