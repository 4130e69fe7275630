"""The work on one unit, from its bytes to its receipt: what every engine does, in whatever process."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from tore_export.engine.guard import guarded
from tore_export.plan.plan import Plan
from tore_export.sources.unit import Unit
from tore_export.storage.receipts import Receipt

__all__ = ["Place", "places_read", "tried", "worked"]

Place = tuple[str, int | None]
"""Source and place of a document, which tell it from all others of its unit."""


def worked(plan: Plan, unit: Unit) -> Receipt:
    """Do all the work on a unit."""
    return plan.sink.write_unit(_through(plan, plan.read(unit)))


def places_read(plan: Plan, unit: Unit) -> list[Place]:
    """Read a unit and do no more; return where its documents lie, in order."""
    places: list[Place] = []
    for table in plan.read(unit):
        found = zip(table["source"].to_pylist(), table["place"].to_pylist(), strict=True)
        places += [(source, place) for source, place in found if source is not None]
    return places


def tried(plan: Plan, unit: Unit, start: int, end: int) -> None:
    """Do the work on a unit's documents from number `start` to `end`, and write nothing."""

    def chosen() -> Iterator[pa.Table]:
        at = 0
        for table in plan.read(unit):
            yield table.slice(max(start - at, 0), max(end - max(at, start), 0))
            at += table.num_rows

    for _ in _through(plan, chosen()):
        pass


def _through(plan: Plan, tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    for stage in plan.stages:
        tables = map(guarded(stage), tables)
    return tables
