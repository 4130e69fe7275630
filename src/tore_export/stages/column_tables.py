"""Pipe tables from a column of cells at a stroke: a few calls for all tables of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.formatters.column_form import CellForm
from tore_export.stages.column_texts import strings_over

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import polars as pl

    Numbers = npt.NDArray[np.signedinteger]
    Truths = npt.NDArray[np.bool_]

__all__ = ["pipe_tables"]

_ODD = r"^[ \t\r\n]|[ \t\r\n]$"
"""Finds texts that are stripped, which depends on what else a table holds."""

_SAYS = r"[^\s\x1c-\x1f]"


def pipe_tables(cells: pa.ListArray, form: CellForm) -> tuple[Truths, pa.StringArray]:
    r"""Tell which tables are simple, and return those as `formatters.table.pipe_table` writes them.

    Simple is one of rows that all have cells, none of which takes more than one place, some of which
    say something, and none of which begins or ends in white space.

    >>> from tore_export.documents.columns import ElementColumns
    >>> from tore_export.documents.element import Cell, Element
    >>> from tore_export.documents.schema import Kind
    >>> from tore_export.formatters.markdown import Markdown
    >>> table = Element(Kind.TABLE, cells=((Cell("a"), Cell("b")), (Cell("1|2"),)))
    >>> column = ElementColumns.from_elements([[table]]).to_arrow().flatten().field("cells")
    >>> print(pipe_tables(column, Markdown().column_form.cells)[1][0])
    | a | b |
    | --- | --- |
    | 1\|2 |  |
    """
    import numpy as np
    import polars as pl

    rows = cells.flatten()
    leaves = rows.flatten()
    n_rows, n_cells = (pc.fill_null(c.value_lengths(), 0).to_numpy() for c in (cells, rows))
    table_of_row = np.repeat(np.arange(len(n_rows)), n_rows)
    table_of_cell = np.repeat(table_of_row, n_cells)
    texts = pl.Series(pc.fill_null(leaves.field("text"), ""), dtype=pl.String)

    simple = np.zeros(len(n_rows), np.bool_)
    simple[table_of_cell[texts.str.contains(_SAYS).to_numpy()]] = True
    widths = np.zeros(len(n_rows), np.int64)
    np.maximum.at(widths, table_of_row, n_cells)
    sizes = np.bincount(table_of_cell, minlength=len(n_rows))
    simple &= widths * n_rows <= 10 * sizes  # not too many places without a cell
    simple[table_of_row[n_cells == 0]] = False
    for name in ("row_span", "col_span"):
        spans = pc.fill_null(leaves.field(name), 1).to_numpy()
        simple[table_of_cell[spans > 1]] = False
    simple[table_of_cell[texts.str.contains(_ODD).to_numpy()]] = False

    row_is_in, cell_is_in = simple[table_of_row], simple[table_of_cell]
    texts, n_cells = texts.filter(cell_is_in), n_cells[row_is_in]
    careful = texts.str.contains(form.care).arg_true()
    if len(careful):
        written = [form.write(text) for text in texts.gather(careful).to_list()]
        texts = texts.scatter(careful, written)
    return simple, _joined(texts, n_cells, n_rows[simple], widths[simple])


def _joined(texts: pl.Series, n_cells: Numbers, n_rows: Numbers, widths: Numbers) -> pa.StringArray:
    """Return tables of so many rows, and columns, whose cells lie one after the other."""
    import numpy as np
    import polars as pl

    row_ends, table_ends = np.cumsum(n_cells), np.cumsum(n_rows)
    is_head = np.zeros(len(n_cells), np.int64)
    is_head[table_ends - n_rows] = 1
    before = np.zeros(len(texts), np.int64)
    before[row_ends - n_cells] = 1 + is_head
    # behind the last cell of a row: the places that have none, and below a head its rule
    width_of_row = np.repeat(widths, n_rows)
    most = int(widths.max(initial=0)) + 1
    ends = (width_of_row - n_cells) + most * is_head * width_of_row
    found, which = np.unique(ends, return_inverse=True)
    tails = [" | " * (end % most) + " |" + _rule(end // most) for end in found.tolist()]
    behind = np.zeros(len(texts), np.int64)
    behind[row_ends - 1] = which + 1
    parts = (
        pl.Series([" | ", "\n| ", "| "])[before],
        texts,
        pl.Series(["", *tails])[behind],
    )
    cells = pl.select(pl.concat_str(parts)).to_series().to_arrow().cast(pa.string())
    return strings_over(cells, np.append(0, row_ends[table_ends - 1]))


def _rule(width: int) -> str:
    return f"\n| {' | '.join(['---'] * width)} |" if width else ""
