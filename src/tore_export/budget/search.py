"""The smallest number of changes that is enough, found with few countings of the whole."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import accumulate

__all__ = ["MOST_COUNTS", "smallest_enough"]

MOST_COUNTS = 24
"""After so many countings the best that was found is taken."""


def smallest_enough(
    savings: Sequence[int], before: int, max_tokens: int, count: Callable[[int], int]
) -> tuple[int, int]:
    """Return the least number of changes, from the first on, that is enough, and what is left then.

    `savings` estimates each change; `count(k)` says what is left after the first k. All of them, where
    all are not enough. The estimate names where to look, and each counting corrects it; mostly three
    are enough.

    >>> smallest_enough([3, 3, 3, 3], 20, 12, lambda k: 20 - 4 * k)
    (2, 12)
    """
    sums = list(accumulate(savings))
    n = len(sums)
    low, high = 0, n + 1
    found = before
    wanted = before - max_tokens
    error = 0
    for tried in range(MOST_COUNTS):
        if low + 1 >= high:
            break
        at = (
            bisect_left(sums, wanted + error) + 1 if tried < MOST_COUNTS // 2 else (low + high) // 2
        )
        at = min(max(at, low + 1), high - 1, n)
        left = count(at)
        error = left - (before - sums[at - 1])
        if left <= max_tokens:
            high, found = at, left
        elif at == n:
            return n, left
        else:
            low = at
    return (high, found) if high <= n else (n, count(n))
