"""Files, local or on an object store, by path or URI (`s3://`, `gs://`, …), through Arrow.

A path is always a string: it travels to other processes, where the file system behind it is made
anew, once per process and store. On a local disk a file is written under a temporary name, synced and
renamed; to an object store it is sent when it is complete, see stores.py.
"""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, TypeVar
from urllib.parse import urlsplit

from tore_export.errors import StorageError
from tore_export.storage.stores import located, open_object, patiently, refused, upload

__all__ = [
    "FileInfo",
    "absolute",
    "delete",
    "exists",
    "is_remote",
    "join",
    "list_files",
    "open_read",
    "open_write",
    "read_bytes",
    "stat",
    "sync",
    "walk",
    "write_bytes",
]

TEMPORARY = ".tmp-"

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What is known of a file without opening it."""

    path: str
    size: int
    stamp: str


def is_remote(path: str) -> bool:
    """Tell whether `path` is a URI of another store than the local disk.

    >>> is_remote("s3://bucket/key"), is_remote("a/b.jsonl"), is_remote("file:///a")
    (True, False, False)
    """
    scheme, separator, _ = path.partition("://")
    return bool(separator) and scheme.lower() not in ("", "file")


def join(path: str, *parts: str) -> str:
    """Join with `/`.

    >>> join("out/", "data", "a.parquet")
    'out/data/a.parquet'
    """
    return "/".join([path.rstrip("/") or "/" * path.startswith("/"), *parts])


def local(path: str) -> str:
    """Return a local path for `path`, which may be a `file://` URI."""
    return urlsplit(path).path if path.startswith("file://") else path


def absolute(path: str) -> str:
    """Return a path that means the same in any folder; a URI is one already.

    >>> absolute("s3://bucket/key"), absolute("/a/../b")
    ('s3://bucket/key', '/b')
    """
    return path if is_remote(path) else os.path.abspath(local(path))


def _stamp(info: Any) -> str:
    return str(info.mtime_ns if info.mtime_ns is not None else "")


@contextmanager
def _told(path: str) -> Iterator[None]:
    """Turn what the system says into a sentence with the path and what to do."""
    try:
        yield
    except OSError as error:
        hints = {
            errno.ENOSPC: "the disk is full: free some space and run the same command again",
            errno.EDQUOT: "the quota is used up: free some space and run the same command again",
            errno.EROFS: "the file system is read-only",
            errno.EACCES: "permission denied",
            errno.EPERM: "permission denied",
        }
        if error.errno in hints:
            raise StorageError(
                error.strerror or str(error), where=path, hint=hints[error.errno]
            ) from error
        if is_remote(path):
            raise refused(path, error) from error
        raise


def _asked(path: str, call: Callable[[Any, str], Found]) -> Found:
    """Return what the store of `path` answers to `call(file system, path in it)`."""
    filesystem, inner = located(path)
    with _told(path):
        return patiently(path, lambda: call(filesystem, inner))


def open_read(path: str) -> IO[bytes]:
    """Open a file for reading bytes; it can be sought."""
    if not is_remote(path):
        return open(local(path), "rb")
    return open_object(path)


def read_bytes(path: str, start: int = 0, length: int | None = None) -> bytes:
    """Read `length` bytes from `start`, or all."""
    with open_read(path) as stream:
        if start:
            stream.seek(start)
        return stream.read() if length is None else stream.read(length)


@contextmanager
def open_write(path: str, *, synced: bool = True) -> Iterator[IO[bytes]]:
    """Open a file for writing: once the block ends well it is there, whole and synced, else not at all.

    With `synced=False` the caller brings many files to the disk with one call of `sync`.
    """
    if is_remote(path):
        with upload(path) as stream:
            yield stream
        return
    target = local(path)
    folder, name = os.path.split(target)
    temporary = os.path.join(folder, f"{TEMPORARY}{uuid.uuid4().hex[:12]}-{name}")
    with _told(path):
        os.makedirs(folder or ".", exist_ok=True)
        try:
            with open(temporary, "wb") as stream:
                yield stream
                stream.flush()
                if synced:
                    os.fsync(stream.fileno())
            os.replace(temporary, target)
        except BaseException:
            if os.path.exists(temporary):
                os.unlink(temporary)
            raise


def write_bytes(path: str, data: bytes) -> None:
    """Write a whole file; see `open_write`."""
    with open_write(path) as stream:
        stream.write(data)


def stat(path: str) -> FileInfo | None:
    """Return a file's size and stamp; None where there is no file (a folder is none)."""
    if not is_remote(path):
        try:
            found = os.stat(local(path))
        except (FileNotFoundError, NotADirectoryError):
            return None
        if os.path.isdir(local(path)):
            return None
        return FileInfo(path, found.st_size, str(found.st_mtime_ns))
    from pyarrow import fs

    info = _asked(path, lambda filesystem, inner: filesystem.get_file_info(inner))
    if info.type != fs.FileType.File:
        return None
    return FileInfo(path, info.size, _stamp(info))


def exists(path: str) -> bool:
    """Tell whether there is a file or a folder."""
    if not is_remote(path):
        return os.path.exists(local(path))
    from pyarrow import fs

    info = _asked(path, lambda filesystem, inner: filesystem.get_file_info(inner))
    return bool(info.type != fs.FileType.NotFound)


def list_files(path: str) -> list[FileInfo]:
    """Return the files directly in a folder, by name; none where there is no folder."""
    if not is_remote(path):
        if not os.path.isdir(local(path)):
            return []
        with os.scandir(local(path)) as entries:
            found = [stat(join(path, entry.name)) for entry in entries]
        # a folder, or a temporary file that was renamed since the folder was read, is no file
        return sorted((info for info in found if info is not None), key=lambda info: info.path)
    return _remote_files(path, recursive=False)


def walk(path: str) -> list[FileInfo]:
    """Return all files below a folder of an object store, by name."""
    return _remote_files(path, recursive=True)


def _remote_files(path: str, *, recursive: bool) -> list[FileInfo]:
    from pyarrow import fs

    scheme = path.partition("://")[0]
    infos = _asked(
        path,
        lambda filesystem, inner: filesystem.get_file_info(
            fs.FileSelector(inner.rstrip("/"), recursive=recursive, allow_not_found=True)
        ),
    )
    return sorted(
        (
            FileInfo(f"{scheme}://{info.path}", info.size, _stamp(info))
            for info in infos
            if info.type == fs.FileType.File
        ),
        key=lambda info: info.path,
    )


def sync(path: str) -> None:
    """Bring to the disk what was written unsynced anywhere on the local machine.

    One call for a thousand small files costs what a sync of each of a few would.
    """
    if not is_remote(path):
        os.sync()


def delete(path: str) -> None:
    """Delete a file or a folder with all it holds; fine where there is nothing."""
    if not is_remote(path):
        import shutil

        if os.path.isdir(local(path)) and not os.path.islink(local(path)):
            shutil.rmtree(local(path), ignore_errors=True)
        elif os.path.lexists(local(path)):
            os.unlink(local(path))
        return
    _asked(path, _delete_object)


def _delete_object(filesystem: Any, inner: str) -> None:
    from pyarrow import fs

    kind = filesystem.get_file_info(inner).type
    if kind == fs.FileType.Directory:
        filesystem.delete_dir(inner)
    elif kind == fs.FileType.File:
        filesystem.delete_file(inner)
