"""Stages, readings and engines that end the process that works on a document."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

import pyarrow as pa

from tore_export.engine.inline import InlineEngine
from tore_export.plan.plan import Plan
from tore_export.sources.unit import Unit


@dataclass(frozen=True)
class Deadly:
    """A stage that ends the process where it meets one of some documents that is not rejected yet."""

    doc_ids: tuple[str, ...]
    is_endless: bool = False
    reads = ("doc_id", "reject")
    writes = ()
    version = 1

    def __call__(self, table: pa.Table) -> pa.Table:
        rows = zip(table["doc_id"].to_pylist(), table["reject"].to_pylist(), strict=True)
        if any(doc_id in self.doc_ids and reject is None for doc_id, reject in rows):
            while self.is_endless:
                time.sleep(1)
            os._exit(11)
        return table


@dataclass(frozen=True)
class DeadlyInNumbers:
    """A stage that ends the process where it has met more than so many documents."""

    most: int
    reads = ("doc_id",)
    writes = ()
    version = 1
    seen: ClassVar[list[int]] = [0]

    def __call__(self, table: pa.Table) -> pa.Table:
        self.seen[0] += table.num_rows
        if self.seen[0] > self.most:
            os._exit(11)
        return table


@dataclass(frozen=True)
class DeadlyReading(Plan):
    """A plan whose reading ends the process at some places, or at a whole file (a place of None)."""

    places: tuple[tuple[str, int | None], ...] = ()

    def read(self, unit: Unit) -> Iterator[pa.Table]:
        known = {(found.source, found.place) for found in unit.poison}
        for source, place in self.places:
            is_read = any(file.source == source for file in unit.files)
            if is_read and place is not None:
                is_read = unit.start <= place < unit.end
            if is_read and (source, place) not in known:
                os._exit(11)
        return Plan.read(self, unit)


class AfterADeath(InlineEngine):
    """The engine in this process after one that died at each of the plan's units."""

    def begun(self, plan: Plan) -> tuple[int, ...]:
        return tuple(unit.number for unit in plan.units)


def deadly(plan: Plan, *doc_ids: str, is_endless: bool = False) -> Plan:
    """Return the plan with a deadly stage before all others."""
    return replace(plan, stages=(Deadly(doc_ids, is_endless), *plan.stages))
