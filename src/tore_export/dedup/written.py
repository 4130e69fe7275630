"""Rows of a dataset as they lie on the disk, read back in tables of bounded size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, NamedTuple

import pyarrow as pa

from tore_export.storage.files import open_read

__all__ = ["BLOCK_BYTES", "WHOLE", "Piece", "pieces_of", "tables_of"]

BLOCK_BYTES = 4_000_000
"""A table holds about so many bytes, or one row; what is made of it then stays near the processor."""

MOST_ROWS = 2_000

PIECE_BYTES = 8_000_000
"""Of a larger file of Parquet so many bytes are read by a task, or one row group."""


class Piece(NamedTuple):
    """One of `of` pieces of a file."""

    number: int
    of: int


WHOLE = Piece(0, 1)


def pieces_of(path: str, size: int) -> list[Piece]:
    """Return the pieces that a shard of `size` bytes can be read in, each by itself.

    >>> pieces_of("a.parquet", 20_000_000)
    [Piece(number=0, of=3), Piece(number=1, of=3), Piece(number=2, of=3)]
    """
    if not path.endswith(".parquet"):
        return [WHOLE]
    n_pieces = max(1, -(-size // PIECE_BYTES))
    return [Piece(number, n_pieces) for number in range(n_pieces)]


def tables_of(path: str, schema: pa.Schema, piece: Piece = WHOLE) -> Iterator[pa.Table]:
    """Yield the rows of a shard (Parquet, JSON lines, JSON lines in zstd), `schema`'s columns of them.

    Those of a piece, in turn with those of the others, are all.

    **Raises** OSError or pyarrow.ArrowException for a file that is damaged.
    """
    with open_read(path) as stream:
        if path.endswith(".parquet"):
            yield from _of_parquet(stream, schema, piece)
        elif path.endswith(".zst"):
            with pa.CompressedInputStream(pa.PythonFile(stream, "r"), "zstd") as lines:
                yield from _of_lines(lines, schema)
        else:
            yield from _of_lines(stream, schema)


def _of_parquet(stream: IO[bytes], schema: pa.Schema, piece: Piece) -> Iterator[pa.Table]:
    import pyarrow.parquet as pq

    file = pq.ParquetFile(stream)
    n_groups = file.metadata.num_row_groups
    chosen = range(*(n_groups * n // piece.of for n in (piece.number, piece.number + 1)))
    groups = [file.metadata.row_group(n) for n in chosen]
    heaviest = max((g.total_byte_size / max(g.num_rows, 1) for g in groups), default=1)
    # repeated strings lie once in a group, so a number of rows bounds it, too
    rows = max(1, min(MOST_ROWS, int(BLOCK_BYTES / max(heaviest, 1))))
    for batch in file.iter_batches(rows, chosen, columns=schema.names, use_threads=False):
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
