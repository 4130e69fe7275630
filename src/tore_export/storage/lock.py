"""One driver an output: an advisory lock that goes away with its process, also after `kill -9`."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from tore_export.errors import LockedError
from tore_export.storage.files import is_remote, local

__all__ = ["lock"]


@contextmanager
def lock(path: str) -> Iterator[None]:
    """Hold the lock file at `path` while the block runs.

    The kernel releases it when the process ends, however it ends. An object store has no such lock,
    and there a second driver is not noticed.

    **Raises** LockedError, naming who holds it.
    """
    if is_remote(path):
        yield
        return
    os.makedirs(os.path.dirname(local(path)), exist_ok=True)
    descriptor = os.open(local(path), os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip()
            raise LockedError(
                "another tore-export writes here",
                where=path,
                found=holder or "an unnamed process",
                hint="wait for it to end, or give another output",
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
