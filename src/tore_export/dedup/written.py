"""Rows of a dataset as they lie on the disk, read back in tables of bounded size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

import pyarrow as pa

from tore_export.storage.files import open_read

__all__ = ["BLOCK_BYTES", "tables_of"]

BLOCK_BYTES = 4_000_000
"""A table holds about so many bytes, or one row; what is made of it then stays near the processor."""

MOST_ROWS = 2_000


def tables_of(path: str, schema: pa.Schema) -> Iterator[pa.Table]:
    """Yield the rows of a shard (Parquet, JSON lines, JSON lines in zstd), `schema`'s columns of them.

    **Raises** OSError or pyarrow.ArrowException for a file that is damaged.
    """
    with open_read(path) as stream:
        if path.endswith(".parquet"):
            yield from _of_parquet(stream, schema)
        elif path.endswith(".zst"):
            with pa.CompressedInputStream(pa.PythonFile(stream, "r"), "zstd") as lines:
                yield from _of_lines(lines, schema)
        else:
            yield from _of_lines(stream, schema)


def _of_parquet(stream: IO[bytes], schema: pa.Schema) -> Iterator[pa.Table]:
    import pyarrow.parquet as pq

    file = pq.ParquetFile(stream)
    groups = [file.metadata.row_group(n) for n in range(file.metadata.num_row_groups)]
    heaviest = max((g.total_byte_size / max(g.num_rows, 1) for g in groups), default=1)
    # repeated strings lie once in a group, so a number of rows bounds it, too
    rows = max(1, min(MOST_ROWS, int(BLOCK_BYTES / max(heaviest, 1))))
    for batch in file.iter_batches(rows, columns=schema.names, use_threads=False):
        yield pa.Table.from_batches([batch]).select(schema.names).cast(schema)


def _of_lines(stream: Any, schema: pa.Schema) -> Iterator[pa.Table]:
    import pyarrow.json as pj

    parsing = pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore")
    for lines in _whole_lines(stream):
        reading = pj.ReadOptions(use_threads=False, block_size=len(lines) + 1)
        yield pj.read_json(pa.BufferReader(lines), reading, parsing).select(schema.names)


def _whole_lines(stream: Any) -> Iterator[bytes]:
    """Cut a stream after ends of lines; a longer line stays whole."""
    begun: list[bytes] = []
    while data := stream.read(BLOCK_BYTES):
        end = data.rfind(b"\n") + 1
        if not end:
            begun.append(data)
            continue
        yield b"".join([*begun, data[:end]])
        begun = [data[end:]] if end < len(data) else []
    if begun:
        yield b"".join(begun)
