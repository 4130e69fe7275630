"""One driver an output: an advisory lock that goes away with its process, also after `kill -9`.

On an object store it is a lease, see lease.py.
"""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tore_export.errors import LockedError
from tore_export.storage.files import is_remote, local
from tore_export.storage.lease import lease

__all__ = ["lock"]


@contextmanager
def lock(path: str) -> Iterator[Callable[[], None]]:
    """Hold the lock file at `path` while the block runs.

    The kernel releases it when the process ends, however it ends. What is yielded raises LockedError
    where the lock was lost, which happens to leases only.

    **Raises** LockedError, naming who holds it.
    """
    if is_remote(path):
        with lease(path) as check:
            yield check
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
        yield lambda: None
    finally:
        os.close(descriptor)
