"""How long the work on a unit may take, and an end to the worker that takes longer."""

from __future__ import annotations

import faulthandler
import os
from functools import cache
from typing import IO

from tore_export.sources.unit import Unit

__all__ = ["seconds_for", "unwatch", "watch"]

SECONDS, SECONDS_PER_MB, SECONDS_PER_FILE = 120.0, 30.0, 2.0
"""About a hundred times what a unit takes on a machine that does nothing else."""


def seconds_for(unit: Unit) -> float:
    """Return how long the work on a unit may take before it is taken for endless.

    >>> from tore_export.sources.unit import InputFile
    >>> seconds_for(Unit(0, "files", (InputFile("a.tore", "a.tore", 1_000_000),), n_bytes=1_000_000))
    152.0
    """
    megabytes = unit.n_bytes / 1e6
    return SECONDS + SECONDS_PER_MB * megabytes + SECONDS_PER_FILE * len(unit.files)


def watch(seconds: float) -> None:
    """End this process after so many seconds, whatever it does then, unless `unwatch` comes first.

    A thread of C sees to it: it needs no lock of Python's, which a library may hold for ever.
    """
    faulthandler.dump_traceback_later(seconds, exit=True, file=_nowhere())


def unwatch() -> None:
    """Let this process go on."""
    faulthandler.cancel_dump_traceback_later()


@cache
def _nowhere() -> IO[bytes]:
    return open(os.devnull, "wb")
