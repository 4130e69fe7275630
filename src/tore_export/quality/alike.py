"""Equal numbers among many: the first one that equals each, found without sorting."""

from __future__ import annotations

import numpy as np

from tore_export.quality.prose import Counts
from tore_export.quality.words import Numbers

__all__ = ["first_alike"]

APART = np.uint64(0xD6E8FEB86659FD93)
MIXES = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xFF51AFD7ED558CCD], np.uint64)


def first_alike(keys: Numbers, slots: Counts | None = None, n_slots: int = 0) -> Counts:
    """Return for each key the index of the first one that equals it, its own if none is before it.

    Each key has a slot in a table. The first of all keys with a slot keeps it; those that differ from
    it are looked up again, by slots of other bits. `slots` are those of the first look: where they are
    given, keys in different ones are not equal.

    >>> first_alike(np.array([7, 3, 7, 7, 3], np.uint64)).tolist()
    [0, 1, 0, 0, 1]
    """
    if slots is None:
        slots, n_slots = _slots(keys, 0)
    found = _first_in_slots(slots, n_slots)
    others = (keys.take(found) != keys).nonzero()[0]
    left, look = keys.take(others), 1
    left ^= slots.take(others).view(np.uint64) * APART
    while len(others):
        there = _first_in_slots(*_slots(left, look))
        found[others] = others.take(there)
        differs = left.take(there) != left
        others, left = others.compress(differs), left.compress(differs)
        look += 1
    return found


def _slots(keys: Numbers, look: int) -> tuple[Counts, int]:
    # few are looked up again, and so far apart that hardly one has to be a third time
    bits = len(keys).bit_length() + (3 if look else 1)
    mixed = keys * MIXES[look % len(MIXES)]
    mixed >>= np.uint64(64 - bits)
    return mixed.view(np.int64), 1 << bits


def _first_in_slots(slots: Counts, n_slots: int) -> Counts:
    """Return for each slot the index at which it first occurs."""
    table = np.empty(n_slots, np.int32)  # half as wide: more of it stays in the cache
    # of what is written to one place the last stays
    table[slots[::-1].copy()] = np.arange(len(slots) - 1, -1, -1, dtype=np.int32)
    return table.take(slots).astype(np.int64)
