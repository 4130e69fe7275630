"""Assign each document to a split by a hash, so that it lands there whatever else is in the run."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate, pairwise
from typing import ClassVar

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

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
    **Writes** `split` and `text_hash` (first 16 bytes of sha256 of the text), null for rejected rows.

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
    writes: ClassVar[tuple[str, ...]] = ("split", "text_hash")
    version: ClassVar[int] = 1

    def of(self, key: bytes) -> str:
        """Return the split of a key."""
        return self._names[bisect_right(self._bounds, self._position(key))]

    def _position(self, key: bytes) -> float:
        digest = sha256(b"%d\0%b" % (self.seed, key)).digest()
        # 53 bits, all that a float holds: the quotient is exact and below 1
        return (int.from_bytes(digest[:8], "big") >> 11) / (1 << 53)

    @property
    def _names(self) -> list[str]:
        return [name for name, _ in self.splits]

    @property
    def _bounds(self) -> list[float]:
        return list(accumulate(share for _, share in self.splits))[:-1]

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the table with `split` and `text_hash`."""
        live = is_live(table).to_pylist()
        hashes = _text_hashes(combined(table["text"]))
        keys: list[bytes | None] = list(hashes)
        if self.strategy == "group":
            keys = [
                text_key if group is None else b"group\0" + group.encode()
                for text_key, group in zip(hashes, self._groups(table), strict=True)
            ]
        names, bounds, position = self._names, self._bounds, self._position
        splits = [
            names[bisect_right(bounds, position(key))] if is_well and key is not None else None
            for is_well, key in zip(live, keys, strict=True)
        ]
        table = put(table, "split", pa.array(splits, pa.string()))
        kept = [digest if well else None for digest, well in zip(hashes, live, strict=True)]
        return put(table, "text_hash", pa.array(kept, pa.binary(16)))

    def _groups(self, table: pa.Table) -> list[str | None]:
        if self.group_by == "folder":
            return [source.rpartition("/")[0] for source in table["source"].to_pylist()]
        if self.group_by in ("source", "doc_id", "title", "language"):
            groups: list[str | None] = table[self.group_by].to_pylist()
            return groups
        found = []
        for meta in table["meta"].to_pylist():
            value = msgspec.json.decode(meta).get(self.group_by) if meta else None
            found.append(None if value is None else str(value))
        return found


def _text_hashes(texts: pa.StringArray) -> list[bytes | None]:
    """Return the hash of each text, read from Arrow's buffer without making a string of it."""
    _, offsets, data = texts.buffers()
    view = memoryview(data)
    bounds = pa.Array.from_buffers(
        pa.int32(), len(texts) + 1, [None, offsets], offset=texts.offset
    ).to_pylist()
    present = pc.is_valid(texts).to_pylist()
    return [
        sha256(view[start:end]).digest()[:16] if there else None
        for (start, end), there in zip(pairwise(bounds), present, strict=True)
    ]
