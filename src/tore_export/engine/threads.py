"""How a process is set up for the work: its threads, its looking for garbage, its memory."""

from __future__ import annotations

import ctypes
import gc
import os
import sys

import pyarrow as pa

__all__ = [
    "THREAD_VARIABLES",
    "collect_less_garbage",
    "one_thread_each",
    "reuse_memory",
    "usable_cores",
]

THREAD_VARIABLES = {
    "POLARS_MAX_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
}
"""Environment of a worker; read by libraries when they are first imported."""


KEPT_BYTES = 48_000_000
"""So many bytes of freed memory, about what a batch takes, are not given back to the system."""

LARGE_BYTES = 16_000_000
"""What is larger than this is still asked of the system and given back to it by itself."""

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h of glibc

CGROUP_QUOTA = "/sys/fs/cgroup/cpu.max"


def collect_less_garbage() -> tuple[int, int, int]:
    """Let Python look for cycles a hundred times more seldom; return the thresholds there were.

    A batch is hundreds of thousands of live objects and hardly a cycle: walking them again and again
    took a tenth of the job's time.
    """
    before = gc.get_threshold()
    gc.set_threshold(200_000, 50, 1_000)
    return before


def one_thread_each() -> None:
    """Keep Arrow, and what is not yet imported, to one thread in this process."""
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    for name, value in THREAD_VARIABLES.items():
        os.environ.setdefault(name, value)


def reuse_memory() -> None:
    """Let the C library keep what is freed, up to KEPT_BYTES, for the rest of the process.

    Columns of a megabyte come and go: a tenth of the job's time went into pages the system had just
    taken back. Other C libraries than glibc are left as they are.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
            mallopt(M_TRIM_THRESHOLD, KEPT_BYTES)


def usable_cores() -> int:
    """Return how many cores this process may use, by affinity and by its cgroup's quota."""
    cores = len(os.sched_getaffinity(0))
    try:
        with open(CGROUP_QUOTA, encoding="ascii") as stream:
            quota, period = stream.read().split()
    except (OSError, ValueError):
        return cores
    return cores if quota == "max" else max(1, min(cores, int(int(quota) / int(period))))
