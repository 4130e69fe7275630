"""A table as records: each row below the head by the names of its columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from tore_export.documents.columns import Cells
from tore_export.formatters.grid import filled_columns, grid_of, header_rows, looks_like_head

__all__ = ["csv_of", "named_rows", "record_lines", "records_of"]


def records_of(cells: Cells, merged_cells: str = "repeat") -> list[dict[str, str]]:
    """Return a dict a row, by column name; columns without any text are left out.

    The names are those of the head, rows of it joined by ` / `; if no cell is marked as head, the
    first row's where it reads like one. A table whose rows are named, not its columns, gives a record
    a column. Where there are no names they are numbers, and a name that comes twice has one behind it.

    >>> records_of([[("Item", 1, 1, True), ("n", 1, 1, True)],
    ...             [("bolt", 1, 1, False), ("12", 1, 1, False)]])
    [{'Item': 'bolt', 'n': '12'}]
    >>> records_of([[("Item", 1, 1, True), ("bolt", 1, 1, False)],
    ...             [("n", 1, 1, True), ("12", 1, 1, False)]])
    [{'Item': 'bolt', 'n': '12'}]
    """
    given, rows = named_rows(cells, merged_cells)
    names: list[str] = []
    taken: set[str] = set()
    for number, name in enumerate(given, 1):
        own = name or str(number)
        while own in taken:
            own = f"{own} ({number})"
        taken.add(own)
        names.append(own)
    return [dict(zip(names, row, strict=False)) for row in rows]


def record_lines(cells: Cells, merged_cells: str = "repeat") -> str:
    r"""Return the lines `name: value` of each record, records parted by a blank line.

    Of a column without name the value stands alone.

    >>> record_lines([[("Item", 1, 1, True), ("n", 1, 1, True)],
    ...               [("bolt", 1, 1, False), ("", 1, 1, False)]])
    'Item: bolt\nn:'
    """
    names, rows = named_rows(cells, merged_cells)
    labels = [f"{name}: " if name else "" for name in names]
    return "\n\n".join(
        "\n".join(
            (label + " ".join(text.split())).rstrip(" ")
            for label, text in zip(labels, row, strict=False)
        )
        for row in rows
    )


def csv_of(cells: Cells, merged_cells: str = "repeat") -> str:
    r"""Return the grid as comma-separated values, one line a row, a head like any other row.

    **Source** RFC 4180, but for the line end, which is a newline.

    >>> csv_of([[("a, b", 1, 1, True), ("c", 1, 1, True)], [("d", 1, 2, False)]], "blank")
    '"a, b",c\nd,'
    """
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(grid_of(cells, merged_cells))
    return written.getvalue().rstrip("\n")


def named_rows(cells: Cells, merged_cells: str = "repeat") -> tuple[list[str], list[list[str]]]:
    """Return the names of a table's columns, "" for one without, and its rows; see `records_of`.

    >>> named_rows([[("", 1, 1, True), ("n", 1, 1, True)],
    ...             [("bolt", 1, 1, False), ("12", 1, 1, False)]])
    (['', 'n'], [['bolt', '12']])
    """
    grid = grid_of(cells, merged_cells)
    if not grid:
        return [], []
    head = header_rows(cells)
    names: list[list[str]]
    if _names_its_rows(cells, head):
        columns = [list(column) for column in zip(*grid, strict=False)]
        names, rows = columns[:1], columns[1:]
    else:
        if head == 0 and not any(cell[3] for row in cells for cell in row):
            head = int(looks_like_head(grid))
        # a name that spans columns belongs to each of them, however the values are written
        names = (
            grid_of(cells[:head], "repeat") if merged_cells != "repeat" and head else grid[:head]
        )
        rows = grid[head:]
    if not any(text and not text.isspace() for row in rows for text in row):
        names, rows = [], grid  # a head of nothing is what the table says
    kept = filled_columns([*names, *rows])
    rows = [[row[at].strip() if at < len(row) else "" for at in kept] for row in rows]
    return _joined_names(names, kept), [row for row in rows if any(row)]


def _names_its_rows(cells: Cells, head: int) -> bool:
    """Whether the first cell of every row is marked as head, and no row is head as a whole."""
    return head == 0 and all(row and row[0][3] and not row[-1][3] for row in cells)


def _joined_names(heads: Sequence[Sequence[str]], columns: Sequence[int]) -> list[str]:
    names: list[str] = []
    for at in columns:
        parts: list[str] = []
        for row in heads:
            part = " ".join(row[at].split()) if at < len(row) else ""
            if part and part not in parts:
                parts.append(part)
        names.append(" / ".join(parts))
    return names
