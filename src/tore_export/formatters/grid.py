"""The grid of a table: rows of texts from cells with spans, and which rows at the top are its head.

Every target (Markdown, HTML, drawn text, records) is written from what this module says of a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from tore_export.documents.columns import Cells

__all__ = [
    "MERGED_CELLS",
    "are_numbers",
    "column_starts",
    "filled_columns",
    "grid_of",
    "has_sound_spans",
    "has_spans",
    "header_rows",
    "looks_like_head",
    "says_anything",
    "says_nothing",
    "with_texts",
]

MERGED_CELLS = ("blank", "repeat")


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
    if not says_anything(cells):
        return []
    repeat = merged_cells == "repeat"
    if has_spans(cells) and has_sound_spans(cells, repeat=repeat):
        rows = _spread(cells, repeat)
    else:
        rows = [[cell[0] or "" for cell in row] for row in cells]
    width = max(map(len, rows))
    modest = width * len(rows) <= 100 * sum(map(len, rows)) + 10_000
    for row in rows if modest else rows[:1]:
        if len(row) < width:
            row.extend([""] * (width - len(row)))
    return rows


def says_anything(cells: Cells) -> bool:
    """Tell whether any cell has a text."""
    return any(text and not text.isspace() for row in cells for text, *_ in row)


def has_spans(cells: Cells) -> bool:
    """Tell whether any cell takes more than one place."""
    return any(cell[1] > 1 or cell[2] > 1 for row in cells for cell in row)


def has_sound_spans(cells: Cells, *, repeat: bool = False) -> bool:
    """Tell whether the spans are such as a table can have, and its texts can be repeated.

    >>> has_sound_spans([[("a", 1, 2, False)]]), has_sound_spans([[("a", 1, 10**9, False)]])
    (True, False)
    """
    n_cells = sum(map(len, cells))
    places = characters = 0
    for at, row in enumerate(cells):
        for text, row_span, col_span, _ in row:
            area = max(1, min(row_span, len(cells) - at)) * max(1, col_span)
            places += area
            characters += area * len(text or "")
    given = sum(len(cell[0] or "") for row in cells for cell in row)
    return places <= 100 * n_cells + 10_000 and (not repeat or characters <= 20 * given + 1_000_000)


def _spread(cells: Cells, repeat: bool) -> list[list[str]]:
    rows = []
    # column → (text, further rows) of a cell that reaches down
    hanging: dict[int, tuple[str, int]] = {}
    for at, row in enumerate(cells):
        line: list[str] = []
        below: dict[int, tuple[str, int]] = {}
        for given, row_span, col_span, _ in row:
            while len(line) in hanging:
                line.append(hanging[len(line)][0])
            text = given or ""
            again = text if repeat else ""
            further = min(row_span, len(cells) - at) - 1
            shown = text
            for _ in range(max(1, col_span)):
                column = len(line)
                if column in hanging:  # two cells claim the place: the upper one has it
                    line.append(hanging[column][0])
                else:
                    line.append(shown)
                    if further > 0:
                        below[column] = (again, further)
                shown = again
        for column in sorted(column for column in hanging if column >= len(line)):
            line.extend([""] * (column - len(line)))
            line.append(hanging[column][0])
        rows.append(line)
        hanging = {
            column: (text, further - 1)
            for column, (text, further) in hanging.items()
            if further > 1
        } | below
    return rows


def column_starts(cells: Cells) -> list[list[int]] | None:
    """Return the column each cell begins in, row by row; None where that is its place in the row.

    >>> column_starts([[("a", 2, 2, False), ("b", 1, 1, False)], [("c", 1, 1, False)]])
    [[0, 2], [2]]
    """
    if not has_spans(cells) or not has_sound_spans(cells):
        return None
    found = []
    hanging: dict[int, int] = {}
    for row in cells:
        starts, column = [], 0
        below: dict[int, int] = {}
        for _, row_span, col_span, _ in row:
            while column in hanging:
                column += 1
            starts.append(column)
            for _ in range(max(1, col_span)):
                if row_span > 1 and column not in hanging:
                    below[column] = row_span - 1
                column += 1
        found.append(starts)
        hanging = {at: further - 1 for at, further in hanging.items() if further > 1} | below
    return found


def header_rows(cells: Cells) -> int:
    """Return how many rows at the top are head: those in which every cell that says something is one.

    Where some cells are marked as headers, but not the whole first row (its first cells name the
    rows), the table has no head; neither has one without any mark.

    >>> header_rows([[("a", 1, 1, True)], [("b", 1, 1, False)]])
    1
    >>> header_rows([[("a", 1, 1, True), ("b", 1, 1, False)], [("c", 1, 1, True)]])
    0
    """
    for at, row in enumerate(cells):
        marked = False
        for text, _, _, header in row:
            if header:
                marked = True
            elif text:
                return at
        if not marked:
            return at
    return len(cells)


_NUMBER = re.compile(
    r"[(\[~≈<>≤≥±+\-−–]*[$€£¥₹]?[ ]?[+\-−]?[0-9][0-9.,'’ \u00a0\u202f/:]*(?:[eE][+\-]?[0-9]+)?"
    r"[ ]?[%‰$€£¥₹°]?[)\]*]*"
)
_NOTHING = frozenset({"", "-", "–", "—", "−", "n/a", "N/A", "."})


def says_nothing(text: str) -> bool:
    """Tell whether a cell is empty, or says so.

    >>> says_nothing(" – "), says_nothing("0")
    (True, False)
    """
    return text.strip() in _NOTHING


def are_numbers(texts: Iterable[str]) -> bool:
    """Tell whether a column holds numbers: amounts, shares, dates in figures, and gaps among them.

    >>> are_numbers(["1,200.50", "-3 %", "", "$ 7"]), are_numbers(["1", "one"]), are_numbers([""])
    (True, False, False)
    """
    found = False
    for text in map(str.strip, texts):
        if text in _NOTHING:
            continue
        if len(text) > 40 or not _NUMBER.fullmatch(text):
            return False
        found = True
    return found


def looks_like_head(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first row of a table in which no cell is marked reads like its head.

    It does if it names each column in words of its own, none of them a number, and there is something
    below it. Below a blank corner (the first column names the rows) the names may be numbers: years.

    >>> looks_like_head([["Item", "n"], ["bolt", "12"]])
    True
    >>> looks_like_head([["bolt", "12"], ["nut", "7"]]), looks_like_head([["a", "a"], ["b", "c"]])
    (False, False)
    """
    if len(rows) < 2 or not rows[0]:
        return False
    names = [text.strip() for text in rows[0]]
    if not all(names[1:]) or not any(names) or len(set(names)) < len(names):
        return False
    return not names[0] or not any(are_numbers([name]) for name in names)


def with_texts(cells: Cells, texts: Mapping[tuple[int, int], str]) -> Cells:
    """Return `cells` with other texts at the places (row, place in the row) that `texts` names.

    >>> with_texts([[("a", 1, 1, False)]], {(0, 0): "b", (7, 7): "nowhere"})
    [[('b', 1, 1, False)]]
    """
    changed = list(cells)
    for (row, place), text in texts.items():
        if 0 <= row < len(changed) and 0 <= place < len(changed[row]):
            if changed[row] is cells[row]:
                changed[row] = list(cells[row])
            changed[row][place] = (text, *changed[row][place][1:])
    return changed


def filled_columns(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the numbers of the columns in which some row says something.

    >>> filled_columns([["a", "", ""], ["b", " ", "c"]])
    [0, 2]
    """
    width = max(map(len, rows), default=0)
    missing = set(range(width))
    for row in rows:
        if not missing:
            break
        missing = {at for at in missing if at >= len(row) or not row[at] or row[at].isspace()}
    return [at for at in range(width) if at not in missing]
