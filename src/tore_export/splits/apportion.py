"""Lay out families over splits so that shares hold: two ways, and what each promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]

__all__ = ["cut", "deal"]


def cut(weights: Integers, shares: Sequence[float], fixed: Integers) -> Integers:
    """Return the side of each item: the row of items is cut into one piece a split.

    An item lies where its middle lies, so each split is off by at most the largest item. `fixed` are
    sides that are given, -1 for none; they count, and the free ones share what is left.

    >>> cut(np.ones(10, np.int64), [0.5, 0.3, 0.2], np.full(10, -1)).tolist()
    [0, 0, 0, 0, 0, 1, 1, 1, 2, 2]
    """
    is_free = fixed < 0
    total = int(weights.sum())
    taken = [int(weights[fixed == side].sum()) for side in range(len(shares))]
    left = [max(share * total - done, 0.0) for share, done in zip(shares, taken, strict=True)]
    free = weights[is_free]
    n_left = sum(left)
    ends = np.cumsum([part / n_left for part in left])[:-1] if n_left else np.cumsum(shares)[:-1]
    middles = (np.cumsum(free) - free / 2) / max(int(free.sum()), 1)
    sides = fixed.copy()
    sides[is_free] = np.searchsorted(ends, middles, side="right")
    return sides


def deal(weights: Integers, shares: Sequence[float], fixed: Integers) -> Integers:
    """Return the side of each item, dealt one after the other to the split that lacks most.

    So shares hold for every beginning of the row, and for every stretch of it, to within a few items:
    each stratum is split alike where strata follow one another.

    >>> deal(np.ones(8, np.int64), [0.5, 0.5], np.full(8, -1)).tolist()
    [0, 1, 0, 1, 0, 1, 0, 1]
    """
    lacking = [0.0] * len(shares)
    numbers = range(len(shares))
    sides = []
    for weight, given in zip(weights.tolist(), fixed.tolist(), strict=True):
        for number in numbers:
            lacking[number] += weight * shares[number]
        side = given if given >= 0 else max(numbers, key=lacking.__getitem__)
        lacking[side] -= weight
        sides.append(side)
    return np.array(sides, np.int64)
