"""Rejects: the row of every document that went away, with the reason and the numbers."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.stages.stage import combined

__all__ = ["REJECTED", "reasons_of", "rejected_rows"]

REJECTED = pa.schema(
    [
        pa.field("doc_id", pa.string()),
        pa.field("source", pa.string()),
        pa.field("failed", pa.bool_()),
        pa.field("stage", pa.string()),
        pa.field("rule", pa.string()),
        pa.field("value", pa.float64()),
        pa.field("threshold", pa.float64()),
        pa.field("detail", pa.string()),
        pa.field("n_tokens", pa.int64()),
        pa.field("text", pa.string()),
    ]
)


def rejected_rows(table: pa.Table, chosen: pa.Array) -> pa.Table:
    """Return the rows for the rejects of the chosen documents, which are rejected."""
    names = [name for name in ("reject", *REJECTED.names) if name in table.column_names]
    table = table.select(names).filter(chosen)
    reject = combined(table["reject"])
    columns = []
    for field in REJECTED:
        if field.name in ("failed", "stage", "rule", "value", "threshold", "detail"):
            columns.append(pc.struct_field(reject, field.name))
        elif field.name in table.column_names:
            columns.append(combined(table[field.name]).cast(field.type))
        else:
            columns.append(pa.nulls(table.num_rows, field.type))
    return pa.Table.from_arrays(columns, schema=REJECTED)


def reasons_of(rows: pa.Table) -> dict[str, int]:
    """Count rejected rows by `stage.rule`.

    >>> row = {name: None for name in REJECTED.names} | {"stage": "source", "rule": "not_utf8"}
    >>> reasons_of(pa.Table.from_pylist([row, row], REJECTED))
    {'source.not_utf8': 2}
    """
    names = pc.binary_join_element_wise(rows["stage"], rows["rule"], ".")
    return {item["values"]: item["counts"] for item in pc.value_counts(names).to_pylist()}
