"""Cells of a table from HTML (`text_as_html`)."""

from __future__ import annotations

import re
from html import unescape
from itertools import accumulate, pairwise, repeat
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
_NEVER_NEST = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_SPACES = re.compile(r"[ \t\n\f\r]{2,}|[\t\n\f\r]")
_BLOCKS = frozenset(
    {
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ol",
        "p",
    }
    | {"pre", "tr", "ul"}
)


def cells_of_html(html: str) -> Cells | None:
    r"""Return the cells of the first table in a piece of HTML; None where it holds none to be read.

    White space is that of HTML: runs become one space, a line break is what `<br>` or a block says. A
    table within a cell is part of that cell's text. Cells of `<thead>` and `<th>` are headers.

    >>> cells_of_html("<table><tr><th colspan=2>a</th></tr><tr><td> b <td>1 &lt;<br>2</table>")
    [[('a', 1, 2, True)], [('b', 1, 1, False), ('1 <\n2', 1, 1, False)]]
    """
    # what most writers emit needs no parser: one pass of a regular expression proves it plain
    if "&#" not in html and _PLAIN.fullmatch(html):
        return _plain_cells(html)
    if len(html) > MAX_HTML_BYTES or _nesting(html) > MAX_NESTING:
        return None
    from selectolax.lexbor import LexborHTMLParser

    table = LexborHTMLParser(html).css_first("table")
    return None if table is None else _parsed_cells(table)


def _plain_cells(html: str) -> Cells:
    found = _CELL.findall(html)
    # all texts at once: a table has tens of cells, and each call costs as much as a cell
    joined = "\0".join([text for _, text in found])
    if "&" in joined:
        joined = unescape(joined)
    if any(space in joined for space in ("  ", "\n", "\t", "\r", "\f")):
        joined = _SPACES.sub(" ", joined)
    joined = joined.replace(" \0", "\0").replace("\0 ", "\0").strip(" ")
    headers = [tag == "h" for tag, _ in found]
    rows = html.split("<tr>")
    n_cells = [row.count("</td>") + row.count("</th>") for row in rows[1:]]
    if "<thead>" in html:
        head = html.partition("</thead>")[0]
        n_in_head = head.count("</td>") + head.count("</th>")
        headers[:n_in_head] = [True] * n_in_head
    cells = list(zip(joined.split("\0"), repeat(1), repeat(1), headers, strict=False))
    ends = list(accumulate(n_cells, initial=0))
    return [cells[start:end] for start, end in pairwise(ends)]


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
