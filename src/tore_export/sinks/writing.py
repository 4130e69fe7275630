"""A file that is hashed and counted while it is written."""

from __future__ import annotations

import hashlib
from typing import IO

__all__ = ["HashingWriter"]


class HashingWriter:
    """Write through to `stream`, keeping the sha256 and the number of bytes.

    It has what Arrow needs of a Python file to write to it.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()
        self.size = 0
        self.closed = False

    def write(self, data: bytes) -> int:
        """Write `data`, any object with a buffer."""
        self._hash.update(data)
        n_bytes = memoryview(data).nbytes
        self.size += n_bytes
        self._stream.write(data)
        return n_bytes

    def writable(self) -> bool:
        """Tell Arrow that this file can be written."""
        return True

    def tell(self) -> int:
        """Return the number of bytes written."""
        return self.size

    def flush(self) -> None:
        """Flush the stream."""
        self._stream.flush()

    def close(self) -> None:
        """Leave the stream open: who opened it syncs and renames it."""
        self.closed = True

    @property
    def sha256(self) -> str:
        """The hash of what was written so far, in hex."""
        return self._hash.hexdigest()
