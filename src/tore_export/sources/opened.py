"""A file's bytes, with gzip and zstd taken off, and UTF-16 and UTF-32 made UTF-8."""

from __future__ import annotations

import os
from collections.abc import Iterator
from stat import S_ISFIFO
from types import TracebackType
from typing import IO, Any, Self

from tore_export.errors import DocumentError
from tore_export.sources.encoding import in_utf8, mark_of
from tore_export.sources.head import HEAD_BYTES, Head
from tore_export.sources.json_text import BOM
from tore_export.sources.unit import InputFile, Limits
from tore_export.storage.files import is_remote, local, open_read

__all__ = ["BLOCK_BYTES", "Opened", "TruncatedError", "too_large"]

BLOCK_BYTES = 4_000_000
_COMPRESSED_BLOCK_BYTES = 262_144
_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}


class TruncatedError(DocumentError):
    """A compressed file breaks off or is damaged; what came before is good."""


class Opened:
    """An open file. `head` is its beginning; `blocks` or `whole` give all of it, once.

    `compression` names what was taken off; None tells that offsets are those of the file itself.

    **Raises** OSError where it cannot be opened; DocumentError with rule `changed` where it is not the
    file it was when the run was planned.
    """

    def __init__(self, file: InputFile) -> None:
        self.file = file
        _refuse_pipe(file)
        self.raw: IO[bytes] = open_read(file.path)
        try:
            self._refuse_changed()
            first = self.raw.read(HEAD_BYTES)
            self.compression = next((c for m, c in _MAGIC.items() if first.startswith(m)), None)
            if self.compression:
                self._rest = in_utf8(self._decompressed())
            elif (marked := mark_of(first)[0]) not in (None, "utf-8"):
                self.compression = marked
                self._rest = in_utf8(self._plain(first))
            else:
                self._rest = self._plain(first)
            self._started = b""
            self._is_whole = False
            self._broken: TruncatedError | None = None
            self._extend(HEAD_BYTES)
        except BaseException:
            self.raw.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.raw.close()

    @property
    def head(self) -> Head:
        """What has been read so far."""
        return Head(self.file.source, self._started.removeprefix(BOM), self._is_whole)

    def read_first_line(self, limits: Limits) -> None:
        """Make the head longer until its first line is whole, or longer than a document may be."""
        while self.head.needs_more and len(self._started) <= limits.max_document_bytes:
            self._extend(len(self._started) * 4)

    def read_all(self, limits: Limits) -> None:
        """Make the head the whole file.

        **Raises** DocumentError with rule `too_large`, having read little more than is allowed;
        TruncatedError where a compressed file breaks off.
        """
        if not self._is_whole:
            self._extend(limits.max_document_bytes + 1)
        if len(self._started) > limits.max_document_bytes:
            raise too_large(None, limits)
        if self._broken:
            raise self._broken

    def refuse_unreadable(self) -> None:
        """Raise the TruncatedError of a file that breaks off before its first byte."""
        if self._broken and not self._started:
            raise self._broken

    def blocks(self) -> Iterator[bytes]:
        """Yield all bytes from the beginning, a byte order mark included, in blocks of a few megabytes.

        **Raises** TruncatedError after the last good byte of a compressed file that breaks off.
        """
        yield self._started
        if not self._is_whole:
            yield from self._rest
        if self._broken:
            raise self._broken

    def _extend(self, n_bytes: int) -> None:
        parts, size = [self._started], len(self._started)
        while size < n_bytes and not self._is_whole:
            try:
                block = next(self._rest, None)
            except TruncatedError as error:
                block, self._broken = None, error
            if block is None:
                self._is_whole = True
            else:
                parts.append(block)
                size += len(block)
        self._started = b"".join(parts)

    def _plain(self, first: bytes) -> Iterator[bytes]:
        yield first
        # what was shorter than asked for was all: one system call fewer for each small file
        if len(first) == HEAD_BYTES:
            while block := self.raw.read(BLOCK_BYTES):
                yield block

    def _decompressed(self) -> Iterator[bytes]:
        import pyarrow as pa

        n_good = 0
        stream = self._stream()
        try:
            while block := stream.read(_COMPRESSED_BLOCK_BYTES):
                yield block
                n_good += len(block)
        except (OSError, pa.ArrowException) as error:
            if getattr(error, "errno", None):
                raise
            yield from self._last_good_bytes(n_good)
            raise TruncatedError(
                f"the {self.compression} stream breaks off",
                rule="truncated",
                found=str(error).rstrip("."),
                allowed="a whole stream",
                hint="what came before the break was read",
            ) from error

    def _last_good_bytes(self, n_good: int) -> Iterator[bytes]:
        """Yield what lies between the last whole block and the break; a failed read gives none of it."""
        import pyarrow as pa

        stream = self._stream()
        while n_good > 0:
            n_good -= len(stream.read(min(n_good, _COMPRESSED_BLOCK_BYTES)))
        found = bytearray()
        try:
            while byte := stream.read(1):
                found += byte
        except (OSError, pa.ArrowException):
            pass
        yield bytes(found)

    def _stream(self) -> Any:
        import pyarrow as pa

        self.raw.seek(0)
        return pa.CompressedInputStream(pa.PythonFile(_Unclosed(self.raw), "r"), self.compression)

    def _refuse_changed(self) -> None:
        if is_remote(self.file.path):
            # its size is known with the first answer; its time would take a request for each file
            size, stamp = self.raw.seek(0, os.SEEK_END), self.file.stamp
            self.raw.seek(0)
        else:
            found = os.fstat(self.raw.fileno())
            size, stamp = found.st_size, str(found.st_mtime_ns)
        if self.file.stamp and (size, stamp) != (self.file.size, self.file.stamp):
            raise DocumentError(
                "the file was changed after the run was planned",
                rule="changed",
                found=f"{size:,} bytes",
                allowed=f"the {self.file.size:,} bytes it had, and its time",
                hint="run again when nothing writes to the input",
            )


def _refuse_pipe(file: InputFile) -> None:
    """Refuse what nobody may ever write to: opening it would not end, and it is read only once."""
    if is_remote(file.path) or not S_ISFIFO(os.stat(local(file.path)).st_mode):
        return
    raise DocumentError(
        "a named pipe cannot be read",
        rule="unreadable",
        found="a pipe",
        allowed="a file that can be read more than once",
        hint="write what comes from it to a file, or give it as standard input: -",
    )


class _Unclosed:
    """A stream that whoever wraps it cannot close."""

    closed = False

    def __init__(self, stream: IO[bytes]) -> None:
        self.read, self.seek, self.tell = stream.read, stream.seek, stream.tell

    def close(self) -> None:
        """Leave the stream open; `Opened` closes it."""


def too_large(found: int | None, limits: Limits) -> DocumentError:
    """Return the error for a document of `found` bytes, or of unknown size."""
    return DocumentError(
        "the document is too large",
        rule="too_large",
        found=f"more than {limits.max_document_bytes:,} bytes"
        if found is None
        else f"{found:,} bytes",
        allowed=f"{limits.max_document_bytes:,} bytes",
    )
