"""The sink of a dataset: a unit becomes parts, facts and a receipt; parts become numbered shards."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.errors import StorageError
from tore_export.sinks.accounts import Account
from tore_export.sinks.facts import facts_of, write_facts
from tore_export.sinks.jsonl import JsonLinesPart, join_copies
from tore_export.sinks.parquet import ArrowPart, join_as_parquet
from tore_export.sinks.rejects import REJECTED
from tore_export.sinks.shards import Join, JoinReceipt
from tore_export.sinks.writing import HashingWriter
from tore_export.storage.files import join, open_read, open_write
from tore_export.storage.layout import Layout
from tore_export.storage.receipts import Part, Receipt, write_receipt

__all__ = ["SHARD_SUFFIXES", "DatasetSink"]

SHARD_SUFFIXES = {"parquet": ".parquet", "jsonl": ".jsonl", "jsonl.zst": ".jsonl.zst"}
"""Shard formats by name, with the suffix of their files."""

PartWriter = ArrowPart | JsonLinesPart


@dataclass(frozen=True)
class DatasetSink:
    """Write units of records below an output, and join their parts to shards.

    `schema` is that of a row on disk; `fingerprint` that of the plan, kept in every receipt.
    """

    layout: Layout
    fingerprint: str
    schema: pa.Schema
    shard_format: str = "parquet"

    @property
    def suffix(self) -> str:
        """The suffix of a shard."""
        return SHARD_SUFFIXES[self.shard_format]

    def write_unit(self, tables: Iterable[pa.Table]) -> Receipt:
        """Write one unit, of which `tables` are all rows in order; its receipt comes last.

        **Raises** BooksError where rows are missing, StorageError where the disk refuses.
        """
        started = time.perf_counter()
        account = Account()
        writers: dict[str, tuple[str, PartWriter]] = {}
        records: Counter[str] = Counter()
        tokens: Counter[str] = Counter()
        facts: list[pa.Table] = []
        with ExitStack() as files:

            def part(split: str, schema: pa.Schema) -> PartWriter:
                if split not in writers:
                    name = f"unit-{account.unit:06d}.{split}"
                    writer_type = _writer_type("jsonl" if split == "rejects" else self.shard_format)
                    name += writer_type.suffix
                    stream = files.enter_context(open_write(join(self.layout.parts, name)))
                    writers[split] = (name, self._open(split, stream, schema))
                return writers[split][1]

            for documents, kept, rejected in account.walk(tables):
                facts.append(facts_of(documents))
                if rejected.num_rows:
                    part("rejects", REJECTED).write(rejected)
                for split in pc.unique(kept["split"]).to_pylist():
                    lists = kept.filter(pc.equal(kept["split"], split))["records"]
                    rows = pa.Table.from_struct_array(pc.list_flatten(lists)).cast(self.schema)
                    part(split, self.schema).write(rows)
                    records[split] += rows.num_rows
                    tokens[split] += pc.sum(rows["n_tokens"]).as_py() or 0
            counts = {**records, "rejects": account.books.dropped + account.books.failed}
            parts = [
                _close(name, split, writer, counts[split])
                for split, (name, writer) in sorted(writers.items())
            ]
        if facts:
            with open_write(join(self.layout.facts, f"unit-{account.unit:06d}.parquet")) as stream:
                write_facts(facts, HashingWriter(stream))
        receipt = Receipt(
            unit=account.unit,
            fingerprint=self.fingerprint,
            documents=account.books,
            reasons=dict(sorted(account.reasons.items())),
            records=dict(sorted(records.items())),
            tokens=dict(sorted(tokens.items())),
            parts=parts,
            warnings=account.warnings,
            seconds=round(time.perf_counter() - started, 3),
        )
        write_receipt(self.layout.receipts, receipt)
        return receipt

    def _open(self, split: str, stream: IO[bytes], schema: pa.Schema) -> PartWriter:
        if split == "rejects":
            return JsonLinesPart(stream, schema)
        if self.shard_format == "parquet":
            return ArrowPart(stream, schema)
        return JsonLinesPart(stream, schema, zstd=self.shard_format == "jsonl.zst")

    def join(self, task: Join) -> JoinReceipt:
        """Join parts to one shard at its final name. **Raises** StorageError for a damaged part."""
        suffix = ".jsonl" if task.split == "rejects" else self.suffix
        path = self.layout.shard(task.split, task.number, task.of, suffix)
        with ExitStack() as files, open_write(path) as stream:
            out = HashingWriter(stream)
            streams = (files.enter_context(self._open_part(part)) for part in task.parts)
            rows = sum(part.rows for part in task.parts)
            if suffix == ".parquet":
                rows = join_as_parquet(streams, self.schema, out)
            else:
                join_copies(streams, out)
        return JoinReceipt(task.split, task.number, path, rows, out.size, out.sha256)

    def _open_part(self, part: Part) -> IO[bytes]:
        path = join(self.layout.parts, part.name)
        stream = open_read(path)
        stream.seek(0, 2)
        if stream.tell() != part.size:
            raise StorageError(
                "a part is not what its receipt says",
                where=path,
                found=f"{stream.tell()} bytes",
                allowed=f"{part.size} bytes",
                hint="run again with --restart",
            )
        stream.seek(0)
        return stream


def _writer_type(shard_format: str) -> type[PartWriter]:
    return ArrowPart if shard_format == "parquet" else JsonLinesPart


def _close(name: str, split: str, writer: PartWriter, rows: int) -> Part:
    estimate = writer.close()
    return Part(
        name=name,
        split=split,
        rows=rows,
        size=writer.out.size,
        estimate=estimate,
        sha256=writer.out.sha256,
    )
