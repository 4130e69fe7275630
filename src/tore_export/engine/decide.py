"""Between two passes: from the facts of all units to what is decided of each document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from tore_export.plan.against import EarlierDataset, sides_of
from tore_export.sinks.spool import decided_by, decisions_path, facts_path
from tore_export.sources.unit import Unit
from tore_export.splits.decide import decide
from tore_export.splits.rules import SplitRules
from tore_export.stages.settle import settled
from tore_export.stages.stage import is_live
from tore_export.storage.files import open_read, open_write
from tore_export.storage.layout import Layout

__all__ = ["Map", "decide_units", "decided", "decisions_of"]


Map = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
"""What carries out a function for each item, here or on workers, and yields results in order."""


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


def decided(
    documents: pa.Table, rules: SplitRules, earlier: Sequence[EarlierDataset], map: Map
) -> pa.Table:
    """Return documents that are all there is, with what is decided of them written into them.

    **Rows** 1:1. **Reads** records, reject and what `splitting` writes.
    """
    facts = decided_by(documents, is_live(documents))
    return settled(documents, decisions_of(facts, rules, earlier, map))


def decisions_of(
    facts: pa.Table, rules: SplitRules, earlier: Sequence[EarlierDataset], map: Map
) -> pa.Table:
    """Return what is decided of documents: split, rule, detail and together_with.

    **Rows** 1:1, all null for documents that are rejected already. **Reads** doc_id, is_live and what
    `splits.decide` reads of each; minhash where near copies stay together.
    """
    live = facts["is_live"]
    documents = facts.drop_columns("is_live").filter(live)
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
    found = decide(documents, rules)
    firsts = found["first"].to_numpy()
    sizes = np.bincount(firsts, minlength=len(firsts))
    leaders = pa.array(firsts, mask=sizes[firsts] == 1)
    found = found.drop_columns("first").append_column(
        "together_with", documents["doc_id"].take(leaders)
    )
    return _at_live(found.slice(n_earlier), live)


def _at_live(found: pa.Table, is_live: pa.ChunkedArray) -> pa.Table:
    """Return decisions at the places of their documents among all, null in between."""
    live = is_live.to_numpy()
    if live.all():
        return found
    places = pa.array(np.cumsum(live) - 1, mask=~live)
    return found.take(places)
