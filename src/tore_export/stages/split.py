"""Assign each document to a split by a hash, so that it lands there whatever else is in the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from tore_export.splits.hashing import GROUP_KEY, bounds_of, position_of, side_of
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
        bounds = bounds_of([share for _, share in self.splits])
        return self.splits[side_of(position_of(self.seed, key), bounds)][0]

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the table with `split` and `text_hash`."""
        live = is_live(table).to_pylist()
        hashes = text_hashes(combined(table["text"]))
        keys: list[bytes | None] = list(hashes)
        if self.strategy == "group":
            groups = values_named(table, self.group_by)
            keys = [
                text_key if group is None else GROUP_KEY + group.encode()
                for text_key, group in zip(hashes, groups, strict=True)
            ]
            named = [group if well else None for group, well in zip(groups, live, strict=True)]
            table = put(table, "group_of", pa.array(named, pa.string()))
        names, seed = [name for name, _ in self.splits], self.seed
        bounds = bounds_of([share for _, share in self.splits])
        splits = [
            names[side_of(position_of(seed, key), bounds)] if is_well and key is not None else None
            for is_well, key in zip(live, keys, strict=True)
        ]
        table = put(table, "split", pa.array(splits, pa.string()))
        kept = [digest if well else None for digest, well in zip(hashes, live, strict=True)]
        return put(table, "text_hash", pa.array(kept, TEXT_HASH))
