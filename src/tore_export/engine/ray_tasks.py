"""Functions that workers of Ray carry out item by item, and what is told of their errors."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import ray

from tore_export.engine.threads import collect_less_garbage, one_thread_each, reuse_memory
from tore_export.engine.watch import seconds_for, unwatch, watch
from tore_export.engine.work import worked
from tore_export.errors import LostError, RunError, ToreExportError
from tore_export.plan.plan import Plan
from tore_export.sources.unit import Unit
from tore_export.storage.receipts import Receipt

LOST = (
    ray.exceptions.WorkerCrashedError,
    ray.exceptions.OutOfMemoryError,
    ray.exceptions.NodeDiedError,
)
"""What Ray raises where a task's worker is gone and trying again did not help."""

__all__ = ["as_done", "in_order", "is_lost", "one_by_one", "told"]


def in_order(function: Callable[[Any], Any], items: Iterable[Any], n_workers: int) -> Iterator[Any]:
    """Yield what the function makes of each item, in order. The first are begun at once.

    No more items are out than keep all workers busy, so a long row of them costs no memory.

    **Raises** what a worker raised, as `told`.
    """
    call = ray.remote(_called)
    shared = ray.put(function)
    left = iter(items)
    out = deque(call.remote(shared, item) for item in islice(left, 2 * n_workers))

    def results() -> Iterator[Any]:
        while out:
            yield _got(out.popleft())
            out.extend(call.remote(shared, item) for item in islice(left, 1))

    return results()


def as_done(function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """Yield what the function makes of each item, as workers are done with it. All are begun at once.

    **Raises** what a worker raised, as `told`.
    """
    call = ray.remote(_called)
    shared = ray.put(function)
    out = [call.remote(shared, item) for item in items]

    def results(out: list[Any]) -> Iterator[Any]:
        while out:
            done, out = ray.wait(out, timeout=None)
            for reference in done:
                yield _got(reference)

    return results(out)


def _called(function: Callable[[Any], Any], item: Any) -> Any:
    one_thread_each()
    return function(item)


def _got(reference: Any) -> Any:
    try:
        return ray.get(reference)
    except ray.exceptions.RayError as error:
        raise told(error) from error


def one_by_one(plan: Plan, units: Iterable[Unit]) -> Iterator[Receipt]:
    """Yield receipts of units, each done in a task of its own that is not tried again.

    **Raises** what a worker raised, as `told`; at the end LostError for the units whose workers died.
    """
    call = ray.remote(max_retries=0)(_worked)
    shared = ray.put(plan)
    numbers = {call.remote(shared, unit, seconds_for(unit)): unit.number for unit in units}
    out, lost = list(numbers), []
    while out:
        done, out = ray.wait(out, timeout=None)
        for reference in done:
            try:
                yield ray.get(reference)
            except LOST:
                lost.append(numbers[reference])
            except ray.exceptions.RayError as error:
                raise told(error) from error
    raise LostError("workers died", units=tuple(sorted(lost)))


def _worked(plan: Plan, unit: Unit, seconds: float) -> Receipt:
    one_thread_each()
    reuse_memory()
    collect_less_garbage()
    watch(seconds)
    try:
        return worked(plan, unit)
    finally:
        unwatch()


def is_lost(error: BaseException | None) -> bool:
    """Tell whether an error says that the worker of a task is gone."""
    while error is not None:
        if isinstance(error, LOST) or isinstance(getattr(error, "cause", None), LOST):
            return True
        error = error.__cause__
    return False


def told(error: BaseException) -> BaseException:
    """Return our own error out of what Ray wraps around it, or one that says what Ray said."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, ToreExportError):
        return cause
    found = cause or error
    first = str(found).strip().partition("\n")[0]  # Ray adds lines about its own settings
    return RunError(
        "a worker failed for good",
        found=f"{type(found).__name__}: {first}"[:500],
        hint="run the same command again to go on where it stopped",
    )
