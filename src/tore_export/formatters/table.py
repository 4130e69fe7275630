"""Tables: a grid of texts from cells with spans, and how Markdown writes it, as pipes or as HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from tore_export.documents.columns import Cells
from tore_export.formatters.escape import escape_cell

__all__ = ["grid_of", "header_rows", "html_table", "lines_of", "pipe_table"]

_CELL_CARE = re.compile(r"[\\`*_~<&\]|\r\n]")
_RULES = {"left": ":---", "right": "---:", "center": ":---:"}


def grid_of(cells: Cells, merged_cells: str) -> list[list[str]]:
    """Return rows of texts; none where no cell says anything.

    They are of equal length, unless that would take far more places than the table has cells; then
    only the first is as long as the longest.

    A merged cell's text stands in the first of its places, and in all of them if `merged_cells` is
    `repeat`. Spans that reach below the last row end there. Spans that claim far more places than
    the table has cells are taken for a fault and left unread.

    >>> grid_of([[("a", 2, 1, False), ("b", 1, 1, False)], [("c", 1, 1, False)]], "repeat")
    [['a', 'b'], ['a', 'c']]
    """
    if not _says_anything(cells):
        return []
    spanned = any(cell[1] > 1 or cell[2] > 1 for row in cells for cell in row)
    if spanned and _is_sound(cells, merged_cells):
        rows = _spread(cells, merged_cells == "repeat")
    else:
        rows = [[cell[0] or "" for cell in row] for row in cells]
    width = max(map(len, rows))
    modest = width * len(rows) <= 100 * sum(map(len, rows)) + 10_000
    for row in rows if modest else rows[:1]:
        if len(row) < width:
            row.extend([""] * (width - len(row)))
    return rows


def _says_anything(cells: Cells) -> bool:
    return any(text and not text.isspace() for row in cells for text, *_ in row)


def _is_sound(cells: Cells, merged_cells: str) -> bool:
    n_cells = sum(map(len, cells))
    places = characters = 0
    for at, row in enumerate(cells):
        for text, row_span, col_span, _ in row:
            area = max(1, min(row_span, len(cells) - at)) * max(1, col_span)
            places += area
            characters += area * len(text or "")
    given = sum(len(cell[0] or "") for row in cells for cell in row)
    return places <= 100 * n_cells + 10_000 and (
        merged_cells != "repeat" or characters <= 20 * given + 1_000_000
    )


def _spread(cells: Cells, repeat: bool) -> list[list[str]]:
    taken: list[dict[int, str]] = [{} for _ in cells]
    for at, row in enumerate(cells):
        column = 0
        for text, row_span, col_span, _ in row:
            while column in taken[at]:
                column += 1
            for below in range(at, min(at + max(1, row_span), len(cells))):
                for beside in range(column, column + max(1, col_span)):
                    first = below == at and beside == column
                    taken[below].setdefault(beside, (text or "") if first or repeat else "")
            column += max(1, col_span)
    return [[row.get(i, "") for i in range(max(row, default=-1) + 1)] for row in taken]


def header_rows(cells: Cells) -> int:
    """Return how many rows at the top are head: those of header cells only, else the first.

    Where some cells are marked as headers, but not the whole first row, the table has none.

    >>> header_rows([[("a", 1, 1, False)], [("b", 1, 1, False)]])
    1
    >>> header_rows([[("a", 1, 1, True), ("b", 1, 1, False)], [("c", 1, 1, True)]])
    0
    """
    if not any(cell[3] for row in cells for cell in row):
        return 1
    for at, row in enumerate(cells):
        if not row or not all(cell[3] or not cell[0] for cell in row):
            return at
    return len(cells)


def pipe_table(cells: Cells, align: Sequence[str | None], merged_cells: str) -> str:
    r"""Return a GFM table; its first row is the head, since GFM has no table without one.

    >>> print(pipe_table([[("a", 1, 1, True)], [("b|c\nd", 1, 1, False)]], ["right"], "blank"))
    | a |
    | ---: |
    | b\|c<br>d |
    """
    rows = grid_of(cells, merged_cells)
    if not rows:
        return ""
    if any(_CELL_CARE.search("\x1f".join(row)) for row in rows):
        rows = [[escape_cell(text) for text in row] for row in rows]
    width = len(rows[0])
    rules = [_RULES.get(side or "", "---") for side in align[:width]]
    rules += ["---"] * (width - len(rules))
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, f"| {' | '.join(rules)} |")
    return "\n".join(lines)


def html_table(cells: Cells, align: Sequence[str | None]) -> str:
    """Return an HTML table, one row a line and no blank line, which would end it in Markdown.

    >>> print(html_table([[("a", 1, 2, True)], [("1 < 2", 1, 1, False), ("", 1, 1, False)]], []))
    <table>
    <thead>
    <tr><th colspan="2">a</th></tr>
    </thead>
    <tbody>
    <tr><td>1 &lt; 2</td><td></td></tr>
    </tbody>
    </table>
    """
    if not _says_anything(cells):
        return ""
    head = header_rows(cells)
    lines = ["<table>"]
    for part, rows in (("thead", cells[:head]), ("tbody", cells[head:])):
        if rows:
            lines.append(f"<{part}>")
            lines += [_html_row(row, part == "thead", align) for row in rows]
            lines.append(f"</{part}>")
    lines.append("</table>")
    return "\n".join(lines)


def _html_row(
    row: Sequence[tuple[str, int, int, bool]], head: bool, align: Sequence[str | None]
) -> str:
    parts = ["<tr>"]
    for at, (text, row_span, col_span, header) in enumerate(row):
        tag = "th" if head or header else "td"
        parts.append(f"<{tag}")
        if row_span > 1:
            parts.append(f' rowspan="{row_span}"')
        if col_span > 1:
            parts.append(f' colspan="{col_span}"')
        if at < len(align) and align[at] in _RULES:
            parts.append(f' align="{align[at]}"')
        shown = html.escape((text or "").strip(), quote=False)
        parts.append(f">{_NEWLINE.sub('<br>', shown)}</{tag}>")
    parts.append("</tr>")
    return "".join(parts)


_NEWLINE = re.compile(r"\r\n|\r|\n")


def lines_of(cells: Cells, merged_cells: str) -> str:
    """Return a table as running text: a line a row, its cells joined by commas.

    >>> lines_of([[("a", 1, 1, False), ("b", 1, 1, False)], [("", 1, 1, False)]], "blank")
    'a, b'
    """
    rows = ([" ".join(text.split()) for text in row] for row in grid_of(cells, merged_cells))
    lines = (", ".join(filter(None, row)) for row in rows)
    return "\n".join(line for line in lines if line)
