"""What a run is given beside its plan: an engine, what checks the dataset, and what tells of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

from tore_export.engine.decide import Map
from tore_export.plan.plan import Plan
from tore_export.results import LeakReport, RunSummary
from tore_export.sinks.shards import Join, JoinReceipt
from tore_export.sources.unit import Unit
from tore_export.storage.layout import Layout
from tore_export.storage.receipts import Receipt

__all__ = ["Check", "Engine", "Finish", "Map"]

Check = Callable[[Plan, Sequence[JoinReceipt], Map], LeakReport]
"""What reads the shards of a dataset back, by an engine's `map`."""


class Finish(Protocol):
    """What writes what tells of a run, in two calls, both possibly in other processes."""

    def gather(self, layout: Layout) -> Any:
        """Return what is known before there are shards."""

    def __call__(self, summary: RunSummary, gathered: Any) -> RunSummary:
        """Write it; return the summary with what is to be added to it."""


class Engine(Protocol):
    """What carries out units and joins. Two pages of code: inline.py and ray_data.py."""

    name: str
    operator: str | None

    def begun(self, plan: Plan) -> tuple[int, ...]:
        """Return the units at work on which an earlier process ended, as far as that is known."""

    def units(self, plan: Plan, pending: Sequence[Unit]) -> Iterator[list[Receipt]]:
        """Yield receipts as units are done; an empty list says that time has passed.

        **Raises** LostError for units that end their workers, when others that were begun are done.
        """

    def map(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        """Yield what the function makes of each item, in order; it may be done elsewhere."""

    def joins(self, plan: Plan, pending: Sequence[Join]) -> Iterator[JoinReceipt]:
        """Yield receipts as shards are joined."""
