"""One plan in two passes: the first spools what documents became, the second writes it to its splits.

Between them it is decided, over the facts of all documents, on which side each lands. Both passes have
the same units, each with its own receipts, so each is resumed and carried out as a plan of one pass is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tore_export.plan.against import EarlierDataset
from tore_export.plan.plan import Plan, Preparation
from tore_export.sinks.spool import SpoolSink, decisions_path, spool_path
from tore_export.sources.spooled import spooled_unit
from tore_export.splits.rules import SplitRules

__all__ = ["in_two_passes"]


def in_two_passes(plan: Plan, rules: SplitRules, earlier: Sequence[EarlierDataset]) -> Plan:
    """Return the plan whose stages are carried out by a first pass, and whose sink by a second."""
    layout = plan.sink.layout.prepared
    first = replace(plan, sink=SpoolSink(layout, plan.fingerprint), counted=(), joined=())
    units = tuple(
        spooled_unit(unit, spool_path(layout, unit.number), decisions_path(layout, unit.number))
        for unit in plan.units
    )
    preparation = Preparation(first, rules, tuple(earlier))
    return replace(plan, units=units, stages=(), preparation=preparation)
