"""Tables of a page: which of them only lay it out, and the cells of those that are data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tore_export.documents.columns import Cells
from tore_export.sources.html.clean import clean_html
from tore_export.sources.html.line import Spans
from tore_export.sources.html.pieces import attributes_of, end_of
from tore_export.sources.table_cells import MAX_SPAN, fitted, span

__all__ = ["Cell", "Table", "layouts_of"]

_ALIGN = re.compile(r'(?:\balign="|text-align:\s*)(left|center|right)')
_NAME = re.compile(r"/?[a-z0-9]+")
_BLOCKS = frozenset({"p", "ul", "ol", "dl", "pre", "blockquote", "div", "hr", "section", "form"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


class Cell:
    """A cell in the making: its lines, and whether they are more than lines.

    `depth` counts the tables that are open within it; a caption is a cell, too.
    """

    __slots__ = ("depth", "header", "holds_blocks", "lines", "rest", "start")

    def __init__(self, start: int, rest: str, *, header: bool = False) -> None:
        self.start = start
        self.rest = rest
        self.header = header
        self.lines: list[tuple[str, Spans]] = []
        self.holds_blocks = False
        self.depth = 0

    def text(self) -> tuple[str, Spans]:
        """Return the lines as one text, with the spans of all of them."""
        if len(self.lines) == 1:
            return self.lines[0]
        texts: list[str] = []
        spans: Spans = []
        place = 0
        for text, found in self.lines:
            if texts:
                spans.append({"start": place - 1, "end": place, "kind": "break"})
            for one in found:
                spans.append({**one, "start": one["start"] + place, "end": one["end"] + place})
            texts.append(text)
            place += len(text) + 1
        return "\n".join(texts), spans


class Table:
    """A table in the making."""

    __slots__ = ("_aligned", "_rich", "_rows", "caption", "in_head", "start")

    def __init__(self, start: int) -> None:
        self.start = start
        self.in_head = False
        self.caption = ""
        self._rows: Cells = []
        self._rich: list[dict[str, Any]] = []
        self._aligned: list[tuple[int, int, str]] = []

    def begin_row(self) -> None:
        """Begin the next row."""
        self._rows.append([])

    def add(self, cell: Cell, pieces: Sequence[str], end: int) -> None:
        """Append a cell whose end tag is the piece `end`."""
        if not self._rows:
            self.begin_row()
        row = self._rows[-1]
        text, spans = cell.text()
        down = right = 1
        if cell.rest:
            if "span" in cell.rest:
                said = attributes_of(cell.rest)
                down = MAX_SPAN if said.get("rowspan") == "0" else span(said.get("rowspan"))
                right = span(said.get("colspan"))
            if align := _ALIGN.search(cell.rest):
                self._aligned.append((len(self._rows) - 1, len(row), align[1]))
        if cell.holds_blocks or len(cell.lines) > 1:
            first = pieces[cell.start].partition(">")[2]
            html = clean_html([first, *pieces[cell.start + 1 : end]])
            self._note(len(row), spans, html)
        elif any(one["kind"] != "break" for one in spans):
            self._note(len(row), spans, "")
        row.append((text, down, right, cell.header))

    def _note(self, place: int, spans: Spans, html: str) -> None:
        said: dict[str, Any] = {"row": len(self._rows) - 1, "place": place}
        if spans:
            said["spans"] = spans
        if html:
            said["html"] = html
        self._rich.append(said)

    @property
    def says_nothing(self) -> bool:
        """Whether no cell has a word or an image in it."""
        return not self._rich and not any(cell[0] for row in self._rows for cell in row)

    @property
    def text(self) -> str:
        """The cells' words, a line a row: what there is of a table that is too large for one."""
        return "\n".join(" ".join(cell[0] for cell in row) for row in self._rows)

    def finish(self) -> tuple[Cells | None, dict[str, Any]]:
        """Return the cells, None for a table too large to be one, and what else the table says."""
        meta: dict[str, Any] = {}
        if self.caption:
            meta["caption"] = self.caption
        cells = fitted(self._rows)
        if cells is None:
            return None, meta
        if self._rich:
            meta["rich"] = self._rich
        if self._aligned and (align := self._align(cells)):
            meta["align"] = align
        return cells, meta

    def _align(self, cells: Cells) -> list[str | None]:
        """Return each column's alignment: what all cells below the header say, or else the header.

        Columns of a table whose cells span rows have none.
        """
        if any(cell[1] > 1 for row in cells for cell in row):
            return []
        said = {(row, place): align for row, place, align in self._aligned}
        found: dict[bool, dict[int, set[str | None]]] = {True: {}, False: {}}
        width = 0
        for number, row in enumerate(cells):
            column = 0
            for place, (_, _, right, header) in enumerate(row):
                if right == 1:
                    found[header].setdefault(column, set()).add(said.get((number, place)))
                column += right
            width = max(width, column)
        aligns: list[str | None] = []
        for column in range(width):
            names = found[False].get(column) or found[True].get(column) or {None}
            aligns.append(next(iter(names)) if len(names) == 1 else None)
        return aligns if any(aligns) else []


class _Shape:
    """What tells a table that lays out a page from one of data."""

    __slots__ = (
        "column",
        "has_headers",
        "holds_blocks",
        "holds_sections",
        "is_data",
        "rest",
        "start",
        "width",
    )

    def __init__(self, start: int, rest: str) -> None:
        self.start = start
        self.rest = rest
        self.is_data = False
        self.has_headers = False
        self.holds_blocks = False
        self.holds_sections = False
        self.column = self.width = 0

    @property
    def lays_out(self) -> bool:
        said = attributes_of(self.rest)
        if said.get("role") in ("presentation", "none"):
            return True
        border = said.get("border")
        if self.is_data or border not in (None, "0"):
            return False
        if self.holds_sections and not self.has_headers:
            return True
        return self.holds_blocks and (self.width <= 1 or border == "0")


def _begins_head(piece: str) -> bool:
    return piece.startswith(("thead", "caption"))


def layouts_of(pieces: Sequence[str], start: int) -> dict[int, bool]:
    """Return, for the table that begins at `start` and each within it, whether it lays out the page.

    It does if it says so; or if it has neither head, caption nor border and holds headings or tables,
    or blocks in a single column or beside `border="0"`.
    """
    found: dict[int, bool] = {}
    rest = pieces[start].partition(">")[0]
    if "role=" not in rest and any(map(_begins_head, pieces[start + 1 : start + 4])):
        return found
    shapes: list[_Shape] = []
    place = start
    while place < len(pieces):
        piece = pieces[place]
        match = _NAME.match(piece)
        name = match[0] if match else piece[:3]
        if name == "table":
            if shapes:
                shapes[-1].holds_sections = True
            shapes.append(_Shape(place, piece.partition(">")[0].partition(" ")[2]))
        elif name == "/table":
            shape = shapes.pop()
            found[shape.start] = shape.lays_out
            if not shapes:
                break
        elif not shapes:
            pass
        elif name == "tr":
            shapes[-1].column = 0
        elif name in ("td", "th"):
            shape = shapes[-1]
            shape.column += 1
            shape.has_headers |= name == "th"
            shape.width = max(shape.width, shape.column)
        elif name in ("thead", "caption"):
            shapes[-1].is_data = True
        elif name in _BLOCKS:
            shapes[-1].holds_blocks = True
        elif name in _HEADINGS:
            shapes[-1].holds_sections = True
        elif name in ("script", "style", "iframe", "noembed", "noframes", "xmp", "!--"):
            place = end_of(pieces, place, name)
        place += 1
    return found
