"""Read a unit, or the first documents of it, for `--limit`; or what a first pass made of it."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from tore_export.documents.columns import DocumentRows
from tore_export.sources.source import read_unit
from tore_export.sources.spooled import READER as SPOOLED
from tore_export.sources.spooled import read_spooled
from tore_export.sources.unit import Limits, Unit

__all__ = ["read"]


def read(unit: Unit, limits: Limits, batch_size: int) -> Iterator[pa.Table]:
    """Yield a unit's documents as tables of the schema DOCUMENT, a mark at the end.

    Those of a unit that was spooled are as the stages of the first pass left them.
    """
    if unit.reader == SPOOLED:
        return read_spooled(unit)
    tables = read_unit(unit, limits, batch_size)
    return tables if unit.limit is None else _first(tables, unit, unit.limit)


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
