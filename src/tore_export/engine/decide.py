"""Between two passes: from the facts of all units to what is decided of each document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from tore_export.plan.against import EarlierDataset, sides_of
from tore_export.sinks.spool import decisions_path, facts_path
from tore_export.sources.unit import Unit
from tore_export.splits.decide import decide
from tore_export.splits.rules import SplitRules
from tore_export.storage.files import open_read, open_write
from tore_export.storage.layout import Layout

__all__ = ["Map", "decide_units", "decisions_of"]


class Map(Protocol):
    """What carries out a function for each item, here or on workers, and yields results in order."""

    def __call__(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterable[Any]:
        """Yield the results, in the order of the items."""


def decide_units(
    layout: Layout,
    units: Sequence[Unit],
    rules: SplitRules,
    earlier: Sequence[EarlierDataset],
    map: Map,
) -> None:
    """Decide over the facts that units wrote below `layout`, and write a file of decisions each.

    Deterministic: a second attempt writes the same again.
    """
    tables = [_read_facts(layout, unit.number) for unit in units]
    decisions = decisions_of(pa.concat_tables(tables), rules, earlier, map)
    at = 0
    for unit, table in zip(units, tables, strict=True):
        found = decisions.slice(at, table.num_rows).combine_chunks()
        at += table.num_rows
        with (
            open_write(decisions_path(layout, unit.number)) as stream,
            pa.ipc.new_file(stream, found.schema) as file,
        ):
            file.write_table(found)


def _read_facts(layout: Layout, unit: int) -> pa.Table:
    with open_read(facts_path(layout, unit)) as stream, pa.ipc.open_file(stream) as file:
        return file.read_all()


def decisions_of(
    facts: pa.Table, rules: SplitRules, earlier: Sequence[EarlierDataset], map: Map
) -> pa.Table:
    """Return what is decided of documents: split, rule, detail and together_with.

    **Rows** 1:1, all null for documents that are rejected already. **Reads** doc_id, is_live and what
    `splits.decide` reads of each; minhash where near copies stay together.
    """
    is_live = facts["is_live"]
    documents = facts.drop_columns("is_live").filter(is_live)
    n_earlier = 0
    if earlier:
        known = sides_of(earlier, documents.schema)
        n_earlier = known.num_rows
        ours = documents.append_column("side", pa.nulls(documents.num_rows, pa.string()))
        documents = pa.concat_tables([known, ours])
    if rules.near_duplicates is not None:
        from tore_export.dedup.clusters import clusters_of

        rows = clusters_of(documents.select(["text_hash", "minhash"]), rules.near_duplicates, map)
        documents = documents.append_column("cluster", pa.array(rows, pa.int64()))
    decided = decide(documents, rules)
    firsts = decided["first"].to_numpy()
    sizes = np.bincount(firsts, minlength=len(firsts))
    leaders = pa.array(firsts, mask=sizes[firsts] == 1)
    decided = decided.drop_columns("first").append_column(
        "together_with", documents["doc_id"].take(leaders)
    )
    return _at_live(decided.slice(n_earlier), is_live)


def _at_live(decided: pa.Table, is_live: pa.ChunkedArray) -> pa.Table:
    """Return decisions at the places of their documents among all, null in between."""
    live = is_live.to_numpy()
    if live.all():
        return decided
    places = pa.array(np.cumsum(live) - 1, mask=~live)
    return decided.take(places)
