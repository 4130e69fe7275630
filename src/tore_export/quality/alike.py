"""Equal numbers among many: those that another one equals, found without sorting."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tore_export.quality.prose import Counts, picked
from tore_export.quality.words import Numbers

__all__ = ["Alike", "alike"]

APART = np.uint64(0xD6E8FEB86659FD93)
MIXES = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xFF51AFD7ED558CCD], np.uint64)

Indices = npt.NDArray[np.int32]


class Alike(NamedTuple):
    """Numbers that occur more than once: where, ascending, and for each where it is first."""

    places: Counts
    opens: Counts

    @property
    def again(self) -> Counts:
        """All places but the first of each number."""
        return self.places.compress(self.places != self.opens)


def alike(keys: Numbers, slots: Counts | None = None, n_slots: int = 0) -> Alike:
    """Return the keys that another one equals.

    Each key has a slot in a table. The first of all keys with a slot keeps it; those that differ from
    it are looked up again, by slots of other bits. `slots` are those of the first look: where they are
    given, keys in different ones are not equal.

    >>> found = alike(np.array([7, 3, 7, 1, 7, 3], np.uint64))
    >>> found.places.tolist(), found.opens.tolist()
    ([0, 1, 2, 4, 5], [0, 1, 0, 0, 1])
    """
    if slots is None:
        slots, n_slots = _slots(keys, 0)
    own = np.arange(len(keys), dtype=np.int32)
    first = _first_in_slots(slots, n_slots, own)
    # most are alone in their slot, and all there is to know of those is known
    others = (first != own).nonzero()[0]
    left, look = picked(keys, others), 1
    differs = left != picked(keys, picked(first, others))
    others, left = others.compress(differs), left.compress(differs)
    left ^= picked(slots, others).view(np.uint64) * APART
    while len(others):
        there = _first_in_slots(*_slots(left, look), own[: len(others)])
        first[others] = picked(others, there)
        differs = picked(left, there) != left
        others, left = others.compress(differs), left.compress(differs)
        look += 1
    more = first != own
    more[first.compress(more)] = True
    places = more.nonzero()[0]
    return Alike(places, picked(first, places).astype(np.int64))


def _slots(keys: Numbers, look: int) -> tuple[Counts, int]:
    # few are looked up again, and so far apart that hardly one has to be a third time
    bits = len(keys).bit_length() + (3 if look else 1)
    mixed = keys * MIXES[look % len(MIXES)]
    mixed >>= np.uint64(64 - bits)
    return mixed.view(np.int64), 1 << bits


def _first_in_slots(slots: Counts, n_slots: int, own: Indices) -> Indices:
    """Return for each slot the index at which it first occurs; `own` are the indices."""
    table = np.empty(n_slots, np.int32)  # half as wide: more of it stays in the cache
    # of what is written to one place the last stays
    table[slots[::-1].copy()] = own[::-1]
    return picked(table, slots)
