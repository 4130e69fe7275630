"""Where the documents of a dataset come from, counted over its facts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tore_export.storage.files import list_files, read_bytes
from tore_export.storage.layout import Layout

if TYPE_CHECKING:
    import polars as pl

__all__ = ["NOT_SAID", "Origins", "origins_of"]

NOT_SAID = "not said"
"""The language of a document that says none."""

_COLUMNS = ("source", "language", "n_records")
_ROWS_AT_ONCE = 200_000


@dataclass
class Origins:
    """Documents that became records: by the first folder of their source, and by language."""

    folders: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)


def origins_of(layout: Layout) -> Origins:
    """Count the documents of an output that became records; none where it has no facts."""
    import polars as pl

    found = Origins()
    held: list[pl.DataFrame] = []
    for info in list_files(layout.facts):
        held.append(pl.read_parquet(read_bytes(info.path), columns=list(_COLUMNS)))
        if sum(table.height for table in held) >= _ROWS_AT_ONCE:
            _count(pl.concat(held), found)
            held = []
    if held:
        _count(pl.concat(held), found)
    return found


def _count(facts: pl.DataFrame, found: Origins) -> None:
    import polars as pl

    kept = facts.filter(pl.col("n_records") > 0)
    folder = (
        pl.when(pl.col("source").str.contains("/", literal=True))
        .then(pl.col("source").str.splitn("/", 2).struct.field("field_0"))
        .otherwise(pl.lit("."))
    )
    for name, n in kept.select(folder.alias("of")).group_by("of").len().iter_rows():
        found.folders[name] += n
    for name, n in kept.group_by("language").len().iter_rows():
        found.languages[name or NOT_SAID] += n
