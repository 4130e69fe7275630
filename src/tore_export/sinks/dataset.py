"""The sink of a dataset: a unit becomes parts, facts and a receipt; parts become numbered shards."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.sinks.accounts import Account
from tore_export.sinks.facts import facts_of, write_facts
from tore_export.sinks.jsonl import join_copies
from tore_export.sinks.parquet import join_as_parquet
from tore_export.sinks.parts import PartWriters, open_parts
from tore_export.sinks.shards import Join, JoinReceipt
from tore_export.sinks.writing import HashingWriter
from tore_export.stages.stage import combined
from tore_export.storage.files import open_write
from tore_export.storage.layout import Layout
from tore_export.storage.receipts import Receipt

__all__ = ["SHARD_SUFFIXES", "VERSION", "DatasetSink"]

SHARD_SUFFIXES = {"parquet": ".parquet", "jsonl": ".jsonl", "jsonl.zst": ".jsonl.zst"}
"""Shard formats by name, with the suffix of their files."""

VERSION = 2
"""Of what is written of the same rows: 2 has row groups of Parquet that end with a unit."""


@dataclass(frozen=True)
class DatasetSink:
    """Write units of records below an output, and join their parts to shards.

    `schema` is that of a row on disk, of which records may have more columns; `fingerprint` that of the
    plan, kept in every receipt.
    """

    layout: Layout
    fingerprint: str
    schema: pa.Schema
    shard_format: str = "parquet"

    @property
    def suffix(self) -> str:
        """The suffix of a shard."""
        return SHARD_SUFFIXES[self.shard_format]

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders of the output that this sink fills, other than rejects and state."""
        return () if self.layout.is_file else ("data",)

    def write_unit(self, tables: Iterable[pa.Table]) -> Receipt:
        """Write one unit, of which `tables` are all rows in order; its receipt comes last.

        **Raises** BooksError where rows are missing, StorageError where the disk refuses.
        """
        started = time.perf_counter()
        account = Account()
        records: Counter[str] = Counter()
        tokens: Counter[str] = Counter()
        facts: list[pa.Table] = []
        with ExitStack() as files:
            writers = PartWriters(self.layout, files)
            for documents, is_kept, rejected in account.walk(tables):
                facts.append(facts_of(documents))
                if rejected.num_rows:
                    writers.write(account.unit, "rejects", "jsonl", rejected)
                splits, lists = combined(documents["split"]), combined(documents["records"])
                for split in pc.unique(splits.filter(is_kept)).to_pylist():
                    # only this column is copied: text lies in `elements` and `text` once more
                    chosen = lists.filter(pc.equal(splits, split))
                    found = pa.Table.from_struct_array(chosen.flatten())
                    rows = found.select(self.schema.names).cast(self.schema)
                    writers.write(account.unit, split, self.shard_format, rows)
                    records[split] += rows.num_rows
                    tokens[split] += pc.sum(found["n_tokens"]).as_py() or 0
            parts = writers.close()
        write_facts(self.layout, account.unit, facts)
        return account.close(
            self.layout,
            self.fingerprint,
            records=records,
            tokens=tokens,
            parts=parts,
            seconds=time.perf_counter() - started,
        )

    def join(self, task: Join) -> JoinReceipt:
        """Join parts to one shard at its final name. **Raises** StorageError for a damaged part."""
        suffix = ".jsonl" if task.split == "rejects" else self.suffix
        path = self.layout.shard(task.split, task.number, task.of, suffix)
        rows = sum(part.rows for part in task.parts)
        with open_parts(self.layout, task.parts) as streams, open_write(path) as stream:
            out = HashingWriter(stream)
            if suffix == ".parquet":
                rows = join_as_parquet(streams, self.schema, out)
            else:
                join_copies(streams, out)
        return JoinReceipt(task.split, task.number, path, rows, out.size, out.sha256)
