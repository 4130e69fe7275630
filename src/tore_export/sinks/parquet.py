"""Parquet shards: units write row groups in their final form, and joining copies them.

A unit's rows of one split are cut into row groups by rows and bytes, so how its tables were cut does
not show. A part too small for row groups of its own, as of a split that is a twentieth of the documents,
is read again when shards are joined, and makes row groups together with its neighbours.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tore_export.errors import StorageError
from tore_export.sinks.jsonl import encode_rows
from tore_export.sinks.parquet_footer import MAGIC, RowGroups
from tore_export.sinks.writing import HashingWriter
from tore_export.stages.stage import combined

__all__ = ["ParquetPart", "join_as_parquet"]

ROW_GROUP_ROWS = 5_000
ROW_GROUP_BYTES = 4_000_000
LEAST_GROUP_BYTES = 1_000_000
SAMPLE_BYTES = 20_000
ROW_OVERHEAD_BYTES = 32
ZSTD_LEVEL = 1  # level 3 takes half as long again and saves a twentieth

Sizes = np.ndarray[tuple[int], np.dtype[np.int64]]


class ParquetPart:
    """Write rows as Parquet, or few of them as Arrow IPC."""

    suffix = ".rows"

    def __init__(self, stream: IO[bytes], schema: pa.Schema) -> None:
        self.out = HashingWriter(stream)
        self._schema = schema
        self._cut = _RowGroupCut()
        self._writer: Any = None

    def write(self, rows: pa.Table) -> None:
        """Append rows."""
        for group in self._cut.add(rows):
            self._write_group(group)

    def close(self) -> int:
        """Finish the file; return about what its rows take as Parquet, in bytes."""
        if self._writer is None and self._cut.is_small():
            estimate = self._cut.estimate()
            with pa.ipc.new_stream(self.out, self._schema) as rows:
                for table in self._cut.rest():
                    rows.write_table(table)
            return estimate
        for group in self._cut.rest():
            self._write_group(group)
        self._writer.close()
        return self.out.size

    def _write_group(self, group: pa.Table) -> None:
        if self._writer is None:
            self._writer = _writer(self.out, self._schema)
        _write_group(self._writer, group)


def join_as_parquet(parts: Iterable[IO[bytes]], schema: pa.Schema, out: HashingWriter) -> int:
    """Make one Parquet file of the parts' rows; return their number.

    **Raises** StorageError for a part that has no such rows.
    """
    shard = RowGroups(out, _file_of(schema))
    small = _RowGroupCut()

    def gather(groups: Iterable[pa.Table]) -> None:
        for group in groups:
            shard.copy(_file_of(schema, group))

    for part in parts:
        if part.read(len(MAGIC)) == MAGIC:
            gather(small.rest())
            shard.copy(part)
        else:
            gather(small.add(_few_rows(part)))
    gather(small.rest())
    shard.close()
    return shard.rows


def _few_rows(part: IO[bytes]) -> pa.Table:
    part.seek(0)
    try:
        with pa.ipc.open_stream(part) as rows:
            return rows.read_all()
    except (OSError, pa.ArrowException) as error:
        raise StorageError(
            "a part cannot be joined", found=str(error), hint="run again with --restart"
        ) from error


def _file_of(schema: pa.Schema, *groups: pa.Table) -> IO[bytes]:
    """Return a file of these row groups, in memory."""
    stream = io.BytesIO()
    with _writer(stream, schema) as writer:
        for group in groups:
            _write_group(writer, group)
    return stream


def _writer(out: HashingWriter | IO[bytes], schema: pa.Schema) -> Any:
    return pq.ParquetWriter(
        out,
        schema,
        compression="zstd",
        compression_level=ZSTD_LEVEL,
        use_dictionary=["source"] if "source" in schema.names else False,
        write_statistics=False,
    )


def _write_group(writer: Any, group: pa.Table) -> None:
    # in one chunk, as the writer lets its pages end where chunks do
    writer.write_table(group.combine_chunks(), row_group_size=max(1, group.num_rows))


class _RowGroupCut:
    """Cut a stream of rows into row groups: full when the rows or the bytes are.

    What is left at the end goes with the last one where it is less than half of one.
    """

    def __init__(self) -> None:
        self._tables: list[pa.Table] = []
        self._sizes: list[Sizes] = []
        self._rows = self._bytes = self._unmeasured = 0

    def add(self, table: pa.Table) -> Iterator[pa.Table]:
        """Yield the row groups that are full with these rows."""
        self._tables.append(table)
        self._rows += table.num_rows
        self._unmeasured += table.nbytes
        while self._rows >= ROW_GROUP_ROWS or self._has(ROW_GROUP_BYTES):
            self._measure()
            sizes = np.concatenate(self._sizes)
            ends = sizes.cumsum()
            n_rows = min(int(np.searchsorted(ends, ROW_GROUP_BYTES)) + 1, ROW_GROUP_ROWS)
            left, left_bytes = self._rows - n_rows, self._bytes - int(ends[n_rows - 1])
            if left < ROW_GROUP_ROWS // 2 and left_bytes < ROW_GROUP_BYTES // 2:
                return
            whole = pa.concat_tables(self._tables)
            yield whole.slice(0, n_rows)
            self._tables, self._sizes = [whole.slice(n_rows)], [sizes[n_rows:]]
            self._rows, self._bytes = left, left_bytes

    def is_small(self) -> bool:
        """Tell whether the rows that are left are better written with others."""
        return self._rows < ROW_GROUP_ROWS // 2 and not self._has(LEAST_GROUP_BYTES)

    def estimate(self) -> int:
        """Return about what the rows take that are left, by compressing the first of them.

        It decides which shard they go into, so it depends on the rows alone, not on how they came.
        """
        self._measure()
        sample = bytearray()
        for row in (table.slice(at, 1) for table in self._tables for at in range(table.num_rows)):
            sample += encode_rows(row)
            if len(sample) >= SAMPLE_BYTES:
                break
        packed = pa.Codec("zstd", compression_level=ZSTD_LEVEL).compress(sample, asbytes=True)
        return self._bytes * len(packed) // max(len(sample), 1) + self._rows * ROW_OVERHEAD_BYTES

    def rest(self) -> Iterator[pa.Table]:
        """Yield the last row group, if there are rows; what comes then begins anew."""
        if self._rows:
            yield pa.concat_tables(self._tables)
        self._tables, self._sizes = [], []
        self._rows = self._bytes = self._unmeasured = 0

    def _has(self, n_bytes: int) -> bool:
        if self._bytes + self._unmeasured < n_bytes:
            return False  # no row's strings take more than the row
        self._measure()
        return self._bytes >= n_bytes

    def _measure(self) -> None:
        new = [_payload_sizes(table) for table in self._tables[len(self._sizes) :]]
        self._sizes += new
        self._bytes += sum(int(sizes.sum()) for sizes in new)
        self._unmeasured = 0


def _payload_sizes(rows: pa.Table) -> Sizes:
    """Return the bytes of each row's strings."""
    return sum(map(_sizes_of, map(combined, rows.columns)), np.zeros(rows.num_rows, np.int64))


def _sizes_of(values: pa.Array) -> Sizes:
    kind = values.type
    if pa.types.is_string(kind):
        lengths: Sizes = pc.fill_null(pc.binary_length(values), 0).to_numpy()
        return lengths
    if pa.types.is_struct(kind):
        return sum(map(_sizes_of, values.flatten()), np.zeros(len(values), np.int64))
    if pa.types.is_list(kind):
        ends = np.cumsum(pc.fill_null(values.value_lengths(), 0).to_numpy())
        sums = np.concatenate([[0], _sizes_of(values.flatten()).cumsum()])
        sizes: Sizes = np.diff(sums[ends], prepend=0)
        return sizes
    return np.zeros(len(values), np.int64)
