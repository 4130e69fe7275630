"""Read a unit, or the first documents of it, for `--limit`; or what a first pass made of it.

What is known to end the processes that work on it is rejected here, before any stage sees it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from tore_export.documents.columns import DocumentRows
from tore_export.sources.source import read_unit
from tore_export.sources.spooled import READER as SPOOLED
from tore_export.sources.spooled import read_spooled
from tore_export.sources.unit import Limits, Poison, Unit
from tore_export.stages.stage import put, reject

__all__ = ["read"]


def read(unit: Unit, limits: Limits, batch_size: int) -> Iterator[pa.Table]:
    """Yield a unit's documents as tables of the schema DOCUMENT, a mark at the end.

    Those of a unit that was spooled are as the stages of the first pass left them.
    """
    tables = _tables(unit, limits, batch_size)
    if not unit.poison:
        return tables
    poison = {(found.source, found.place): found for found in unit.poison}
    return (_without(table, poison) for table in tables)


def _tables(unit: Unit, limits: Limits, batch_size: int) -> Iterator[pa.Table]:
    if unit.reader == SPOOLED:
        return read_spooled(unit)
    tables = read_unit(unit, limits, batch_size)
    return tables if unit.limit is None else _first(tables, unit, unit.limit)


def _without(table: pa.Table, poison: dict[tuple[str, int | None], Poison]) -> pa.Table:
    places = zip(table["source"].to_pylist(), table["place"].to_pylist(), strict=True)
    rejects: list[dict[str, Any] | None] = []
    for found in map(poison.get, places):
        if found is None:
            rejects.append(None)
        else:
            said = {"stage": "source", "rule": found.rule, "detail": str(found.error())}
            rejects.append({"failed": True, **said})
    if any(rejects) and "split" in table.column_names:
        # it was well in the first pass, and has its records and its split from there
        splits = table["split"].to_pylist()
        kept = [None if found else split for found, split in zip(rejects, splits, strict=True)]
        table = put(table, "split", pa.array(kept, pa.string()))
    return reject(table, rejects)


def _first(tables: Iterator[pa.Table], unit: Unit, n_documents: int) -> Iterator[pa.Table]:
    left = n_documents
    for table in tables:
        chosen = table.slice(0, left)
        yield chosen
        left -= chosen.num_rows
        if not left:
            break
    rows = DocumentRows(unit.number)
    rows.mark_end(n_documents)
    yield rows.to_table()
