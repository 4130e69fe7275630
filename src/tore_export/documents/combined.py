"""A column of a table as one array."""

from __future__ import annotations

import pyarrow as pa

__all__ = ["combined"]


def combined(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return the column as one array, which may be a slice of a longer one.

    >>> combined(pa.chunked_array([[1], [2]])).to_pylist()
    [1, 2]
    """
    if not isinstance(column, pa.ChunkedArray):
        return column
    # combine_chunks copies even where there is one chunk
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
