"""Tables for every target, all from one grid: pipes, HTML, drawn text, records, CSV, running text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, cast

from tore_export.documents.columns import Cells
from tore_export.documents.element import Cell
from tore_export.formatters.escape import escape_cell, escape_text
from tore_export.formatters.formatter import check_choice
from tore_export.formatters.grid import (
    MERGED_CELLS,
    column_starts,
    grid_of,
    has_sound_spans,
    header_rows,
    says_anything,
)
from tore_export.formatters.html import clean_html, escaped, inline_html

__all__ = [
    "TABLES",
    "TABLE_STYLES",
    "format_table",
    "html_table",
    "lines_of",
    "pipe_table",
    "table_form",
]

TABLES = ("auto", "pipe", "html")
"""How Markdown may write a table, see `table_form`."""

TABLE_STYLES = ("markdown", "html", "plain", "records", "csv", "lines")

_CELL_CARE = re.compile(r"[\\`*_~$<&\]|\r\n]")
_RULES = {"left": ":---", "right": "---:", "center": ":---:"}

Rich = Sequence[Mapping[str, Any]]
"""What `meta.rich` says of cells; see RichCell in documents/element.py."""


def table_form(tables: str, rich: Rich = ()) -> str:
    """Return what Markdown writes a table as, `pipe` or `html`, where the option says `tables`.

    `auto` is pipes unless a cell holds blocks (a list, paragraphs, a table), which GFM has no place
    for. Merged cells and heads of several rows go into pipes: no word is lost by it, and what reads
    Markdown, people and models, reads pipes better.

    >>> table_form("auto"), table_form("auto", [{"row": 0, "place": 0, "html": "<p>a</p><p>b</p>"}])
    ('pipe', 'html')
    """
    if tables != "auto":
        return tables
    return "html" if any("html" in cell for cell in rich) else "pipe"


def pipe_table(
    cells: Cells,
    align: Sequence[str | None],
    merged_cells: str,
    rich: Rich = (),
    mark: Callable[[str, Sequence[Any]], str] | None = None,
) -> str:
    r"""Return a GFM table; its first row is the head, since GFM has no table without one.

    Further head rows, and cells that name their row, are rows and cells like all others. Of cells
    that hold blocks the words are written, a line a block. Columns are not padded to equal width:
    one long text would make the table grow with the square of it. `mark` writes a text with its
    spans for a cell, if not as `inline.marked` does by itself.

    >>> print(pipe_table([[("a", 1, 1, True)], [("b|c\nd", 1, 1, False)]], ["right"], "blank"))
    | a |
    | ---: |
    | b\|c<br>d |
    """
    if rich:
        rows = grid_of(_marked_cells(cells, rich, mark or _marked), merged_cells)
    else:
        rows = grid_of(cells, merged_cells)
        if any(_CELL_CARE.search("\x1f".join(row)) for row in rows):
            write = _escaped if mark is None else partial(_without_spans, mark)
            rows = [[write(text) for text in row] for row in rows]
    if not rows:
        return ""
    width = len(rows[0])
    rules = [_RULES.get(side or "", "---") for side in align[:width]]
    rules += ["---"] * (width - len(rules))
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, f"| {' | '.join(rules)} |")
    return "\n".join(lines)


def _marked(text: str, spans: Sequence[Any]) -> str:
    from tore_export.formatters.inline import marked

    return marked(text, spans, place="cell")


def _escaped(text: str) -> str:
    return escape_cell(text) if _CELL_CARE.search(text) else text.strip(" \t\r\n")


def _without_spans(mark: Callable[[str, Sequence[Any]], str], text: str) -> str:
    return mark(text, ())


def _marked_cells(cells: Cells, rich: Rich, mark: Callable[[str, Sequence[Any]], str]) -> Cells:
    """Return `cells` with Markdown as their texts."""
    spans = {(cell["row"], cell["place"]): cell["spans"] for cell in rich if cell.get("spans")}
    return [
        [
            (mark(cell[0] or "", spans.get((at, place), ())), *cell[1:])
            for place, cell in enumerate(row)
        ]
        for at, row in enumerate(cells)
    ]


def html_table(
    cells: Cells,
    align: Sequence[str | None],
    rich: Rich = (),
    caption: str = "",
    images: str = "alt",
) -> str:
    """Return an HTML table, one row a line and no blank line, which would end it in Markdown.

    Only what is marked as head is head. Spans are written as they are, unless they are such as no
    table can have; a head whose cells reach down into the body has no part of its own, its cells are
    still heads.

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
    contents = {(cell["row"], cell["place"]): cell for cell in rich}
    if not says_anything(cells) and not any("html" in cell for cell in rich):
        return ""
    sound = has_sound_spans(cells)
    starts = column_starts(cells) if align else None
    head = header_rows(cells)
    for at, row in enumerate(cells[:head]):
        if any(at + row_span > head for _, row_span, _, _ in row) and head < len(cells):
            head = 0
    lines = ["<table>"]
    if caption:
        lines.append(f"<caption>{escaped(caption)}</caption>")
    for part, first, end in (("thead", 0, head), ("tbody", head, len(cells))):
        if first == end:
            continue
        lines.append(f"<{part}>")
        for at in range(first, end):
            columns = starts[at] if starts else range(len(cells[at]))
            tags = ["<tr>"]
            for place, (cell, column) in enumerate(zip(cells[at], columns, strict=True)):
                text, row_span, col_span, header = cell
                tag = "th" if header or part == "thead" else "td"
                tags.append(f"<{tag}")
                if sound and row_span > 1 and at + 1 < len(cells):
                    tags.append(f' rowspan="{min(row_span, len(cells) - at)}"')
                if sound and col_span > 1:
                    tags.append(f' colspan="{col_span}"')
                if column < len(align) and align[column] in _RULES:
                    tags.append(f' align="{align[column]}"')
                if (at, place) in contents:
                    shown = _html_content(text or "", contents[at, place], images)
                else:
                    shown = escaped((text or "").strip())
                tags.append(f">{shown}</{tag}>")
            tags.append("</tr>")
            lines.append("".join(tags))
        lines.append(f"</{part}>")
    lines.append("</table>")
    return "\n".join(lines)


def _html_content(text: str, said: Mapping[str, Any], images: str) -> str:
    if "html" in said:
        return clean_html(said["html"], images)
    return inline_html(text, said.get("spans") or (), images)


def lines_of(cells: Cells, merged_cells: str) -> str:
    """Return a table as running text: a line a row, its cells joined by commas.

    >>> lines_of([[("a", 1, 1, False), ("b", 1, 1, False)], [("", 1, 1, False)]], "blank")
    'a, b'
    """
    rows = ([" ".join(text.split()) for text in row] for row in grid_of(cells, merged_cells))
    lines = (", ".join(filter(None, row)) for row in rows)
    return "\n".join(line for line in lines if line)


def format_table(
    table: Iterable[Iterable[Any]],
    style: str = "markdown",
    *,
    align: Sequence[str | None] = (),
    merged_cells: str | None = None,
    rich: Rich = (),
    caption: str = "",
    line_width: int | None = None,
) -> str:
    r"""Return a table as text in one of TABLE_STYLES; this is what templates call.

    `markdown` is pipes, or HTML where a cell holds blocks; `html` a `<table>`; `plain` is drawn in
    columns, at most `line_width` cells of a terminal wide; `records` has the lines `name: value` of a
    row, rows parted by a blank line; `csv` quotes by RFC 4180; `lines` has the cells of a row joined
    by commas. `table` has rows of cells: texts, Cell objects, mappings or tuples with their fields.
    `merged_cells` is `blank` if it is not given, but `repeat` for records and CSV, whose rows stand
    for themselves. A caption stands above the table (in it in HTML, not at all in CSV).

    **Raises** FormatError for an unknown style or value.

    >>> print(format_table([["Item", "n"], ["bolt", 12]], "plain"))
    Item   n
    ----  --
    bolt  12
    >>> format_table([["Item", "n"], ["bolt", 12]], "records")
    'Item: bolt\nn: 12'
    """
    check_choice("style", style, TABLE_STYLES)
    if merged_cells is None:
        merged_cells = "repeat" if style in ("records", "csv") else "blank"
    check_choice("merged_cells", merged_cells, MERGED_CELLS)
    cells = [[_cell(cell) for cell in row] for row in table]
    if style == "markdown":
        if table_form("auto", rich) == "html":
            return html_table(cells, align, rich, caption)
        caption = escape_text(caption)
        shown = pipe_table(cells, align, merged_cells, rich)
    elif style == "html":
        return html_table(cells, align, rich, caption)
    elif style == "plain":
        from tore_export.formatters.drawn_table import drawn_table

        shown = drawn_table(cells, align, merged_cells, line_width)
    elif style == "lines":
        shown = lines_of(cells, merged_cells)
    else:
        from tore_export.formatters.table_records import csv_of, record_lines

        if style == "csv":
            return csv_of(cells, merged_cells)
        shown = record_lines(cells, merged_cells)
    return f"{caption}\n\n{shown}" if caption and shown else caption or shown


def _cell(given: Any) -> tuple[str, int, int, bool]:
    """Return a cell of the row contract for whatever a template has as one."""
    if isinstance(given, str):
        return given, 1, 1, False
    if isinstance(given, tuple) and len(given) == 4:
        return cast("tuple[str, int, int, bool]", given)
    if isinstance(given, Cell):
        return given.text, given.row_span, given.col_span, given.header
    if isinstance(given, Mapping):
        text = given.get("text")
        return (
            "" if text is None else str(text),
            given.get("row_span") or 1,
            given.get("col_span") or 1,
            bool(given.get("header")),
        )
    return ("" if given is None else str(given)), 1, 1, False
