"""The engine in this process: for one document, previews, and inputs too small for Ray's start.

A unit that ends the process is found by the next run: what was begun is noted, and the note stays.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from tore_export.engine.threads import collect_less_garbage, one_thread_each, reuse_memory
from tore_export.engine.work import worked
from tore_export.plan.plan import Plan
from tore_export.sinks.shards import Join, JoinReceipt
from tore_export.sources.unit import Unit
from tore_export.storage.files import delete, exists, read_bytes, write_bytes
from tore_export.storage.receipts import Receipt

__all__ = ["InlineEngine"]

BEGUN = "begun"
"""Name of the note, which holds a unit's number."""


class InlineEngine:
    """Carry out units one after the other, in input order."""

    name = "inline"
    operator: str | None = None

    def __enter__(self) -> InlineEngine:
        one_thread_each()
        reuse_memory()
        self._thresholds = collect_less_garbage()
        return self

    def __exit__(self, *_: object) -> None:
        """Look for garbage again as before; one thread and kept memory stay."""
        gc.set_threshold(*self._thresholds)

    def begun(self, plan: Plan) -> tuple[int, ...]:
        """Return the unit that a process was at work on when it was killed, or killed itself."""
        note = plan.sink.layout.state_file(BEGUN)
        return (int(read_bytes(note)),) if exists(note) else ()

    def units(self, plan: Plan, pending: Sequence[Unit]) -> Iterator[list[Receipt]]:
        """Yield receipts as units are done."""
        note = plan.sink.layout.state_file(BEGUN)
        try:
            for unit in pending:
                write_bytes(note, str(unit.number).encode())
                yield [worked(plan, unit)]
        finally:
            delete(note)

    def map(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        """Yield what the function makes of each item, in order."""
        return map(function, items)

    def joins(self, plan: Plan, pending: Sequence[Join]) -> Iterator[JoinReceipt]:
        """Yield receipts as shards are joined."""
        for task in pending:
            yield plan.sink.join(task)
