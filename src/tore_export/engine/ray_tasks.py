"""Functions that workers of Ray carry out item by item, and what is told of their errors."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import ray

from tore_export.engine.threads import one_thread_each
from tore_export.errors import RunError, ToreExportError

__all__ = ["as_done", "in_order", "told"]


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
