"""Object stores: the file system behind a URI, retries, uploads that happen whole or not at all.

Arrow tries a request to S3 three times. Beyond that a request that failed for want of an answer (the
connection was cut, the store is busy) is tried again here after pauses that grow, `PAUSES`, and then
the run ends with a StorageError, so that a network that is down is no reason to reject documents. What
a store refuses (no such bucket, no access) is not tried again.

An upload is made from a file that is complete: Arrow ends an upload also where the block that writes it
raises, and half an object would be seen.
"""

from __future__ import annotations

import io
import os
import random
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import IO, Any, TypeVar, cast
from urllib.parse import urlsplit

from tore_export.errors import PreflightError, StorageError

__all__ = ["filesystem", "located", "open_object", "patiently", "reach", "refused", "upload"]

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each further try."""

SPOOL_BYTES = 32_000_000  # an upload larger than this waits on the local disk, not in memory
COPY_BYTES = 8_000_000
READ_BYTES = 1_000_000

_WITHOUT_ANSWER = re.compile(
    r"NETWORK_CONNECTION|SLOW_DOWN|SERVICE_UNAVAILABLE|INTERNAL_FAILURE|INTERNAL_ERROR"
    r"|REQUEST_TIMEOUT|THROTTL|HTTP status (?:429|5\d\d)|UNAVAILABLE|DEADLINE_EXCEEDED"
    r"|RESOURCE_EXHAUSTED",
    re.IGNORECASE,
)
_NO_ACCESS = re.compile(
    r"ACCESS_DENIED|ACCESS_KEY|SIGNATURE|TOKEN|CREDENTIAL|HTTP status 40[13]", re.IGNORECASE
)

_OF_ARROW = frozenset({"abfs", "abfss", "gcs", "gs", "hdfs", "s3", "viewfs"})
"""Schemes that Arrow knows: what it refuses of them is no address."""

Found = TypeVar("Found")


@lru_cache(maxsize=32)
def filesystem(scheme: str, authority: str) -> Any:
    """Return the Arrow file system for a kind of URI, made once per process."""
    from pyarrow import ArrowException, fs

    try:
        found, _ = fs.FileSystem.from_uri(f"{scheme}://{authority}/")
    except ArrowException as refusal:  # a scheme it does not know, or no address
        if scheme in _OF_ARROW:
            raise StorageError(
                "not an address of a store", where=f"{scheme}://{authority}", found=str(refusal)
            ) from refusal
        return _by_fsspec(scheme)
    if found.type_name == "s3":
        # by a URI the file system would wait for a store that is silent for a minute and a half
        return fs.S3FileSystem(
            region=found.region,
            endpoint_override=os.environ.get("AWS_ENDPOINT_URL_S3")
            or os.environ.get("AWS_ENDPOINT_URL"),
            retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=3),
        )
    return found


def _by_fsspec(scheme: str) -> Any:
    import fsspec
    from pyarrow import fs

    try:
        return fs.PyFileSystem(fs.FSSpecHandler(fsspec.filesystem(scheme)))
    except (ValueError, ImportError) as error:  # no such scheme, or its package is not installed
        raise StorageError(
            "no file system for this kind of path", where=f"{scheme}://", found=str(error)
        ) from error


def located(path: str) -> tuple[Any, str]:
    """Return the file system behind a URI, and the path in it."""
    parts = urlsplit(path)
    return filesystem(parts.scheme, parts.netloc), parts.netloc + parts.path


def is_without_answer(error: BaseException) -> bool:
    """Tell whether a request failed for want of an answer, so that it may do well next time.

    >>> is_without_answer(OSError("AWS Error SLOW_DOWN during PutObject operation"))
    True
    >>> is_without_answer(ConnectionResetError("by peer"))
    True
    >>> is_without_answer(OSError("AWS Error ACCESS_DENIED during PutObject operation"))
    False
    """
    if isinstance(error, (ConnectionError, TimeoutError)):
        return True
    return isinstance(error, OSError) and bool(_WITHOUT_ANSWER.search(str(error)))


def refused(path: str, error: OSError) -> StorageError:
    """Return what a store said as an error with the path and what to do."""
    said = str(error).strip().partition("; Details:")[0]
    said = re.sub(r"\s*\(Request ID: [^)]*\)", "", said).replace("\n", " ")
    if is_without_answer(error):
        return StorageError(
            "the store does not answer",
            where=path,
            found=said,
            hint="check the network and the address of the store (AWS_ENDPOINT_URL for S3)",
        )
    hint = "check the bucket, the address of the store and the access to it"
    if _NO_ACCESS.search(said):
        hint = "check the credentials, and what they allow (AWS_ACCESS_KEY_ID … for S3)"
    return StorageError("the store refused", where=path, found=said, hint=hint)


def patiently(path: str, call: Callable[[], Found]) -> Found:
    """Return what `call` returns, trying again where a store gave no answer.

    **Raises** StorageError where it gives none for good; any other error as it is.
    """
    for pause in PAUSES:
        try:
            return call()
        except OSError as error:
            if not is_without_answer(error):
                raise
        time.sleep(pause * random.uniform(0.5, 1.0))  # workers do not all come back at once
    try:
        return call()
    except OSError as error:
        if not is_without_answer(error):
            raise
        raise refused(path, error) from error


def reach(path: str) -> None:
    """Check before a run that the store of `path` answers and has the bucket, without patience.

    **Raises** PreflightError, in one line.
    """
    from pyarrow import fs

    store, inner = located(path)
    bucket = inner.partition("/")[0]
    try:
        is_there = store.get_file_info(inner.rstrip("/")).type != fs.FileType.NotFound
    except OSError as error:
        told = refused(path, error)
        raise PreflightError(told.message, where=path, found=told.found, hint=told.hint) from error
    if is_there or not bucket:
        return
    with suppress(OSError):  # access to a folder of a bucket need not be access to the bucket
        if store.get_file_info(bucket).type == fs.FileType.NotFound:
            raise PreflightError(
                "there is no such bucket",
                where=path,
                found=bucket,
                hint="check its name and the address of the store, or make the bucket first",
            )


def open_object(path: str) -> IO[bytes]:
    """Open an object for reading; it can be sought, and a read that breaks off is tried again."""
    return cast(IO[bytes], io.BufferedReader(_Object(path), READ_BYTES))


class _Object(io.RawIOBase):
    def __init__(self, path: str) -> None:
        super().__init__()
        store, inner = located(path)
        self._path = path
        self._stream = patiently(path, lambda: store.open_input_file(inner))
        self._size: int = self._stream.size()
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + (0, self._at, self._size)[whence]
        return self._at

    def readinto(self, buffer: Any) -> int:
        n_bytes = max(0, min(len(buffer), self._size - self._at))
        if n_bytes:
            data = patiently(self._path, lambda: self._stream.read_at(n_bytes, self._at))
            n_bytes = len(data)
            buffer[:n_bytes] = data
            self._at += n_bytes
        return n_bytes

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


@contextmanager
def upload(path: str) -> Iterator[IO[bytes]]:
    """Collect an object; once the block ends well it is sent, as a whole, else nothing is.

    **Raises** StorageError for what the store said.
    """
    with tempfile.SpooledTemporaryFile(SPOOL_BYTES) as spool:
        stream = cast(IO[bytes], spool)
        yield stream
        try:
            patiently(path, lambda: _send(stream, path))
        except OSError as error:
            raise refused(path, error) from error


def _send(spool: IO[bytes], path: str) -> None:
    store, inner = located(path)
    spool.seek(0)
    with store.open_output_stream(inner, compression=None) as stream:
        while block := spool.read(COPY_BYTES):
            stream.write(block)
