"""Cells of docling's tables: placed by row and column, merged as they say, gaps as blank cells."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Raw

from tore_export.documents.columns import Cells
from tore_export.sources.docling.types import DoclingCell, DoclingTable, decoded
from tore_export.sources.table_cells import MAX_AREA

__all__ = ["Placed", "placed_cells", "rows_of", "words_of"]

Placed = list[list[tuple[DoclingCell, int, int]]]
"""Rows of (cell, row span, column span), without gaps."""

_ROOMY = 1_000
"""How many times the places there may be of the cells there are, for a table's own word to hold."""

_MOST_WORK = 4 * MAX_AREA
"""Places that merged cells may claim in all, some of them in vain."""

_BLANK = DoclingCell(text="")


def placed_cells(table: DoclingTable, room: int = MAX_AREA) -> tuple[Placed | None, int]:
    """Return the cells in their rows and the number of faults; None for a table too large.

    Cells are taken from `table_cells`, else from `grid`. The table is as large as it says, where that
    is no more than its cells reach, and at least as large as the places they begin in; spans are cut
    to it. A cell on a place that is taken loses its span, or is put in as a line of the cell that is
    there. `room` is how many places the table may have.

    >>> cell = DoclingCell("a", 0, 1, row_span=10**9, col_span=10**9)
    >>> rows_of(placed_cells(DoclingTable([cell]))[0])
    [[('', 1, 1, False), ('a', 1, 1, False)]]
    """
    n_faults = 0
    found = table.table_cells
    if not found and bytes(table.grid):
        found, n_faults = _from_grid(table.grid)
    if not found:
        return [], n_faults
    plain = _in_order(found, table)
    if plain is not None:
        return plain, n_faults
    n_rows = n_columns = rows_reached = columns_reached = 0
    for cell in found:
        row, column = _start(cell.start_row_offset_idx), _start(cell.start_col_offset_idx)
        n_rows, n_columns = max(n_rows, row + 1), max(n_columns, column + 1)
        down = _span(cell.row_span, row, cell.end_row_offset_idx)
        right = _span(cell.col_span, column, cell.end_col_offset_idx)
        rows_reached = max(rows_reached, row + down)
        columns_reached = max(columns_reached, column + right)
    said_rows = max(n_rows, min(table.num_rows or 0, rows_reached))
    said_columns = max(n_columns, min(table.num_cols or 0, columns_reached))
    if said_rows * said_columns <= min(room, _ROOMY * len(found)):
        n_rows, n_columns = said_rows, said_columns
    if n_rows * n_columns > room:
        return None, n_faults + 1
    return _placed(found, n_rows, n_columns, n_faults)


def rows_of(placed: Placed) -> Cells:
    """Return placed cells as the row contract has them; header cells of rows count as headers."""
    return [
        [
            (cell.text or "", down, right, bool(cell.column_header or cell.row_header))
            for cell, down, right in row
        ]
        for row in placed
    ]


def _in_order(cells: list[DoclingCell], table: DoclingTable) -> Placed | None:
    """Return the cells of a table in which each has its own place, row by row; None for others."""
    width = table.num_cols or 0
    if width < 1 or len(cells) % width:
        return None
    for place, cell in enumerate(cells):
        if (
            cell.start_row_offset_idx != place // width
            or cell.start_col_offset_idx != place % width
            or cell.row_span != 1
            or cell.col_span != 1
        ):
            return None
    triples = [(cell, 1, 1) for cell in cells]
    return [triples[start : start + width] for start in range(0, len(triples), width)]


@dataclass(slots=True)
class _Entry:
    cell: DoclingCell
    place: int
    down: int
    right: int


def _placed(
    cells: list[DoclingCell], n_rows: int, n_columns: int, n_faults: int
) -> tuple[Placed | None, int]:
    at: dict[int, _Entry] = {}  # by place, a merged cell in each that it covers
    work = 0
    for cell in cells:
        row, column = _start(cell.start_row_offset_idx), _start(cell.start_col_offset_idx)
        place = row * n_columns + column
        there = at.get(place)
        if there is not None:
            there.cell = _both(there.cell, cell)
            n_faults += 1
            continue
        down = min(_span(cell.row_span, row, cell.end_row_offset_idx), n_rows - row)
        right = min(_span(cell.col_span, column, cell.end_col_offset_idx), n_columns - column)
        covered = [place]
        if down > 1 or right > 1:
            work += down * right
            if work > _MOST_WORK:
                return None, n_faults + 1
            covered = [
                place + below * n_columns + beside
                for below in range(down)
                for beside in range(right)
            ]
            if any(spot in at for spot in covered):
                covered, down, right = [place], 1, 1
                n_faults += 1
        entry = _Entry(cell, place, down, right)
        for spot in covered:
            at[spot] = entry
    rows: Placed = []
    for start in range(0, n_rows * n_columns, n_columns):
        found = []
        for place in range(start, start + n_columns):
            here = at.get(place)
            if here is None:
                found.append((_BLANK, 1, 1))
            elif here.place == place:
                found.append((here.cell, here.down, here.right))
        rows.append(found)
    return rows, n_faults


def _start(said: int | None) -> int:
    return said if said is not None and said > 0 else 0


def _span(said: int | None, start: int, end: int | None) -> int:
    if said is None and end is not None:
        said = end - start
    return said if said is not None and said > 1 else 1


def _both(first: DoclingCell, second: DoclingCell) -> DoclingCell:
    """Return two cells that claim one place as one."""
    lines = [text for cell in (first, second) if (text := cell.text)]
    return DoclingCell(
        text="\n".join(lines),
        column_header=first.column_header,
        row_header=first.row_header,
        ref=first.ref or second.ref,
    )


def _from_grid(grid: Raw) -> tuple[list[DoclingCell], int]:
    """Return the cells of a grid, which has a merged cell again in each of its places."""
    rows, n_faults = decoded(grid, list[list[DoclingCell]])
    cells = []
    seen = set()
    for row, line in enumerate(rows or []):
        for column, cell in enumerate(line):
            if cell.start_row_offset_idx is None or cell.start_col_offset_idx is None:
                cell.start_row_offset_idx, cell.start_col_offset_idx = row, column
            place = (cell.start_row_offset_idx, cell.start_col_offset_idx)
            if place not in seen:
                seen.add(place)
                cells.append(cell)
    return cells, n_faults


def words_of(table: DoclingTable) -> str:
    r"""Return what its cells say as text, a row a line.

    >>> words_of(DoclingTable([DoclingCell("b", 1, 0), DoclingCell("a", 0, 0)]))
    'a\nb'
    """
    rows: dict[int, list[str]] = {}
    for cell in table.table_cells or ():
        if cell.text:
            rows.setdefault(cell.start_row_offset_idx or 0, []).append(cell.text)
    return "\n".join(" ".join(rows[number]) for number in sorted(rows))
