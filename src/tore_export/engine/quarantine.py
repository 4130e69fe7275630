"""Units that end the processes that work on them: find the document that does it, and go on without.

Where a worker dies at a unit again and again, or has worked on it for far too long, the unit is tried
in processes of their own: half of its files, or of its bytes, or of its documents, then half of the
half that dies, until one document stands by itself. That one is rejected by `killed_worker` or
`too_slow`, and the unit is done without it.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from tore_export.engine.child import Died, in_child
from tore_export.engine.roles import Engine
from tore_export.engine.watch import seconds_for
from tore_export.engine.work import Place, places_read, tried, worked
from tore_export.errors import LostError, RunError
from tore_export.plan.plan import Plan
from tore_export.sources.source import source_of
from tore_export.sources.unit import Poison, Unit
from tore_export.storage.receipts import Receipt

__all__ = ["receipts_of"]

MOST = 8
"""So many documents of a unit are rejected; with more the fault lies elsewhere."""


def receipts_of(engine: Engine, plan: Plan, pending: Sequence[Unit]) -> Iterator[list[Receipt]]:
    """Yield the receipts of all units as they are done, as `engine.units` does.

    Units that end their workers are isolated; the engine goes on with the others.

    **Raises** what the engine raises; RunError for a unit that cannot be done in any way.
    """
    left = {unit.number: unit for unit in pending}
    lost = engine.begun(plan)
    while left:
        for number in lost:
            if number in left:
                yield [_isolated(plan, left.pop(number))]
        n_left = len(left)
        try:
            for receipts in engine.units(plan, list(left.values())):
                for receipt in receipts:
                    left.pop(receipt.unit, None)
                yield receipts
            return
        except LostError as error:
            lost = error.units
            if not lost and len(left) == n_left:
                raise


def _isolated(plan: Plan, unit: Unit) -> Receipt:
    """Do the work on a unit without those of its documents that end the process."""
    has_died_whole = False
    while True:
        done = _called(worked, plan, unit)
        if not isinstance(done, Died):
            receipt: Receipt = done
            return receipt
        if len(unit.poison) == MOST:
            raise RunError(
                f"{MOST} documents of it were left out, and it still dies",
                where=f"unit {unit.number}, from {source_of(unit.files[0])} on",
                found=_how(done),
                hint="the fault lies elsewhere",
            )
        found = _culprit(plan, unit)
        if found is not None:
            unit = replace(unit, poison=(*unit.poison, found))
        elif has_died_whole:
            raise RunError(
                "it ends the process that works on it, and none of its documents does",
                where=f"unit {unit.number}, from {source_of(unit.files[0])} on",
                found=_how(done),
                hint="too little memory? fewer workers need less",
            )
        else:
            has_died_whole = True


def _culprit(plan: Plan, unit: Unit) -> Poison | None:
    """Return the document that ends the process by itself; None if each part of the unit is well."""
    part = _narrowed(plan, unit)
    if part is None:
        return None
    places = _called(places_read, plan, part)
    if isinstance(places, Died):
        if part.reader == "jsonl":
            return _line(plan, part)
        return _poison((source_of(part.files[0]), None), places)
    return _document(plan, part, places)


def _narrowed(plan: Plan, unit: Unit) -> Unit | None:
    """Return the unit with the one of its files that ends the process; None if none does."""
    if unit.reader != "files" or len(unit.files) == 1:
        return unit

    def some(start: int, end: int) -> Unit:
        return replace(unit, files=unit.files[start:end])

    def died(start: int, end: int) -> Died | None:
        return _died(tried, plan, some(start, end), 0, 1 << 62)

    found = _one(0, len(unit.files), died)
    return None if found is None else some(found[0], found[0] + 1)


def _line(plan: Plan, unit: Unit) -> Poison | None:
    """Return the line that ends the process that reads it."""

    def died(start: int, end: int) -> Died | None:
        return _died(places_read, plan, replace(unit, start=start, end=end))

    found = _one(unit.start, unit.end, died)
    return None if found is None else _poison((source_of(unit.files[0]), found[0]), found[1])


def _document(plan: Plan, unit: Unit, places: Sequence[Place]) -> Poison | None:
    """Return the document that ends the process that works on what was read."""

    def died(start: int, end: int) -> Died | None:
        return _died(tried, plan, unit, start, end)

    found = _one(0, len(places), died)
    return None if found is None else _poison(places[found[0]], found[1])


def _one(start: int, end: int, died: Callable[[int, int], Died | None]) -> tuple[int, Died] | None:
    """Return one of the places from `start` to `end` that ends the process, by halving, and how.

    None where the one that is left does not: then it was no single one.
    """
    if end <= start:
        return None
    how: Died | None = None
    while end - start > 1:
        middle = (start + end) // 2
        how = died(start, middle)
        if how is None:
            start = middle
        else:
            end = middle
    how = how or died(start, end)
    return None if how is None else (start, how)


def _called(call: Callable[..., Any], plan: Plan, unit: Unit, *more: int) -> Any:
    return in_child(call, plan, unit, *more, seconds=seconds_for(unit))


def _died(call: Callable[..., Any], plan: Plan, unit: Unit, *more: int) -> Died | None:
    result = _called(call, plan, unit, *more)
    return result if isinstance(result, Died) else None


def _poison(place: Place, died: Died) -> Poison:
    if died.was_slow:
        detail = "a process of its own was still at work on it and was ended"
        return Poison(*place, rule="too_slow", detail=detail)
    return Poison(*place, rule="killed_worker", detail="it ends the process that works on it")


def _how(died: Died) -> str:
    if died.was_slow:
        return "still at work after too long"
    if died.signal is None:
        return "it ended by itself"
    return f"signal {signal.Signals(died.signal).name}"
