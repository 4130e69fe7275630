"""What a plan is: all that is to be done, as data, before anything is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa

from tore_export.plan.against import EarlierDataset
from tore_export.sources.limit import read
from tore_export.sources.unit import InputFile, Limits, Unit
from tore_export.splits.rules import SplitRules
from tore_export.stages.stage import Stage
from tore_export.storage.layout import Layout
from tore_export.storage.receipts import Receipt

if TYPE_CHECKING:
    from tore_export.sinks.shards import Join, JoinReceipt

__all__ = ["Plan", "Preparation", "Sink"]


class Sink(Protocol):
    """What writes a unit's rows and, at the end, joins what units wrote."""

    @property
    def layout(self) -> Layout:
        """Where it writes."""

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders of the output that it fills, other than rejects and state."""

    def write_unit(self, tables: Iterator[pa.Table]) -> Receipt:
        """Write one unit, receipt last."""

    def join(self, task: Join) -> JoinReceipt:
        """Join parts to one shard."""


@dataclass(frozen=True)
class Plan:
    """All that is to be done, before anything is: units, stages, sink.

    `counted` are the names that records are counted by, splits or formats; `joined` those of the
    parts that are joined to shards. `description` is what a resumed run must agree with;
    `fingerprint` is its hash. Where a split depends on all documents, `preparation` is what comes
    before, and the units are those it spools.
    """

    inputs: tuple[InputFile, ...]
    units: tuple[Unit, ...]
    stages: tuple[Stage, ...]
    sink: Sink
    counted: tuple[str, ...]
    joined: tuple[str, ...]
    shard_bytes: int | None
    limits: Limits
    batch_size: int
    description: dict[str, Any]
    fingerprint: str
    preparation: Preparation | None = None

    @property
    def n_bytes(self) -> int:
        """Size of the input."""
        return sum(unit.n_bytes for unit in self.units)

    def read(self, unit: Unit) -> Iterator[pa.Table]:
        """Read a unit's documents."""
        return read(unit, self.limits, self.batch_size)


@dataclass(frozen=True)
class Preparation:
    """The first of two passes: its plan writes spool and facts, and `rules` decide by them."""

    plan: Plan
    rules: SplitRules
    earlier: tuple[EarlierDataset, ...]
