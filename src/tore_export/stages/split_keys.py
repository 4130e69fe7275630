"""Write down what decides on which side each document lands, where that depends on all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.splits.dates import dates_of
from tore_export.splits.topics import topics_of
from tore_export.stages.document_keys import TEXT_HASH, text_hashes, values_named
from tore_export.stages.stage import combined, is_live, put, reject, spread

__all__ = ["NO_DATE", "SplitKeys"]

NO_DATE = "no_date"
"""Rule of a document that a split by time has no place for."""


@dataclass(frozen=True, slots=True)
class SplitKeys:
    """Write the hash of each text, and what a strategy asks for beside it.

    **Rows** 1:1; with `temporal` a document without a date that can be read is rejected by `no_date`.
    **Reads** text, source, doc_id, title, language, created_at, meta, reject.
    **Writes** `text_hash`; `group_of`, the value of `group_by`, and `stratum`, that of `stratify_by`
    (strings, null where the document has none); `date` (UTC); `topics` (see splits.topics). Null for
    rejected rows.
    """

    strategy: str
    group_by: str | None = None
    stratify_by: str = "language"

    reads: ClassVar[tuple[str, ...]] = (
        "text",
        "source",
        "doc_id",
        "title",
        "language",
        "created_at",
        "meta",
        "reject",
    )
    version: ClassVar[int] = 1

    @property
    def writes(self) -> tuple[str, ...]:
        """The columns it sets."""
        found = ["text_hash"]
        if self.group_by is not None:
            found.append("group_of")
        more = {"stratified": "stratum", "temporal": "date", "content_based": "topics"}
        if self.strategy in more:
            found.append(more[self.strategy])
        return (*found, "reject")

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the table with the keys."""
        if self.strategy == "temporal":
            table = _dated(table)
        live = is_live(table)
        hashes = pa.array(text_hashes(combined(table["text"])), TEXT_HASH)
        table = put(table, "text_hash", _of_live(hashes, live))
        if self.group_by is not None:
            table = put(table, "group_of", _named(table, self.group_by, live))
        if self.strategy == "stratified":
            table = put(table, "stratum", _named(table, self.stratify_by, live))
        if self.strategy == "content_based":
            texts = combined(table["text"]).filter(live)
            table = put(table, "topics", spread(topics_of(texts), live))
        return table


def _named(table: pa.Table, name: str, live: pa.Array) -> pa.Array:
    return _of_live(pa.array(values_named(table, name), pa.string()), live)


def _of_live(values: pa.Array, live: pa.Array) -> pa.Array:
    return pc.if_else(live, values, pa.scalar(None, values.type))


def _dated(table: pa.Table) -> pa.Table:
    told = combined(table["created_at"])
    live = is_live(table)
    dates = _of_live(dates_of(told), live)
    table = put(table, "date", dates)
    without = pc.and_(live, dates.is_null()).to_pylist()
    if not any(without):
        return table
    rejects = [
        _no_date(said) if lacks else None
        for said, lacks in zip(told.to_pylist(), without, strict=True)
    ]
    return reject(table, rejects)


def _no_date(told: str | None) -> dict[str, Any]:
    detail = "created_at is not there" if told is None else f"created_at is {told[:100]!r}"
    return {"stage": "split", "rule": NO_DATE, "detail": detail}
