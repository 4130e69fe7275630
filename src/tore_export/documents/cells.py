"""Cells of tables: as rows of tuples, which readers fill and formatters walk, and as Arrow columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, chain, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tore_export.documents.schema import CELL, ELEMENT

__all__ = [
    "Cells",
    "cells_from_arrow",
    "cells_to_arrow",
    "placed_cells",
    "rows_of_columns",
    "tables_to_arrow",
]

Cells = list[list[tuple[str, int, int, bool]]]
"""Rows of (text, row_span, col_span, header)."""


def cells_to_arrow(tables: Sequence[Cells | None]) -> pa.ListArray:
    """Return list<list<cell>>, built from flat columns (a dict per cell would cost ten times)."""
    places = [place for place, cells in enumerate(tables) if cells is not None]
    found = tables_to_arrow([tables[place] for place in places])
    return placed_cells(found, np.array(places, np.int64), len(tables))


def tables_to_arrow(tables: Sequence[Any]) -> pa.ListArray:
    """Return list<list<cell>> of tables, each as `Cells` or as an Arrow array of rows."""
    if any(isinstance(cells, pa.ListArray) for cells in tables):
        rows = pa.concat_arrays(
            [
                cells if isinstance(cells, pa.ListArray) else _rows_to_arrow(cells)
                for cells in tables
            ]
        )
    else:
        rows = _rows_to_arrow(chain.from_iterable(tables))
    ends = list(accumulate(map(len, tables), initial=0))
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), rows)


def placed_cells(
    tables: pa.ListArray, places: npt.NDArray[np.int64], n_elements: int
) -> pa.ListArray:
    """Return list<list<cell>> of so many elements, null but for the tables at the places given."""
    if not len(tables):
        return pa.nulls(n_elements, ELEMENT.field("cells").type)
    # where each table starts, null for what is none: the last entry is where all end
    sizes = tables.value_lengths().to_numpy()
    ends = np.cumsum(sizes)
    offsets = np.zeros(n_elements + 1, np.int32)
    offsets[places] = ends - sizes
    offsets[-1] = ends[-1]
    missing = np.ones(n_elements + 1, bool)
    missing[places] = False
    missing[-1] = False
    return pa.ListArray.from_arrays(pa.array(offsets, mask=missing), tables.flatten())


def _rows_to_arrow(rows: Iterable[list[tuple[str, int, int, bool]]]) -> pa.ListArray:
    all_rows = list(rows)
    flat = list(chain.from_iterable(all_rows))
    texts, row_spans, col_spans, headers = zip(*flat, strict=True) if flat else ((),) * 4
    return rows_of_columns(texts, row_spans, col_spans, headers, list(map(len, all_rows)))


def rows_of_columns(
    texts: Sequence[str] | pa.StringArray,
    row_spans: Sequence[int] | npt.NDArray[np.int32],
    col_spans: Sequence[int] | npt.NDArray[np.int32],
    headers: Sequence[bool] | npt.NDArray[np.bool_],
    n_cells: Sequence[int] | npt.NDArray[np.int64],
) -> pa.ListArray:
    """Return rows of cells whose values lie one after the other; `n_cells` are those of each row."""
    leaves = pa.StructArray.from_arrays(
        [
            texts if isinstance(texts, pa.StringArray) else pa.array(texts, pa.string()),
            pa.array(row_spans, pa.int32()),
            pa.array(col_spans, pa.int32()),
            pa.array(headers, pa.bool_()),
        ],
        fields=list(CELL),
    )
    return pa.ListArray.from_arrays(
        pa.array(np.append(0, np.cumsum(n_cells, dtype=np.int64)), pa.int32()), leaves
    )


def cells_from_arrow(column: pa.ListArray) -> list[Cells | None]:
    """Return what `cells_to_arrow` was given; only the tables cost, not the elements between."""
    import pyarrow.compute as pc

    found: list[Cells | None] = [None] * len(column)
    if column.null_count == len(column):
        return found
    rows = column.flatten()
    leaves = rows.flatten()
    flat = list(
        zip(
            leaves.field("text").to_pylist(),
            leaves.field("row_span").to_pylist(),
            leaves.field("col_span").to_pylist(),
            leaves.field("header").to_pylist(),
            strict=True,
        )
    )
    cell_ends = accumulate(rows.value_lengths().to_pylist(), initial=0)
    all_rows = [flat[start:end] for start, end in pairwise(cell_ends)]
    places = pc.indices_nonzero(column.is_valid()).to_pylist()
    row_ends = accumulate(column.value_lengths().drop_null().to_pylist(), initial=0)
    for place, (start, end) in zip(places, pairwise(row_ends), strict=True):
        found[place] = all_rows[start:end]
    return found
