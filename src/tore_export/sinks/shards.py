"""Which parts make which shard: neighbours of one split in unit order, up to the shard size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from tore_export.storage.receipts import Part, Receipt

__all__ = ["Join", "JoinReceipt", "plan_joins"]


@dataclass(frozen=True, slots=True)
class Join:
    """One shard to be made of parts, in their order."""

    split: str
    number: int
    of: int
    parts: tuple[Part, ...]

    @property
    def name(self) -> str:
        """What the receipt of this join is called."""
        return f"join-{self.split}-{self.number:05d}-of-{self.of:05d}"


class JoinReceipt(msgspec.Struct, frozen=True):
    """What a join wrote; the shard is whole if this is there."""

    split: str
    number: int
    path: str
    rows: int
    size: int
    sha256: str


def plan_joins(
    receipts: Iterable[Receipt], splits: Iterable[str], shard_bytes: int | None
) -> list[Join]:
    """Group the parts of each split into shards of about `shard_bytes`, one a split where None.

    A shard is closed when the next part would take it further from the size than it is. No shard is
    empty; a split without rows has none. The same receipts give the same shards.
    """
    ordered = sorted(receipts, key=lambda receipt: receipt.unit)
    joins = []
    for split in (*splits, "rejects"):
        parts = [part for receipt in ordered for part in receipt.parts if part.split == split]
        groups = _group([part for part in parts if part.rows], shard_bytes)
        joins += [
            Join(split, number, len(groups), tuple(group)) for number, group in enumerate(groups)
        ]
    return joins


def _group(parts: list[Part], shard_bytes: int | None) -> list[list[Part]]:
    groups: list[list[Part]] = []
    size = 0
    for part in parts:
        with_it = size + part.estimate
        if groups and (
            shard_bytes is None or abs(with_it - shard_bytes) <= abs(size - shard_bytes)
        ):
            groups[-1].append(part)
            size = with_it
        else:
            groups.append([part])
            size = part.estimate
    return groups
