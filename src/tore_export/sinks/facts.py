"""Facts: what is known of each document, without its text. Reports and audits read these."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tore_export.documents.schema import Kind
from tore_export.sinks.writing import HashingWriter
from tore_export.stages.stage import combined
from tore_export.storage.files import join, open_write
from tore_export.storage.layout import Layout

__all__ = ["FACTS", "facts_of", "kinds_of", "n_elements_of", "write_facts"]

FACTS = (
    "doc_id",
    "source",
    "place",
    "language",
    "warnings",
    "n_tokens",
    "shortened",
    "left_out",
    "quality_score",
    "signals",
    "split",
    "text_hash",
    "group_of",
    "stratum",
    "date",
    "minhash",
    "together_with",
)
"""Columns of a document that are kept as facts, where the plan makes them."""

REPEATING = ["source", "language", "split", "group_of", "stratum", "stage", "rule"]
"""Columns of which a file keeps each value once; of numbers and hashes that would cost time and room."""


def facts_of(table: pa.Table) -> pa.Table:
    """Return the facts of a table's documents.

    **Rows** 1:1. **Reads** those of FACTS that are there, reject, records, and elements or what was
    counted of them.
    """
    names = [name for name in FACTS if name in table.column_names]
    columns = {name: combined(table[name]) for name in names}
    columns["n_elements"] = n_elements_of(table)
    columns["kinds"] = kinds_of(table)
    reject = combined(table["reject"])
    if "records" in table.column_names:
        n_records = pc.list_value_length(combined(table["records"]))
        columns["n_records"] = pc.if_else(pc.is_null(reject), n_records, 0)
    for field in ("failed", "stage", "rule", "value", "threshold"):
        columns[field] = pc.struct_field(reject, field)
    return pa.table(columns)


def n_elements_of(table: pa.Table) -> pa.Array:
    """Return how many elements each document has, also where a first pass left them out."""
    if "n_elements" in table.column_names:
        return combined(table["n_elements"])
    return pc.fill_null(pc.list_value_length(combined(table["elements"])), 0)


def kinds_of(table: pa.Table) -> pa.Array:
    """Return how many elements of each kind a document has, also where a first pass left them out."""
    if "kinds" in table.column_names:
        return combined(table["kinds"])
    elements = combined(table["elements"])
    document = np.repeat(
        np.arange(len(elements)), pc.fill_null(elements.value_lengths(), 0).to_numpy()
    )
    kinds = elements.flatten().field("kind").to_numpy()
    counts = np.bincount(document * len(Kind) + kinds, minlength=len(elements) * len(Kind))
    by_kind = counts.astype(np.int32).reshape(len(elements), len(Kind)).T
    return pa.StructArray.from_arrays(
        [pa.array(np.ascontiguousarray(column)) for column in by_kind],
        [kind.name.lower() for kind in Kind],
    )


def write_facts(layout: Layout, unit: int, tables: list[pa.Table]) -> None:
    """Write a unit's facts as one Parquet file; none for a unit without documents."""
    if not tables:
        return
    with open_write(join(layout.facts, f"unit-{unit:06d}.parquet")) as stream:
        pq.write_table(
            pa.concat_tables(tables),
            HashingWriter(stream),
            compression="zstd",
            compression_level=1,
            use_dictionary=REPEATING,
        )
