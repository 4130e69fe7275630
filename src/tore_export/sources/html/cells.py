"""Tables of a page: cells are collected while the walk goes through them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tore_export.documents.schema import Kind
from tore_export.sources.html.grid import Cell, Table, layouts_of
from tore_export.sources.html.media import MediaWalk
from tore_export.sources.html.walk import Handler
from tore_export.sources.unit import Limits

if TYPE_CHECKING:
    from tore_export.sources.builder import Builder

__all__ = ["TableWalk"]


class TableWalk(MediaWalk):
    """A walk that knows tables. One that only lays out the page is not there for it."""

    def __init__(
        self, pieces: list[str], build: Builder, limits: Limits, parent: str | None, level: int
    ) -> None:
        super().__init__(pieces, build, limits, parent, level)
        self._tables: list[Table | None] = []  # that are open; None lays out the page
        self.layouts: dict[int, bool] = {}  # of tables, by their pieces

    def _table(self, rest: str, text: str, number: int) -> str:
        if not self.begins_block():
            if self.cell is not None:
                self.cell.depth += 1
            return text
        if number not in self.layouts:
            self.layouts.update(layouts_of(self.pieces, number))
        self._tables.append(None if self.layouts.get(number) else Table(number))
        return text

    def _end_table(self, rest: str, text: str, number: int) -> str:
        self.flush()
        if self.cell is not None:
            self.cell.depth -= 1
            return text
        table = self._tables.pop() if self._tables else None
        if table is not None:
            self.put_table(table, number)
        return text

    def put_table(self, table: Table, number: int) -> None:
        """Append a table whose end tag is the piece `number`."""
        if table.says_nothing:
            return
        cells, meta = table.finish()
        self.n_warnings += cells is None
        if self.limits.keep_html:
            meta["html"] = f"<{'<'.join(self.pieces[table.start : number])}</table>"
        shown = table.text if cells is None else ""
        self.note(self.lists.add(Kind.TABLE, shown, cells=cells, meta=meta))

    def _open_table(self) -> Table | None:
        """Return the table whose cells are being collected, if it is not read as a cell's text."""
        return self._tables[-1] if self._tables and self.cell is None else None

    def _head(self, rest: str, text: str, number: int) -> str:
        if table := self._open_table():
            table.in_head = rest != "/thead"
        return text

    def _row(self, rest: str, text: str, number: int) -> str:
        self.flush()
        if rest != "/tr" and (table := self._open_table()):
            table.begin_row()
        return text

    def _begin_cell(self, rest: str, text: str, number: int) -> str:
        return self._begin(rest, text, number, header=False)

    def _begin_header(self, rest: str, text: str, number: int) -> str:
        return self._begin(rest, text, number, header=True)

    def _begin(self, rest: str, text: str, number: int, *, header: bool) -> str:
        if self.cell is not None:
            # the cells of a row within a cell stand in one line
            self.line.parts.append(" ")
            return text
        self.flush()
        if table := self._open_table():
            self.cell = Cell(number, rest, header=header or table.in_head)
        return text

    def _caption_of_table(self, rest: str, text: str, number: int) -> str:
        self.flush()
        if self._open_table():
            self.cell = Cell(number, rest)
        return text

    def _end_cell(self, rest: str, text: str, number: int) -> str:
        if self.cell is not None and self.cell.depth:
            return text
        self.flush()
        table = self._tables[-1] if self._tables else None
        if table is not None and self.cell is not None:
            if rest == "/caption":
                table.caption = self.cell.text()[0]
            else:
                table.add(self.cell, self.pieces, number)
            self.cell = None
        return text

    handlers: ClassVar[dict[str, Handler]] = {
        **MediaWalk.handlers,
        "table": _table,
        "/table": _end_table,
        "thead": _head,
        "/thead": _head,
        "tr": _row,
        "/tr": _row,
        "td": _begin_cell,
        "th": _begin_header,
        "/td": _end_cell,
        "/th": _end_cell,
        "caption": _caption_of_table,
        "/caption": _end_cell,
    }
