"""The sink of an analysis: what was measured of each document, and no text.

One small table a unit, below `.tore-export/facts/`, and the rejects. Elements are named by the unit that
holds them: of each reason the ten that would save most, since no more can be among the ten of all.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tore_export.analysis.measure import measures_schema
from tore_export.analysis.savings import MOST_NAMED
from tore_export.sinks.accounts import Account
from tore_export.sinks.facts import write_facts
from tore_export.sinks.jsonl import join_copies
from tore_export.sinks.parts import PartWriters, open_parts
from tore_export.sinks.shards import Join, JoinReceipt
from tore_export.sinks.writing import HashingWriter
from tore_export.stages.stage import combined
from tore_export.storage.files import list_files, open_read, open_write
from tore_export.storage.layout import Layout
from tore_export.storage.receipts import Receipt

__all__ = ["AnalysisSink", "facts_schema", "measured_facts", "read_facts"]

LONGEST_DETAIL = 300


def facts_schema(encodings: Sequence[str]) -> pa.Schema:
    """Return the columns of an analysis' facts: who the document is, and what was measured."""
    return pa.schema(
        [
            pa.field("doc_id", pa.string()),
            pa.field("source", pa.string()),
            pa.field("place", pa.int64()),
            pa.field("warnings", pa.int32()),
            pa.field("n_elements", pa.int64()),
            *(pa.field(name, kind) for name, kind in measures_schema(encodings).items()),
            pa.field("failed", pa.bool_()),
            pa.field("rule", pa.string()),
            pa.field("detail", pa.string()),
        ]
    )


def measured_facts(table: pa.Table, encodings: Sequence[str]) -> pa.Table:
    """Return the facts of a table's documents.

    **Rows** 1:1. **Reads** doc_id, source, place, warnings, elements, reject, what MeasureTokens writes.
    """
    schema = facts_schema(encodings)
    reject = combined(table["reject"])
    details = pc.utf8_slice_codeunits(pc.struct_field(reject, "detail"), 0, LONGEST_DETAIL)
    made = {
        "n_elements": pc.fill_null(pc.list_value_length(combined(table["elements"])), 0),
        "failed": pc.struct_field(reject, "failed"),
        "rule": pc.struct_field(reject, "rule"),
        "detail": details,
    }
    columns = [made.get(name) for name in schema.names]
    return pa.Table.from_arrays(
        [
            (combined(table[field.name]) if column is None else column).cast(field.type)
            for field, column in zip(schema, columns, strict=True)
        ],
        schema=schema,
    )


def read_facts(layout: Layout, encodings: Sequence[str]) -> pa.Table:
    """Return the facts that units wrote below an output."""
    tables = []
    for info in list_files(layout.facts):
        with open_read(info.path) as stream:
            tables.append(pq.ParquetFile(stream).read().cast(facts_schema(encodings)))
    return pa.concat_tables([facts_schema(encodings).empty_table(), *tables])


@dataclass(frozen=True)
class AnalysisSink:
    """Write what was measured of a unit's documents; `encodings` are those that were counted."""

    layout: Layout
    fingerprint: str
    encodings: tuple[str, ...]

    folders: tuple[str, ...] = ()  # none but rejects and state

    def write_unit(self, tables: Iterable[pa.Table]) -> Receipt:
        """Write the facts of one unit; its receipt comes last."""
        started = time.perf_counter()
        account = Account()
        facts: list[pa.Table] = []
        with ExitStack() as files:
            writers = PartWriters(self.layout, files)
            for documents, _, rejected in account.walk(tables):
                facts.append(measured_facts(documents, self.encodings))
                if rejected.num_rows:
                    writers.write(account.unit, "rejects", "jsonl", rejected.drop_columns("text"))
            parts = writers.close()
        tokens: Counter[str] = Counter()
        if facts:
            whole = fewer_named(pa.concat_tables(facts))
            # only the first: one number is shown while it runs
            tokens["tokens"] = (
                pc.sum(pc.struct_field(whole["counts"], self.encodings[0])).as_py() or 0
            )
            write_facts(self.layout, account.unit, [whole])
        return account.close(
            self.layout,
            self.fingerprint,
            records=Counter(),
            tokens=tokens,
            parts=parts,
            seconds=time.perf_counter() - started,
        )

    def join(self, task: Join) -> JoinReceipt:
        """Join the rejects, which are all that is joined."""
        path = self.layout.shard(task.split, task.number, task.of, ".jsonl")
        with open_parts(self.layout, task.parts) as streams, open_write(path) as stream:
            out = HashingWriter(stream)
            join_copies(streams, out)
        rows = sum(part.rows for part in task.parts)
        return JoinReceipt(task.split, task.number, path, rows, out.size, out.sha256)


def fewer_named(facts: pa.Table) -> pa.Table:
    """Return the facts with only those elements named that can be among the first of all."""
    import numpy as np

    named = combined(facts["named"])
    values = named.flatten()
    lengths = pc.fill_null(pc.list_value_length(named), 0).to_numpy()
    row = np.repeat(np.arange(len(named)), lengths)
    reasons = pc.dictionary_encode(values.field("what")).indices.to_numpy()
    saved = values.field("saved").to_numpy()
    order = np.lexsort((np.arange(len(saved)), -saved, reasons))
    begins = np.flatnonzero(np.diff(reasons[order], prepend=-1))
    rank = np.arange(len(order)) - np.repeat(begins, np.diff(begins, append=len(order)))
    chosen = np.sort(order[rank < MOST_NAMED])
    offsets = np.searchsorted(row[chosen], np.arange(len(named) + 1)).astype(np.int32)
    kept = pa.ListArray.from_arrays(
        pa.array(offsets), values.take(pa.array(chosen)), type=named.type
    )
    at = facts.schema.get_field_index("named")
    return facts.set_column(at, facts.schema.field(at), kept)
