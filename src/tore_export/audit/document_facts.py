"""Find documents in the facts of an output, and where their records lie, without reading any text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tore_export.storage.files import list_files, open_read
from tore_export.storage.layout import Layout

__all__ = ["FoundFacts", "find_facts", "has_facts", "names_like"]

_NAMES = ("doc_id", "source", "split", "n_records")
_CANDIDATES = 2_000


@dataclass(frozen=True)
class FoundFacts:
    """The facts of a document. `first` is the place of its first record among those of its split."""

    facts: dict[str, Any]
    first: int | None


def has_facts(layout: Layout) -> bool:
    """Tell whether an output has facts of its documents."""
    return bool(list_files(layout.facts))


def find_facts(layout: Layout, name: str, column: str, most: int) -> tuple[list[FoundFacts], int]:
    """Return the documents whose `column`, doc_id or source, is `name`: the first so many, and how many.

    Only the columns that are needed to find them are read of all documents.
    """
    found: list[FoundFacts] = []
    n_found = 0
    before: Counter[str] = Counter()
    for path, names in _tables(layout):
        rows = pc.indices_nonzero(pc.equal(names[column], name)).to_pylist()
        n_found += len(rows)
        wanted = rows[: most - len(found)]
        if wanted:
            whole = _read(path, None).take(wanted).to_pylist()
            found += [
                FoundFacts(facts, _first(names, row, before))
                for row, facts in zip(wanted, whole, strict=True)
            ]
        _add(before, names)
    return found, n_found


def names_like(layout: Layout, name: str) -> list[str]:
    """Return some ids and sources among which the one that was meant may be."""
    beginning = name[: max(1, len(name) // 2)]
    found: dict[str, None] = {}
    for _, names in _tables(layout):
        for column in ("doc_id", "source"):
            near = pc.or_(
                pc.starts_with(names[column], beginning), pc.match_substring(names[column], name)
            )
            found.update(dict.fromkeys(pc.unique(names[column].filter(near)).to_pylist()))
        if len(found) >= _CANDIDATES:
            break
    return [one for one in found if one is not None][:_CANDIDATES]


def _tables(layout: Layout) -> Iterator[tuple[str, pa.Table]]:
    for info in list_files(layout.facts):
        if info.path.endswith(".parquet"):
            yield info.path, _read(info.path, _NAMES)


def _read(path: str, columns: tuple[str, ...] | None) -> pa.Table:
    with open_read(path) as stream:
        parquet = pq.ParquetFile(stream)
        there = parquet.schema_arrow.names
        chosen = None if columns is None else [name for name in columns if name in there]
        return parquet.read(columns=chosen)


def _first(names: pa.Table, row: int, before: Counter[str]) -> int | None:
    """Return how many records of the document's split stand before its own."""
    if not {"split", "n_records"} <= set(names.column_names):
        return None
    split = names["split"][row].as_py()
    if split is None:
        return None
    earlier = names.slice(0, row)
    here = pc.sum(earlier["n_records"].filter(pc.equal(earlier["split"], split))).as_py()
    return before[split] + (here or 0)


def _add(before: Counter[str], names: pa.Table) -> None:
    if {"split", "n_records"} <= set(names.column_names):
        kept = names.filter(pc.is_valid(names["split"]))
        for group in kept.group_by("split").aggregate([("n_records", "sum")]).to_pylist():
            before[group["split"]] += group["n_records_sum"] or 0
