"""Cells of a table from HTML (`text_as_html`)."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

from tore_export.documents.columns import Cells
from tore_export.sources.table_cells import MAX_SPAN, fitted, span

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

__all__ = ["cells_of_html"]

MAX_HTML_BYTES = 20_000_000
MAX_NESTING = 200
"""Tags open at one time; an HTML parser's time grows with the square of it."""

_PLAIN_ROW = r"<tr>\s*(?:<t[dh]>[^<\0]*</t[dh]>\s*)*</tr>\s*"
_PLAIN = re.compile(
    rf"\s*<table[^<>\0]*>\s*(?:<thead>\s*(?:{_PLAIN_ROW})*</thead>\s*)?"
    rf"(?:<tbody>\s*(?:{_PLAIN_ROW})*</tbody>\s*|(?:{_PLAIN_ROW})*)</table>\s*",
    re.ASCII,
)
_CELL = re.compile(r"<t([dh])>([^<]*)<")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_NEVER_NEST = frozenset(["br", "hr", "img", "input", "col", "wbr", "meta", "link", "area", "base", "embed", "source", "track"])
_SPACES = re.compile(r"[ \t\n\f\r]+")
_BLOCKS = frozenset(["br", "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "tr", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"])


def cells_of_html(html: str) -> Cells | None:
    """Return the cells of the first table in a piece of HTML; None where it holds none that can be read.

    White space is that of HTML: runs become one space, a line break is what `<br>` or a block says. A
    table within a cell is part of that cell's text. Cells of `<thead>` and `<th>` are headers.

    >>> cells_of_html("<table><tr><th colspan=2>a</th></tr><tr><td> b <td>1 &lt;<br>2</table>")
    [[('a', 1, 2, True)], [('b', 1, 1, False), ('1 <\\n2', 1, 1, False)]]
    """
    # what most writers emit needs no parser: one pass of a regular expression proves it plain
    if "&#" not in html and _PLAIN.fullmatch(html):
        return _plain_cells(html)
    if len(html) > MAX_HTML_BYTES or _nesting(html) > MAX_NESTING:
        return None
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError

    try:
        table = LexborHTMLParser(html).css_first("table")
    except (SelectolaxError, ValueError):  # pragma: no cover - no input is known to cause it
        return None
    return None if table is None else _parsed_cells(table)


def _plain_cells(html: str) -> Cells:
    head, separator, body = html.partition("</thead>")
    if not separator:
        head, body = "", html
    escaped = "&" in html
    rows: Cells = []
    for part, in_head in ((head, True), (body, False)):
        for row in part.split("<tr>")[1:]:
            found = _CELL.findall(row)
            texts = _SPACES.sub(" ", "\0".join([text for _, text in found])).split("\0")
            if escaped:
                texts = [unescape(text) for text in texts]
            rows.append(
                [
                    (text.strip(" "), 1, 1, in_head or tag == "h")
                    for (tag, _), text in zip(found, texts, strict=False)
                ]
            )
    return rows


def _nesting(html: str) -> int:
    """Return about how many tags are open at one time, at most."""
    open_tags = deepest = 0
    for closing, name in _TAG.findall(html):
        if closing:
            open_tags = max(0, open_tags - 1)
        elif name.lower() not in _NEVER_NEST:
            open_tags += 1
            deepest = max(deepest, open_tags)
    return deepest


def _parsed_cells(table: LexborNode) -> Cells | None:
    rows: Cells = []
    for part in table.iter():
        if part.tag in ("thead", "tbody", "tfoot"):
            rows.extend(_row(row, part.tag == "thead") for row in part.iter() if row.tag == "tr")
    return fitted(rows)


def _row(row: LexborNode, in_head: bool) -> list[tuple[str, int, int, bool]]:
    cells = []
    for cell in row.iter():
        attributes: dict[str, Any] = cell.attributes
        down = attributes.get("rowspan")
        cells.append(
            (
                _text(cell),
                MAX_SPAN if down == "0" else span(down),
                span(attributes.get("colspan")),
                in_head or cell.tag == "th",
            )
        )
    return cells


def _text(cell: LexborNode) -> str:
    pieces: list[str] = []
    node: LexborNode | None = cell.first_child
    while node is not None:
        tag = node.tag
        if tag == "-text":
            pieces.append(_SPACES.sub(" ", node.text_content or ""))
        elif tag in _BLOCKS:
            pieces.append("\n")
        elif tag in ("td", "th"):
            pieces.append(" ")
        below = node.first_child
        if below is not None and tag not in ("script", "style"):
            node = below
            continue
        # up until there is a neighbour, and never out of the cell
        while node is not None and node.next is None:
            node = node.parent
            if node is None or node.mem_id == cell.mem_id:
                return _trimmed(pieces)
            if node.tag in _BLOCKS:
                pieces.append("\n")
        node = node.next if node is not None else None
    return _trimmed(pieces)


def _trimmed(pieces: list[str]) -> str:
    lines = (_SPACES.sub(" ", line).strip(" ") for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)
