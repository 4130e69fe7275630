"""Elements and tables as a template sees them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from tore_export.documents.columns import Cells, decode_meta
from tore_export.documents.schema import Kind
from tore_export.formatters.grid import grid_of, header_rows
from tore_export.formatters.table import format_table
from tore_export.formatters.template.values import Value, names_of

if TYPE_CHECKING:
    from tore_export.formatters.template.document import DocumentValue

__all__ = ["ElementValue", "TableValue"]

_NAMES = {int(kind): kind.name.lower() for kind in Kind}


class ElementValue(Value):
    """One element."""

    __slots__ = ("at", "document")

    kind_name = "element"
    public = names_of("confidence content id kind level meta page parent table text")

    def __init__(self, document: DocumentValue, at: int) -> None:
        self.document = document
        self.at = at

    @property
    def id(self) -> str:
        """Its id."""
        return self.document.columns.ids[self.at] or ""

    @property
    def kind(self) -> str:
        """What it is: title, paragraph, list_item, table, code and so on."""
        return _NAMES[self.document.columns.kinds[self.at]]

    @property
    def text(self) -> str:
        """Its words."""
        return self.document.columns.texts[self.at] or ""

    @property
    def level(self) -> int | None:
        """Depth of a heading or a list item."""
        return self.document.columns.levels[self.at]

    @property
    def parent(self) -> str | None:
        """Id of what it belongs to."""
        return self.document.columns.parents[self.at]

    @property
    def page(self) -> int | None:
        """Number of its page."""
        return self.document.columns.pages[self.at]

    @property
    def confidence(self) -> float | None:
        """How sure the parser was, 0 to 1."""
        return self.document.columns.confidences[self.at]

    @property
    def meta(self) -> dict[str, Any]:
        """What else is known of it: language of code, latex, alt, url, checked and so on."""
        return decode_meta(self.document.columns.metas[self.at])

    @property
    def table(self) -> TableValue | None:
        """It as a table, if it is one."""
        return next(iter(self.document.tables_within(self.at, self.at + 1)), None)

    @property
    def content(self) -> str:
        """It as Markdown."""
        return self.written("markdown")

    def written(self, style: str) -> str:
        """Return it as `markdown` or `plaintext`."""
        return self.document.parts("elements", style)[self.at - self.document.first]

    def plain(self) -> dict[str, Any]:
        """Return its values."""
        names = ("id", "kind", "text", "level", "page")
        return {name: getattr(self, name) for name in names}


class TableValue(ElementValue):
    """A table."""

    kind_name = "table"
    public = ElementValue.public | names_of("body caption head n_columns n_rows rows")

    @property
    def cells(self) -> Cells:
        """Its cells with their spans."""
        return self.document.columns.cells[self.at] or []

    @cached_property
    def rows(self) -> list[list[str]]:
        """Its rows as texts, of equal length where that is not absurd."""
        return grid_of(self.cells, self.document.rendering.merged_cells)

    @property
    def head(self) -> list[list[str]]:
        """The rows that name the columns."""
        return self.rows[: header_rows(self.cells)]

    @property
    def body(self) -> list[list[str]]:
        """The rows below the head."""
        return self.rows[header_rows(self.cells) :]

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.rows)

    @property
    def n_columns(self) -> int:
        """Number of columns."""
        return max(map(len, self.rows), default=0)

    @property
    def caption(self) -> str:
        """Its caption."""
        return self.meta.get("caption") or self.document.captions.get(self.id, "")

    def formatted(self, style: str, **options: Any) -> str:
        """Return the table in a style of `format_table`."""
        said = self.meta
        return format_table(
            self.cells, style, align=said.get("align") or (), rich=said.get("rich") or (), **options
        )

    def plain(self) -> dict[str, Any]:
        """Return caption and rows."""
        return {"id": self.id, "caption": self.caption, "page": self.page, "rows": self.rows}
