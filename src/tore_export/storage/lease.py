"""One driver an output on an object store: a lease that its holder renews and that runs out.

Each driver writes an object of its own into a folder, then lists the folder. A list shows what was
written before it (S3 has been consistent since 2020), so of two drivers at least one sees the other. The
clock of no machine is asked: who waits sees for himself whether the other's object is renewed.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from tore_export.errors import LockedError, StorageError
from tore_export.storage.files import delete, exists, join, list_files, read_bytes, write_bytes

__all__ = ["EXPIRY_SECONDS", "RENEWAL_SECONDS", "lease"]

RENEWAL_SECONDS = 10.0
EXPIRY_SECONDS = 35.0  # three renewals may fail
_LOOK_SECONDS = 0.5

_held_here: set[str] = set()


class Holder(msgspec.Struct, frozen=True):
    """Who holds a lease. `machine` and `started` tell whether the process still runs, where known."""

    process: int
    host: str
    machine: str | None
    started: str | None
    renewals: int = 0

    def has_ended(self, path: str) -> bool:
        """Tell whether the process of this machine that held the lease at `path` has ended.

        This process itself may have left one behind, when it could not reach the store to delete it.
        """
        here = _machine()
        if here is None or self.machine != here:
            return False
        if self.process == os.getpid():
            return path not in _held_here
        return _started(self.process) != self.started


def _machine() -> str | None:
    """Return what two processes have in common that see each other's numbers; None if not known."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return None


def _started(process: int) -> str | None:
    """Return when a process of this machine started; None where there is none of this number."""
    try:
        found = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return found.rpartition(")")[2].split()[19]


@contextmanager
def lease(folder: str) -> Iterator[Callable[[], None]]:
    """Hold the output that `folder` belongs to while the block runs.

    Yields a function that raises LockedError once the lease was taken away, as it is from a driver
    that was stopped or cut off for longer than EXPIRY_SECONDS. A holder that ended without a word is
    waited for so long; one that ended on this machine is not.

    **Raises** LockedError, naming who holds it; where two come at the same moment perhaps both.
    """
    held = _Held(folder)
    held.write()
    _held_here.add(held.path)
    renewing = threading.Thread(target=held.renew, daemon=True)
    renewing.start()
    try:
        _outlast_others(folder, held.path)
        yield held.check
    finally:
        held.ended.set()
        renewing.join()
        _held_here.discard(held.path)
        with suppress(StorageError):  # the store that is down has had its error; this one runs out
            delete(held.path)


class _Held:
    def __init__(self, folder: str) -> None:
        process = os.getpid()
        self.path = join(folder, f"{uuid.uuid4().hex}.json")
        self.ended = threading.Event()
        self._is_lost = False
        self._holder = Holder(process, socket.gethostname(), _machine(), _started(process))

    def write(self) -> None:
        write_bytes(self.path, msgspec.json.encode(self._holder))

    def renew(self) -> None:
        while not self.ended.wait(RENEWAL_SECONDS):
            with suppress(StorageError):  # the next time is soon; who needs the store now says so
                if not exists(self.path):
                    self._is_lost = True
                    return
                self._holder = msgspec.structs.replace(
                    self._holder, renewals=self._holder.renewals + 1
                )
                self.write()

    def check(self) -> None:
        if self._is_lost:
            raise LockedError(
                "the output was taken over by another tore-export",
                where=self.path,
                found=f"no renewal by this one for {EXPIRY_SECONDS:g} seconds",
                hint="wait for the other to end",
            )


def _outlast_others(folder: str, mine: str) -> None:
    seen: dict[str, tuple[Holder, float]] = {}
    while True:
        others = {
            info.path: holder
            for info in list_files(folder)
            if info.path != mine and (holder := _read(info.path)) is not None
        }
        for path, holder in others.items():
            first, since = seen.setdefault(path, (holder, time.monotonic()))
            if holder.has_ended(path) or time.monotonic() - since > EXPIRY_SECONDS:
                delete(path)
            elif holder != first or path in _held_here:
                raise LockedError(
                    "another tore-export writes here",
                    where=folder,
                    found=f"process {holder.process} on {holder.host}",
                    hint="wait for it to end, or give another output",
                )
        if not others:
            return
        time.sleep(_LOOK_SECONDS)


def _read(path: str) -> Holder | None:
    try:
        return msgspec.json.decode(read_bytes(path), type=Holder)
    except FileNotFoundError:  # it was given up between the list and this
        return None
