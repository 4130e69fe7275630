"""Parquet shards: units write Arrow IPC, which costs next to nothing, and joining writes Parquet once.

Row groups are cut by rows and bytes of the joined rows, so neither how the input was cut into units
nor how tables arrived shows in a shard beyond which rows it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tore_export.sinks.jsonl import encode_rows
from tore_export.sinks.writing import HashingWriter

__all__ = ["ArrowPart", "join_as_parquet"]

ROW_GROUP_ROWS = 5_000
ROW_GROUP_BYTES = 16_000_000
SAMPLE_BYTES = 100_000
ROW_OVERHEAD_BYTES = 32
ZSTD_LEVEL = 1  # level 3 takes half as long again and saves a twentieth


class ArrowPart:
    """Write rows as uncompressed Arrow IPC and estimate what they will take as Parquet.

    The estimate compresses the first 100 KB of payload; it decides which shard the part goes
    into, so it depends on the rows alone, not on how they arrived.
    """

    suffix = ".arrow"

    def __init__(self, stream: IO[bytes], schema: pa.Schema) -> None:
        self.out = HashingWriter(stream)
        self._writer = pa.ipc.new_stream(self.out, schema)
        self._sample = bytearray()
        self._n_bytes = 0
        self._rows = 0

    def write(self, rows: pa.Table) -> None:
        """Append rows."""
        self._writer.write_table(rows)
        self._rows += rows.num_rows
        self._n_bytes += int(_payload_sizes(rows).sum())
        if len(self._sample) < SAMPLE_BYTES:
            for row in range(rows.num_rows):
                self._sample += encode_rows(rows.slice(row, 1))
                if len(self._sample) >= SAMPLE_BYTES:
                    del self._sample[SAMPLE_BYTES:]
                    break

    def close(self) -> int:
        """Finish the stream; return the estimated size as Parquet, in bytes."""
        self._writer.close()
        sample = bytes(self._sample)
        codec = pa.Codec("zstd", compression_level=1)
        share = len(codec.compress(sample, asbytes=True)) / len(sample) if sample else 1.0
        return int(self._n_bytes * share) + self._rows * ROW_OVERHEAD_BYTES


def _payload_sizes(rows: pa.Table) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the bytes of each row's strings."""
    sizes = np.zeros(rows.num_rows, dtype=np.int64)
    for name, kind in zip(rows.schema.names, rows.schema.types, strict=True):
        if pa.types.is_string(kind):
            sizes += pc.fill_null(pc.binary_length(rows[name]), 0).to_numpy()
    return sizes


def join_as_parquet(parts: Iterable[IO[bytes]], schema: pa.Schema, out: HashingWriter) -> int:
    """Write the parts' rows as one Parquet file; return its number of rows."""
    n_rows = 0
    with pq.ParquetWriter(
        out,
        schema,
        compression="zstd",
        compression_level=ZSTD_LEVEL,
        use_dictionary=["source"] if "source" in schema.names else False,
        write_statistics=False,
    ) as writer:
        for group in _row_groups(batch for part in parts for batch in _tables(part)):
            # in one chunk, as the writer lets its pages end where chunks do
            whole = group.combine_chunks()
            writer.write_table(whole, row_group_size=max(1, group.num_rows))
            n_rows += group.num_rows
    return n_rows


def _tables(part: IO[bytes]) -> Iterator[pa.Table]:
    with pa.ipc.open_stream(part) as reader:
        for batch in reader:
            yield pa.Table.from_batches([batch])


def _row_groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Cut a stream of rows into row groups: full when the rows or the bytes are."""
    pending: list[pa.Table] = []
    n_rows = n_bytes = 0
    for table in tables:
        start = 0
        for row, size in enumerate(_payload_sizes(table).tolist(), start=1):
            n_rows += 1
            n_bytes += size
            if n_rows >= ROW_GROUP_ROWS or n_bytes >= ROW_GROUP_BYTES:
                yield pa.concat_tables([*pending, table.slice(start, row - start)])
                pending, start, n_rows, n_bytes = [], row, 0, 0
        if start < table.num_rows:
            pending.append(table.slice(start))
    if pending:
        yield pa.concat_tables(pending)
