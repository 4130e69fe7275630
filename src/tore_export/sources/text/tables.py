"""Tables drawn with characters: frames of `+---+`, pipes, psql's `---+---`, columns under `=== ===`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tore_export.documents.columns import Cells

__all__ = ["table_of"]

_FRAME = re.compile(r"\+(?:[-=]+\+)+")
_BELOW_HEAD = re.compile(r"-+(?:\+-+)+")
_COLUMNS = re.compile(r"[ \t]*=+(?: +=+)+[ \t]*")
_PIPES = re.compile(r"\|.*\|")
_RULE_CELL = re.compile(r"\s*:?-+:?\s*")
_COUNT = re.compile(r"\(\d+ (?:row|Zeile|ligne|fila)\w*\)")


def table_of(lines: Sequence[str]) -> tuple[Cells, list[str | None] | None] | None:
    r"""Return the cells of a table that these lines draw, and its alignment; None if they draw none.

    Read are frames (`+---+` between rows, `+===+` below the header; a row of several lines where each
    row has its frame), lines of pipes with or without a rule of dashes, psql's `---+---`, and
    reStructuredText's columns between lines of `=== ===`. A table in which any line does not fit is
    none: its lines are better kept as they are.

    >>> table_of(["+---+---+", "| a | b |", "+===+===+", "| 1 | 2 |", "+---+---+"])[0]
    [[('a', 1, 1, True), ('b', 1, 1, True)], [('1', 1, 1, False), ('2', 1, 1, False)]]
    """
    stripped = [line.strip() for line in lines]
    if len(stripped) >= 2 and _BELOW_HEAD.fullmatch(stripped[1]):
        return _of_psql(lines)
    if len(stripped) >= 3 and _FRAME.fullmatch(stripped[0]):
        return _framed(stripped)
    if len(stripped) >= 3 and _COLUMNS.fullmatch(lines[0]):
        return _of_columns([line.rstrip() for line in lines])
    if len(stripped) >= 2 and all(map(_PIPES.fullmatch, stripped)):
        return _of_pipes(stripped)
    return None


def _row(texts: Sequence[str], *, header: bool) -> list[tuple[str, int, int, bool]]:
    return [(text, 1, 1, header) for text in texts]


def _framed(lines: Sequence[str]) -> tuple[Cells, None] | None:
    """Read rows between frames; a cell goes over the columns whose `+` no frame or `|` shows."""
    if not _FRAME.fullmatch(lines[-1]):
        return None
    bounds = [place for place, sign in enumerate(lines[0]) if sign == "+"]
    groups: list[list[str]] = [[]]
    n_header = 0
    for line in lines[1:]:
        if line.startswith("+"):
            if _FRAME.fullmatch(line) is None:
                return None
            if "=" in line and not n_header:
                n_header = len(groups)
            groups.append([])
        elif _PIPES.fullmatch(line) is None:
            return None
        else:
            groups[-1].append(line)
    groups = groups[:-1]
    # frames only around head and body, all of dashes, are a database's: there a line is a row
    is_line_a_row = len(groups) <= 2 and not n_header
    if is_line_a_row and len(groups) == 2:
        n_header = 1
    rows: Cells = []
    for number, group in enumerate(groups, 1):
        header = number <= n_header
        found = [_cut(line, bounds, header=header) for line in group]
        whole = [row for row in found if row is not None]
        if len(whole) != len(found) or not whole:
            return None
        rows += whole if is_line_a_row else [_joined(whole)]
        if any(len(row) != len(whole[0]) for row in whole) and not is_line_a_row:
            return None
    return rows, None


def _cut(
    line: str, bounds: Sequence[int], *, header: bool
) -> list[tuple[str, int, int, bool]] | None:
    """Return the cells of a line; None where a `|` stands beside the columns."""
    pieces = line[1:-1].split("|")
    if len(pieces) == len(bounds) - 1:
        # by count, since a wide character takes two columns of the frame and one of the line
        return _row([piece.strip() for piece in pieces], header=header)
    if len(line) != bounds[-1] + 1:
        return None
    inside = [place for place in bounds[1:-1] if line[place] == "|"]
    cells = []
    start = 0
    for place in [*inside, bounds[-1]]:
        columns = sum(start < bound <= place for bound in bounds)
        cells.append((line[start + 1 : place].strip(), 1, columns, header))
        start = place
    return cells


def _joined(rows: Cells) -> list[tuple[str, int, int, bool]]:
    """Return the lines of one row as one row of cells."""
    return [
        ("\n".join(text for text, *_ in column if text), *column[0][1:])
        for column in zip(*rows, strict=False)
    ]


def _of_pipes(lines: Sequence[str]) -> tuple[Cells, list[str | None] | None] | None:
    rows = [[piece.strip() for piece in line[1:-1].split("|")] for line in lines]
    if len({len(row) for row in rows}) != 1 or len(rows[0]) < 2:
        return None
    rules = [
        number for number, row in enumerate(rows) if all(_RULE_CELL.fullmatch(text) for text in row)
    ]
    if rules == [1]:
        align = [_alignment(text) for text in rows[1]]
        cells = [
            _row(row, header=number == 0) for number, row in enumerate(rows) if number not in rules
        ]
        return cells, align if any(align) else None
    return None if rules else ([_row(row, header=False) for row in rows], None)


def _alignment(rule: str) -> str | None:
    left, right = rule.startswith(":"), rule.endswith(":")
    return ("center" if left else "right") if right else ("left" if left else None)


def _of_psql(lines: Sequence[str]) -> tuple[Cells, None] | None:
    body = [*lines[:1], *lines[2:]]
    if _COUNT.fullmatch(body[-1].strip()):
        body.pop()
    n_columns = lines[1].count("+") + 1
    rows = [[piece.strip() for piece in line.split("|")] for line in body]
    if any(len(row) != n_columns for row in rows):
        return None
    return [_row(row, header=number == 0) for number, row in enumerate(rows)], None


def _of_columns(lines: Sequence[str]) -> tuple[Cells, None] | None:
    """Read lines below `=== ===`; one whose first column is blank goes on with the row above."""
    borders = [number for number, line in enumerate(lines) if line == lines[0]]
    if borders[-1] != len(lines) - 1 or len(borders) not in (2, 3):
        return None
    columns = [found.span() for found in re.finditer("=+", lines[0])]
    rows: Cells = []
    for number, line in enumerate(lines):
        if number in borders:
            continue
        ends = [start for start, _ in columns[1:]] + [len(line)]
        gaps = zip([0, *(end for _, end in columns)], [start for start, _ in columns], strict=False)
        if any(line[end:start].strip() for end, start in gaps):
            return None
        texts = [line[start:end].strip() for (start, _), end in zip(columns, ends, strict=True)]
        header = len(borders) == 3 and number < borders[1]
        if texts[0] or not rows:
            rows.append(_row(texts, header=header))
        else:
            rows[-1] = _joined([rows[-1], _row(texts, header=header)])
    return (rows, None) if rows else None
