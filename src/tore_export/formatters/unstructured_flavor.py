"""Markdown as unstructured writes it, to the byte: for who has pipelines that expect just that."""

from __future__ import annotations

from tore_export.documents.columns import ElementColumns, decode_meta
from tore_export.documents.schema import Kind

__all__ = ["unstructured_pieces"]

_TITLE, _TABLE, _IMAGE = int(Kind.TITLE), int(Kind.TABLE), int(Kind.IMAGE)


def unstructured_pieces(columns: ElementColumns) -> list[str]:
    r"""Return one piece of text per element, an empty one on a line of its own.

    A title has one `#`, a table is the HTML it came as (`Limits.keep_html`), an image with data
    (`Limits.keep_images`) or an address is an image, all else is its bare text, and nothing is
    escaped.

    **Source** unstructured, `unstructured.staging.base.elements_to_md`.

    >>> from tore_export.documents.element import Element
    >>> elements = [Element(Kind.TITLE, "A", level=3), Element(Kind.LIST_ITEM, "*b*")]
    >>> unstructured_pieces(ElementColumns.from_elements([elements]))
    ['# A', '\n*b*']
    """
    pieces = []
    i = 0
    for count in columns.counts:
        for newline in ("", *["\n"] * (count - 1))[:count]:
            text, kind, meta = columns.texts[i] or "", columns.kinds[i], columns.metas[i]
            if kind == _TITLE:
                text = f"# {text}"
            elif kind == _TABLE and meta:
                text = decode_meta(meta).get("html") or text
            elif kind == _IMAGE and meta:
                said = decode_meta(meta)
                address = said.get("data") or said.get("url")
                text = f"![{text}]({address})" if address else text
            pieces.append(newline + text)
            i += 1
    return pieces
