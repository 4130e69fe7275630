"""Which engine, where none is named: the one that ends first.

In process a byte of input costs 1 / INLINE_BYTES_PER_SECOND; on Ray that is shared by the workers, at
the efficiency measured, after a start that takes RAY_START_SECONDS. Where both take the same lies the
crossover; below it Ray would still be starting when the job is done. Measured by
benchmarks/ray_vs_inline.py, whose results carry machine and versions.
"""

from __future__ import annotations

from tore_export.engine.threads import usable_cores

__all__ = ["choose_engine", "crossover_bytes"]

INLINE_BYTES_PER_SECOND = 18_000_000
RAY_START_SECONDS = 7.0  # the cluster 3, its workers and their imports 4
EFFICIENCY = 0.8


def crossover_bytes(workers: int) -> float:
    """Return the size of input from which on Ray with so many workers ends first.

    >>> crossover_bytes(1)
    inf
    >>> crossover_bytes(2) > crossover_bytes(8) > 10_000_000
    True
    """
    saved = 1 - 1 / (workers * EFFICIENCY)
    if saved <= 0:
        return float("inf")
    return RAY_START_SECONDS * INLINE_BYTES_PER_SECOND / saved


def choose_engine(
    asked: str, n_bytes: int, *, workers: int | None, address: str | None, parallel: bool
) -> str:
    """Return `inline` or `ray`.

    An engine that is asked for is taken; an address of a cluster means Ray; `parallel=False` means
    this process.

    >>> choose_engine("auto", 1000, workers=None, address=None, parallel=True)
    'inline'
    """
    if asked != "auto":
        return asked
    if address is not None:
        return "ray"
    if not parallel:
        return "inline"
    return "ray" if n_bytes > crossover_bytes(workers or usable_cores()) else "inline"
