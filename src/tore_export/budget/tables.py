"""The third step: tables in fewer tokens, with every word they have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tore_export.budget.draft import Change, Content, Draft
from tore_export.documents.columns import Cells, decode_meta, encode_meta
from tore_export.formatters.grid import column_starts, header_rows, says_anything
from tore_export.formatters.table import lines_of

__all__ = ["flat_cells", "plain_rows", "simple_tables"]

_PIPES = re.compile(r"^\| :?---", re.MULTILINE)


def simple_tables(draft: Draft) -> list[Change]:
    """Return tables without merged cells, HTML, alignment, doubled space, empty rows and columns."""
    wanted = []
    for i in _tables(draft):
        text, cells, meta = draft.content(i)
        said = decode_meta(meta) if meta else {}
        flat = flat_cells(cells or [], said.get("rich") or ())
        if flat is None:
            continue
        own, rich = flat
        rest = {key: said[key] for key in said if key not in ("align", "html", "rich")}
        if rich:
            rest["rich"] = rich
        if "html" in said and not text:
            text = lines_of(own, "blank")
        wanted.append((i, (text, own, encode_meta(rest))))
    return draft.savings(wanted)


def plain_rows(draft: Draft) -> list[Change]:
    """Return tables as lines, a row each with commas between its cells, unless they are pipes.

    Pipes stay: a table that a reader of Markdown takes for one is worth its marks. What is written as
    HTML or drawn in columns becomes lines.
    """
    places = _tables(draft)
    drawn = _shown(draft, places)
    wanted: list[tuple[int, Content]] = []
    for i, shown in zip(places, drawn, strict=True):
        _, cells, meta = draft.content(i)
        if not shown or not cells or _PIPES.search(shown):
            continue
        said = decode_meta(meta) if meta else {}
        rest = {key: said[key] for key in said if key not in ("align", "html", "rich", "spans")}
        wanted.append((i, (lines_of(cells, "blank"), None, encode_meta(rest))))
    return draft.savings(wanted)


def _tables(draft: Draft) -> list[int]:
    return [
        i
        for i, cells in enumerate(draft.columns.cells)
        if cells and draft.kept[i] and draft.visible[i]
    ]


def _shown(draft: Draft, places: Sequence[int]) -> list[str]:
    contents = [(i, draft.content(i)) for i in places]
    return draft.planner.render(draft.standing_alone(contents))


def flat_cells(cells: Cells, rich: Sequence[Any] = ()) -> tuple[Cells, list[dict[str, Any]]] | None:
    """Return rows of cells that take one place each, without empty rows and columns, and their spans.

    The first row stays, since it is the head. A text with spans is as it was; in others a run of
    white space is one space. None for a table that says nothing, or whose grid would be far larger
    than its cells.

    >>> flat_cells([[("a", 1, 2, True)], [("b", 1, 1, False), ("", 1, 1, False)]])
    ([[('a', 1, 1, True)], [('b', 1, 1, False)]], [])
    """
    if not says_anything(cells):
        return None
    starts = column_starts(cells) or [list(range(len(row))) for row in cells]
    spans = {(cell["row"], cell["place"]): cell["spans"] for cell in rich if cell.get("spans")}
    used = {
        column
        for row, columns in zip(cells, starts, strict=True)
        for cell, column in zip(row, columns, strict=True)
        if cell[0] and not cell[0].isspace()
    }
    new_column = {column: at for at, column in enumerate(sorted(used))}
    width, head = len(new_column), header_rows(cells)
    if width * len(cells) > 100 * sum(map(len, cells)) + 10_000:
        return None
    rows: Cells = []
    moved: list[dict[str, Any]] = []
    for at, (row, columns) in enumerate(zip(cells, starts, strict=True)):
        line = [("", 1, 1, at < head)] * width
        for place, (cell, column) in enumerate(zip(row, columns, strict=True)):
            text = cell[0] or ""
            if column not in new_column or not text or text.isspace():
                continue
            to = new_column[column]
            own = spans.get((at, place))
            if own:
                moved.append({"row": len(rows), "place": to, "spans": own})
            line[to] = (text if own else " ".join(text.split()), 1, 1, cell[3])
        if not rows or any(cell[0] for cell in line):
            rows.append(line)
    return rows, moved
