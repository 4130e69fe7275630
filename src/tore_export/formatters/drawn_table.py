"""Tables drawn in columns of plain text, in cells of a terminal, and what stands in where none fit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice, zip_longest

from tore_export.documents.columns import Cells
from tore_export.formatters.grid import are_numbers, grid_of, header_rows, looks_like_head
from tore_export.formatters.table_records import record_lines
from tore_export.formatters.terminal import breakable, width_of, wrap

__all__ = ["draw_table", "drawn_table"]

_ODD_SPACE = re.compile(r"[\t\r\f\v]")
_WORDS = re.compile(r"[ \n]+")
_GAP = 2


def drawn_table(
    cells: Cells,
    align: Sequence[str | None] = (),
    merged_cells: str = "blank",
    line_width: int | None = None,
) -> str:
    r"""Return a table drawn in columns, no line wider than `line_width` if that can be.

    Rows and columns in which no cell says anything are left out. The head, marked or (if no cell is)
    a first row that reads like one, has a rule of hyphens below it. A column of numbers stands to the
    right if `align` does not say where. Where the columns do not fit, their texts are broken into
    lines; where not even their longest words do, each row is written as a record, a line a cell.

    >>> print(drawn_table([[("Item", 1, 1, True), ("n", 1, 1, True)],
    ...                    [("bolt and nut", 1, 1, False), ("120", 1, 1, False)]], line_width=12))
    Item       n
    -------  ---
    bolt     120
    and nut
    """
    rows = grid_of(cells, merged_cells)
    if not rows:
        return ""
    head = header_rows(cells)
    if not head and not any(cell[3] for row in cells for cell in row):
        head = int(looks_like_head(rows))
    shown = draw_table(rows, head, align, line_width)
    if shown is not None:
        return shown
    records = record_lines(cells, merged_cells)
    width = line_width or 0
    return "\n".join(
        wrap(line, width - _GAP).replace("\n", "\n  ") if width_of(line) > width else line
        for line in records.split("\n")
    )


def draw_table(
    rows: Sequence[Sequence[str]],
    head: int,
    align: Sequence[str | None],
    line_width: int | None = None,
) -> str | None:
    r"""Return rows as columns two cells apart, with a rule below the first `head` rows.

    None where they do not fit into `line_width`. A cell with newlines takes several lines. No line
    ends in spaces. A table in which that would be almost all spaces (one long text among many short
    ones) has a line a row, its cells two apart.

    >>> print(draw_table([["Item", "n"], ["表格", "1"], ["b", "20"]], 1, []))
    Item   n
    ----  --
    表格   1
    b     20
    """
    simple = True  # every character takes one cell, every cell one line
    kept_rows: list[list[str]] = []
    for at, row in enumerate(rows):
        joined = "".join(row)
        plain = [cell.strip() for cell in row]
        if not (joined.isascii() and joined.isprintable()):
            simple = False
            if _ODD_SPACE.search(joined):
                plain = [_ODD_SPACE.sub(" ", cell.replace("\r\n", "\n")).strip() for cell in row]
        if any(plain):
            kept_rows.append(plain)
        elif at < head:
            head -= 1
    columns = [list(column) for column in zip_longest(*kept_rows, fillvalue="")]
    sides = [*align[: len(columns)], *[None] * (len(columns) - len(align))]
    if not all(map(any, columns)):
        filled = [any(column) for column in columns]
        sides = [side for side, kept in zip(sides, filled, strict=True) if kept]
        columns = [column for column, kept in zip(columns, filled, strict=True) if kept]
    for at, column in enumerate(columns):
        if sides[at] is None and are_numbers(column[head:]):
            sides[at] = "right"
    width = _simple_width if simple else _width
    widths = [max(map(width, column)) for column in columns]
    if line_width is not None and sum(widths) + _GAP * (len(widths) - 1) > line_width:
        narrowed = _narrowed(columns, widths, line_width - _GAP * (len(widths) - 1))
        if narrowed is None:
            return None
        simple, widths = False, narrowed
        columns = [
            [wrap(cell, width) for cell in column]
            for column, width in zip(columns, widths, strict=True)
        ]
    elif line_width is None and _is_mostly_space(columns, widths):
        lines = ("  ".join(filter(None, row)) for row in zip(*columns, strict=True))
        return "\n".join(line.replace("\n", " ") for line in lines)
    drawn = _simple_lines(columns, widths, sides) if simple else _lines(columns, widths, sides)
    if 0 < head < len(kept_rows):
        n_head_lines = sum(
            1 if simple else max(cell.count("\n") for cell in row) + 1
            for row in islice(zip(*columns, strict=True), head)
        )
        drawn.insert(n_head_lines, "  ".join("-" * width for width in widths))
    return "\n".join(drawn)


def _simple_width(cell: str) -> int:
    return len(cell)


def _width(cell: str) -> int:
    return max(map(width_of, cell.split("\n"))) if "\n" in cell else width_of(cell)


def _is_mostly_space(columns: Sequence[Sequence[str]], widths: Sequence[int]) -> bool:
    n_characters = sum(len(cell) for column in columns for cell in column)
    n_lines: int = sum(
        max(cell.count("\n") for cell in row) + 1 for row in zip(*columns, strict=True)
    )
    return sum(widths) * n_lines > 20 * n_characters + 20_000


def _simple_lines(
    columns: Sequence[Sequence[str]], widths: Sequence[int], sides: Sequence[str | None]
) -> list[str]:
    padded = [
        [cell.rjust(width) for cell in column]
        if side == "right"
        else [_padded(cell, width, side) for cell in column]
        if side == "center"
        else [cell.ljust(width) for cell in column]
        for column, width, side in zip(columns, widths, sides, strict=True)
    ]
    return ["  ".join(row).rstrip(" ") for row in zip(*padded, strict=True)]


def _lines(
    columns: Sequence[Sequence[str]], widths: Sequence[int], sides: Sequence[str | None]
) -> list[str]:
    return [
        "  ".join(map(_padded, line, widths, sides)).rstrip(" ")
        for row in zip(*columns, strict=True)
        for line in zip_longest(*[cell.split("\n") for cell in row], fillvalue="")
    ]


def _narrowed(
    columns: Sequence[Sequence[str]], widths: Sequence[int], available: int
) -> list[int] | None:
    """Return widths that fit: narrow columns keep theirs, the wide ones share what is left."""
    if len(columns) > available:
        return None
    least = [
        max(
            width_of(part)
            for cell in column
            for word in _WORDS.split(cell)
            for part in breakable(word)
        )
        for column in columns
    ]
    if sum(least) > available:
        return None
    low, high = 0, available
    while low < high:
        level = (low + high + 1) // 2
        fits = _at_level(least, widths, level)
        low, high = (level, high) if sum(fits) <= available else (low, level - 1)
    return _at_level(least, widths, low)


def _at_level(least: Sequence[int], widths: Sequence[int], level: int) -> list[int]:
    return [max(few, min(wanted, level)) for few, wanted in zip(least, widths, strict=True)]


def _padded(text: str, width: int, side: str | None) -> str:
    free = width - width_of(text)
    if side == "right":
        return " " * free + text
    if side == "center":
        return " " * (free // 2) + text + " " * (free - free // 2)
    return text + " " * free
