"""Task `text`: the whole text of a document is one record."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.records.provenance import metadata
from tore_export.records.shapes import text as shape

__all__ = ["records"]


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
