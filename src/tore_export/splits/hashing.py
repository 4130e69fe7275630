"""A key's place in [0, 1), and the split that lies there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from hashlib import sha256
from itertools import accumulate

__all__ = ["GROUP_KEY", "bounds_of", "position_of", "side_of"]

GROUP_KEY = b"group\0"
"""What stands before a group's name in its key, so that no text has the key of a group."""


def position_of(seed: int, key: bytes) -> float:
    """Return where a key lies in [0, 1).

    >>> round(position_of(0, b"some text"), 3)
    0.212
    """
    digest = sha256(b"%d\0%b" % (seed, key)).digest()
    # 53 bits, all that a float holds: the quotient is exact and below 1
    return (int.from_bytes(digest[:8], "big") >> 11) / (1 << 53)


def bounds_of(shares: Sequence[float]) -> list[float]:
    """Return where each split but the last ends in [0, 1].

    >>> bounds_of([0.5, 0.25, 0.25])
    [0.5, 0.75]
    """
    return list(accumulate(shares))[:-1]


def side_of(position: float, bounds: Sequence[float]) -> int:
    """Return the number of the split that a position falls into."""
    return bisect_right(bounds, position)
