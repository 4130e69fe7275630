"""Assign each document to a split by a hash, so that it lands there whatever else is in the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.splits.hashing import GROUP_KEY, positions_of, sides_of
from tore_export.stages.document_keys import TEXT_HASH, text_hashes, values_named
from tore_export.stages.stage import combined, is_live, put

__all__ = ["Split"]


@dataclass(frozen=True, slots=True)
class Split:
    """Hash a key of each document to a number in [0, 1) and look up the split it falls into.

    `splits` are (name, share) in order, shares adding up to 1. With the strategy `random` the key is
    the text, so exact copies stay together; with `group` it is `group_by`: `source`, `folder`,
    `doc_id`, `title`, `language`, or a field of the document's `meta` (a document without it is a group
    of its own, by its text).

    **Rows** 1:1. **Reads** text, source, doc_id, title, language, meta, reject.
    **Writes** `split` and `text_hash` (first 16 bytes of sha256 of the text), null for rejected rows;
    with `group` also `group_of`, the group's name.

    >>> Split().of(b"some text")
    'train'
    """

    splits: tuple[tuple[str, float], ...] = (("train", 0.9), ("validation", 0.05), ("test", 0.05))
    strategy: str = "random"
    group_by: str = "source"
    seed: int = 0

    reads: ClassVar[tuple[str, ...]] = (
        "text",
        "source",
        "doc_id",
        "title",
        "language",
        "meta",
        "reject",
    )
    version: ClassVar[int] = 1

    @property
    def writes(self) -> tuple[str, ...]:
        """The columns it sets."""
        return ("split", "text_hash", *(("group_of",) if self.strategy == "group" else ()))

    def of(self, key: bytes) -> str:
        """Return the split of a key."""
        name: str = self._splits_of([key])[0].as_py()
        return name

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the table with `split` and `text_hash`."""
        live = is_live(table)
        hashes = text_hashes(combined(table["text"]))
        keys: list[bytes | None] = list(hashes)
        if self.strategy == "group":
            groups = values_named(table, self.group_by)
            keys = [
                text_key if group is None else GROUP_KEY + group.encode()
                for text_key, group in zip(hashes, groups, strict=True)
            ]
            named = pc.if_else(live, pa.array(groups, pa.string()), None)
            table = put(table, "group_of", named)
        has_key = pc.and_(live, pa.array(keys, pa.binary()).is_valid())
        splits = self._splits_of([key or b"" for key in keys])
        table = put(table, "split", pc.if_else(has_key, splits, None))
        return put(table, "text_hash", pc.if_else(live, pa.array(hashes, TEXT_HASH), None))

    def _splits_of(self, keys: list[bytes]) -> pa.StringArray:
        sides = sides_of(positions_of(self.seed, keys), [share for _, share in self.splits])
        return pa.array([name for name, _ in self.splits], pa.string()).take(pa.array(sides))
