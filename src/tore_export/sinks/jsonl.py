"""JSON lines, plain or zstd: what a unit writes is in its final form, and joining is copying."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO

import msgspec
import pyarrow as pa

from tore_export.sinks.writing import HashingWriter

__all__ = ["JsonLinesPart", "encode_rows", "join_copies"]

FRAME_BYTES = 4_000_000
COPY_BYTES = 8_000_000
ZSTD_LEVEL = 3

_encoder = msgspec.json.Encoder(enc_hook=str)


def encode_rows(rows: pa.Table) -> bytes:
    """Return one JSON object a line, UTF-8, keys in the schema's order."""
    return bytes(_encoder.encode_lines(rows.to_pylist()))


class JsonLinesPart:
    """Write rows as JSON lines, compressed in frames of fixed size where asked for.

    Frames are cut by bytes of the stream, never by how rows arrive, so the file is the same however
    its tables were cut.
    """

    suffix = ".jsonl"

    def __init__(self, stream: IO[bytes], *, zstd: bool = False) -> None:
        self.out = HashingWriter(stream)
        self._codec = pa.Codec("zstd", compression_level=ZSTD_LEVEL) if zstd else None
        self._pending = bytearray()

    def write(self, rows: pa.Table) -> None:
        """Append rows."""
        if self._codec is None:
            self.out.write(encode_rows(rows))
            return
        self._pending += encode_rows(rows)
        while len(self._pending) >= FRAME_BYTES:
            self._frame(bytes(self._pending[:FRAME_BYTES]))
            del self._pending[:FRAME_BYTES]

    def _frame(self, data: bytes) -> None:
        assert self._codec is not None
        self.out.write(self._codec.compress(data, asbytes=True))

    def close(self) -> int:
        """Write what is pending; return the size in the final format, in bytes."""
        if self._pending:
            self._frame(bytes(self._pending))
            self._pending.clear()
        return self.out.size


def join_copies(parts: Iterable[IO[bytes]], out: HashingWriter) -> None:
    """Copy the parts one after the other; frames of zstd and lines of JSON may be joined so."""
    for part in parts:
        for data in _pieces(part):
            out.write(data)


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while data := stream.read(COPY_BYTES):
        yield data
