"""Task `text`: the whole text of a document is one record, or each of its chunks."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tore_export.records.provenance import chunk_metadata, metadata
from tore_export.records.shapes import text as shape

__all__ = ["chunk_records", "records"]


def records(table: pa.Table, live: pa.Array, include_metadata: bool) -> pa.ListArray:
    """Return the column `records`: one for each live document that has a text, else none.

    **Rows** 1:1; each holds n:≤1 records.
    """
    schema = shape.schema(include_metadata)
    columns = [
        metadata(table) if name == "metadata" else table[name].combine_chunks()
        for name in schema.names
    ]
    rows = pa.StructArray.from_arrays(columns, fields=list(schema))
    has_text = pc.greater(pc.binary_length(table["text"].combine_chunks()), 0)
    chosen = pc.and_(live, pc.fill_null(has_text, False))
    ends = pc.cumulative_sum(chosen.cast(pa.int32()))
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends])
    return pa.ListArray.from_arrays(offsets, rows.filter(chosen))


def chunk_records(table: pa.Table, live: pa.Array, include_metadata: bool) -> pa.ListArray:
    """Return the column `records`: one for each chunk of a live document, in order.

    **Rows** 1:1; each holds as many records as the document has chunks.
    """
    schema = shape.schema(include_metadata)
    lists = table["chunks"].combine_chunks()
    sizes = pc.if_else(live, lists.value_lengths().fill_null(0), 0).to_numpy(zero_copy_only=False)
    parents = np.repeat(np.arange(table.num_rows, dtype=np.int64), sizes)
    chunks = lists.filter(live).flatten()
    taken = pa.array(parents)

    def column(name: str) -> pa.Array:
        if name == "metadata":
            return chunk_metadata(table, chunks, parents)
        if name in ("text", "n_tokens"):
            return chunks.field(name)
        return table[name].combine_chunks().take(taken)

    rows = pa.StructArray.from_arrays([column(name) for name in schema.names], fields=list(schema))
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), rows)
