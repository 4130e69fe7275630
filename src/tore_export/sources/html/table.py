"""Cells of a table from HTML (`text_as_html`)."""

from __future__ import annotations

from typing import Any

from tore_export.documents.columns import Cells, DocumentRows
from tore_export.errors import DocumentError
from tore_export.sources.html.blocks import PageWalk
from tore_export.sources.html.grid import Table
from tore_export.sources.html.nesting import parsed
from tore_export.sources.html.pieces import pieces_of
from tore_export.sources.html.plain_tables import plain_cells
from tore_export.sources.unit import Limits

__all__ = ["cells_of_html", "table_of_html"]

MAX_HTML_BYTES = 20_000_000
_LIMITS = Limits(max_depth=200)


def cells_of_html(html: str) -> Cells | None:
    r"""Return the cells of the first table in a piece of HTML; None where it holds none to be read.

    White space is that of HTML: runs become one space, a line break is what `<br>` or a block says. A
    table within a cell is part of that cell's text. Cells of `<thead>` and `<th>` are headers.

    >>> cells_of_html("<table><tr><th colspan=2>a</th></tr><tr><td> b <td>1 &lt;<br>2</table>")
    [[('a', 1, 2, True)], [('b', 1, 1, False), ('1 <\n2', 1, 1, False)]]
    """
    return table_of_html(html)[0]


def table_of_html(html: str) -> tuple[Cells | None, dict[str, Any]]:
    """Return the cells of the first table in a piece of HTML, and what else it says.

    That is `rich`, of cells with formatting or blocks in them, `align` and `caption`, as in ElementMeta.

    >>> table_of_html("<table><tr><td>a <b>b</b></td></tr></table>")[1]
    {'rich': [{'row': 0, 'place': 0, 'spans': [{'start': 2, 'end': 3, 'kind': 'strong'}]}]}
    """
    # what most writers emit needs no parser: one pass of a regular expression proves it plain
    if (cells := plain_cells(html)) is not None:
        return cells, {}
    if len(html) > MAX_HTML_BYTES:
        return None, {}
    try:
        table = parsed(html, _LIMITS).css_first("table")
    except DocumentError:
        return None, {}
    return (None, {}) if table is None else _OneTable(table.html or "").read()


class _OneTable(PageWalk):
    """A walk over one table, which is one of data whatever it looks like."""

    def __init__(self, html: str) -> None:
        from tore_export.sources.builder import Builder

        super().__init__(
            pieces_of(html), Builder(DocumentRows(0).elements, _LIMITS), _LIMITS, None, 0
        )
        self.layouts[1] = False
        self._found: tuple[Cells | None, dict[str, Any]] = None, {}

    def read(self) -> tuple[Cells | None, dict[str, Any]]:
        """Return the table's cells and what else it says."""
        self.run()
        return self._found

    def put_table(self, table: Table, number: int) -> None:
        """Keep the table."""
        self._found = table.finish()
