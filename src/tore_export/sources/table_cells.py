"""Cells of a table from lists: `cells`, `headers`, `data` and `cell_spans` of TORE's dialects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tore_export.documents.columns import Cells

__all__ = ["MAX_AREA", "MAX_SPAN", "cells_of_lists", "fitted"]

MAX_SPAN = 10_000
"""No cell spans more rows or columns, whatever it says."""

_MAX_COLUMNS = 1_000

MAX_AREA = 1_000_000
"""A table whose cells cover more places of its grid than this is not read as one."""


def cells_of_lists(
    rows: Any, headers: Any = None, spans: Any = None, *, first_is_header: bool = False
) -> Cells | None:
    """Return a table's cells; None where these are no rows of cells.

    A cell is a string, a number, null or a dict with `text` and, if it likes, `row_span`/`rowspan`,
    `col_span`/`colspan`, `header`/`is_header`. `headers` is a row of cells or a list of such rows.
    `spans` adds {row, col, row_span, col_span} by place in the table; blank cells that a span covers
    go away, as in HTML.

    >>> cells_of_lists([["1", 2]], ["a", {"text": "b"}])
    [[('a', 1, 1, True), ('b', 1, 1, True)], [('1', 1, 1, False), ('2', 1, 1, False)]]
    """
    if rows is None:
        rows = []
    if not isinstance(rows, list) or not isinstance(headers, list | None):
        return None
    head: list[Any] = []
    if headers:
        head = headers if all(isinstance(row, list) for row in headers) else [headers]
    elif first_is_header:
        head, rows = rows[:1], rows[1:]
    found: Cells = []
    for header, part in ((True, head), (False, rows)):
        for row in part:
            if not isinstance(row, list):
                return None
            cells = [_cell(cell, header) for cell in row]
            known = [cell for cell in cells if cell is not None]
            if len(known) != len(cells):
                return None
            found.append(known)
    if spans:
        found = _with_spans(found, spans)
    return fitted(found)


def _cell(cell: Any, header: bool) -> tuple[str, int, int, bool] | None:
    if type(cell) is str:
        return cell, 1, 1, header
    if cell is None:
        return "", 1, 1, header
    if isinstance(cell, Mapping):
        text = cell.get("text", cell.get("content", cell.get("value", "")))
        if not isinstance(text, str | int | float | None):
            return None
        said = cell.get("header", cell.get("is_header"))
        return (
            "" if text is None else str(text),
            span(cell.get("row_span", cell.get("rowspan"))),
            span(cell.get("col_span", cell.get("colspan"))),
            said if isinstance(said, bool) else header,
        )
    return (str(cell), 1, 1, header) if isinstance(cell, int | float) else None


def span(said: Any) -> int:
    """Return a span that can be worked with, 1 where there is none.

    >>> span("3"), span(None), span(-1), span(10**9)
    (3, 1, 1, 10000)
    """
    if isinstance(said, str) and said.isascii() and said.isdigit() and len(said) < 20:
        said = int(said)
    if not isinstance(said, int) or isinstance(said, bool) or said < 1:
        return 1
    return min(said, MAX_SPAN)


def _with_spans(rows: Cells, spans: Any) -> Cells:
    """Return the rows with `cell_spans` put in and the blank cells they cover taken out."""
    entries: list[Any] = spans if isinstance(spans, list) else []
    if isinstance(spans, Mapping):
        entries = [_named_by_place(place, said) for place, said in spans.items()]
    covered: set[tuple[int, int]] = set()
    area = 0
    found = [list(row) for row in rows]
    for entry in entries:
        if not isinstance(entry, Mapping):
            continue
        row, column = entry.get("row"), entry.get("col", entry.get("column"))
        if not (isinstance(row, int) and isinstance(column, int)):
            continue
        if not (0 <= row < len(found) and 0 <= column < len(found[row])):
            continue
        text, _, _, header = found[row][column]
        down = min(span(entry.get("row_span", entry.get("rowspan"))), len(found) - row)
        right = span(entry.get("col_span", entry.get("colspan")))
        right = min(right, max(map(len, found)) - column)
        area += down * right
        if area > MAX_AREA:
            break
        found[row][column] = (text, down, right, header)
        covered.update(
            (r, c)
            for r in range(row, row + down)
            for c in range(column, min(column + right, len(found[r])))
            if (r, c) != (row, column) and found[r][c][0] in ("", text)
        )
    return [
        [cell for c, cell in enumerate(row) if (r, c) not in covered] for r, row in enumerate(found)
    ]


def _named_by_place(place: str, said: Any) -> Any:
    """Return {"1,2": …} as {row: 1, col: 2, …}."""
    numbers = [part for part in place.strip("()[] ").replace(" ", "").split(",") if part.isdigit()]
    if len(numbers) != 2 or len(place) > 30:
        return None
    if isinstance(said, Sequence) and not isinstance(said, str) and len(said) == 2:
        said = {"row_span": said[0], "col_span": said[1]}
    if not isinstance(said, Mapping):
        return None
    return {**said, "row": int(numbers[0]), "col": int(numbers[1])}


def fitted(rows: Cells) -> Cells | None:
    """Return the rows with every span cut to the table's real extent; None for a table too large.

    The extent is the rows there are and the columns in which a cell begins: a span beyond them says
    nothing. One of over a thousand columns, which HTML does not know, reaches to the end of the table
    where it is the last of its row, and is none elsewhere.

    >>> fitted([[("a", 9, 10**9, False)], [("b", 1, 1, False), ("c", 1, 1, False)]])
    [[('a', 2, 1, False)], [('b', 1, 1, False), ('c', 1, 1, False)]]
    """
    if sum(map(len, rows)) > MAX_AREA:
        return None
    if all(cell[1] == 1 and cell[2] == 1 for row in rows for cell in row):
        return rows
    starts = _starts(rows)
    if starts is None:
        return None
    width = 1 + max((row[-1] for row in starts if row), default=0)
    area = 0
    found: Cells = []
    for number, (row, columns) in enumerate(zip(rows, starts, strict=True)):
        cells = []
        for place, ((text, said_down, said_right, header), column) in enumerate(
            zip(row, columns, strict=True)
        ):
            down = min(said_down, len(rows) - number)
            right = min(said_right, width - column)
            if said_right > _MAX_COLUMNS and (down > 1 or place < len(row) - 1):
                right = 1
            area += down * right
            cells.append((text, down, right, header))
        found.append(cells)
    return found if area <= MAX_AREA else None


def _starts(rows: Cells) -> list[list[int]] | None:
    """Return the column in which each cell begins; None for a grid that is too wide or too much work."""
    free_from: list[int] = []  # per column, the first row that no span from above covers
    work = 0
    starts = []
    for number, row in enumerate(rows):
        columns = []
        column = 0
        for _, down, said_right, _ in row:
            while column < len(free_from) and free_from[column] > number:
                column += 1
                work += 1
            right = said_right if said_right <= _MAX_COLUMNS else 1
            work += right
            if column > MAX_SPAN or work > 10 * MAX_AREA:
                return None
            free_from.extend([0] * (column + right - len(free_from)))
            free_from[column : column + right] = [number + down] * right
            columns.append(column)
            column += right
        starts.append(columns)
    return starts
