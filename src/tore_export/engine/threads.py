"""How a process is set up for the work: one thread a library, and little looking for garbage."""

from __future__ import annotations

import gc
import os

import pyarrow as pa

__all__ = ["THREAD_VARIABLES", "collect_less_garbage", "one_thread_each", "usable_cores"]

THREAD_VARIABLES = {
    "POLARS_MAX_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
}
"""Environment of a worker; read by libraries when they are first imported."""


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


def usable_cores() -> int:
    """Return how many cores this process may use, by affinity and by its cgroup's quota."""
    cores = len(os.sched_getaffinity(0))
    try:
        with open(CGROUP_QUOTA, encoding="ascii") as stream:
            quota, period = stream.read().split()
    except (OSError, ValueError):
        return cores
    return cores if quota == "max" else max(1, min(cores, int(int(quota) / int(period))))
