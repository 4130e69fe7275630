"""Turn documents into training records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.records.tasks import text
from tore_export.stages.stage import is_live, put, reject

__all__ = ["ToRecords"]

READS = (
    "doc_id",
    "source",
    "title",
    "language",
    "created_at",
    "meta",
    "elements",
    "text",
    "n_tokens",
    "quality_score",
    "reject",
)


@dataclass(frozen=True, slots=True)
class ToRecords:
    """Write the records of each document as a list beside it.

    **Rows** 1:1. A document without a record is rejected by the rule `no_records`.
    `from_chunks` makes a record of each chunk, and none of the whole.
    **Reads** what the shape's columns need. **Writes** `records`, list<struct>, whose struct is the
    schema on disk.

    A list beside the document, and not rows of its own, keeps the books per document: however many
    records a task makes of one, it is one row until the sink counts it.
    """

    task: str = "text"
    shape: str = "text"
    include_metadata: bool = True
    from_chunks: bool = False

    writes: ClassVar[tuple[str, ...]] = ("records", "reject")
    version: ClassVar[int] = 2

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of this stage's records, and of what they are made of."""
        return (*READS, "blocks", "chunks") if self.from_chunks else READS

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the table with `records`."""
        live = is_live(table)
        make = text.chunk_records if self.from_chunks else text.records
        records = make(table, live, self.include_metadata)
        table = put(table, "records", records)
        empty = pc.and_(live, pc.equal(records.value_lengths(), 0))
        if not pc.any(empty).as_py():
            return table
        entry = {
            "stage": "to_records",
            "rule": "no_records",
            "value": 0.0,
            "threshold": 1.0,
            "detail": "the document has no text",
        }
        return reject(table, [entry if is_empty else None for is_empty in empty.to_pylist()])
