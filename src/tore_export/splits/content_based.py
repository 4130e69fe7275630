"""Strategy `content_based`: documents about the same things are on one side.

Families are parted in two by what they are about, and those again, until a piece holds no more than a
quarter of the smallest split; such a piece, a topic, is put on one side whole. Topics are dealt from
the largest to the smallest, so each split is off by about the smallest of them.

Parting is by two means, as in bisecting k-means; no part is smaller than a fifth, which bounds the
work to n log n. Vectors and means are whole numbers so small that a product in float32 is exact: the
result is the same whatever multiplies, in whatever order.

**Source** Steinbach, Karypis and Kumar 2000, A Comparison of Document Clustering Techniques.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tore_export.splits.apportion import deal
from tore_export.splits.families import Families
from tore_export.splits.hashed import in_hash_order
from tore_export.splits.rules import SplitRules

if TYPE_CHECKING:
    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]
    Vectors = npt.NDArray[np.float32]

__all__ = ["assign", "topics"]

TOPICS_IN_SMALLEST = 4
SMALLEST_PART = 0.2
ROUNDS = 6
MOST_LOOKED_AT = 20_000
LONGEST = 127
AT_A_TIME = 100_000


def assign(families: Families, rules: SplitRules) -> Integers:
    """Return the side of each family; those that an earlier dataset knows stay where they are."""
    assert families.vectors is not None
    sides = families.fixed.copy()
    free = in_hash_order(families, rules.seed)
    free = free[sides[free] < 0]
    weights = families.documents[free]
    most = families.documents.sum() * min(rules.shares) / TOPICS_IN_SMALLEST
    pieces = topics(_comparable(families.vectors[free]), weights, most)
    sizes = np.array([int(weights[piece].sum()) for piece in pieces], np.int64)
    order = np.lexsort((np.arange(len(pieces)), -sizes))
    known = sides >= 0
    # what is fixed is dealt first, so that topics fill up what it leaves
    row = np.concatenate([families.documents[known], sizes[order]])
    given = np.concatenate([sides[known], np.full(len(order), -1)])
    dealt = deal(row, rules.shares, given)[int(known.sum()) :]
    for number, side in zip(order.tolist(), dealt.tolist(), strict=True):
        sides[free[pieces[number]]] = side
    return sides


def _comparable(vectors: npt.NDArray[np.int8]) -> Vectors:
    """Return vectors without what all have in common, whole numbers of one length.

    Sums of whole numbers are exact in any order, and what follows is done number by number.
    """
    n = max(len(vectors), 1)
    total = vectors.sum(axis=0, dtype=np.int64)
    squares = sum(
        np.square(vectors[at : at + AT_A_TIME], dtype=np.int64).sum(axis=0)
        for at in range(0, len(vectors), AT_A_TIME)
    )
    spread = np.sqrt(np.maximum(squares / n - (total / n) ** 2, 1e-9))
    found = np.empty(vectors.shape, np.float32)
    for at in range(0, len(vectors), AT_A_TIME):
        centred = np.rint((vectors[at : at + AT_A_TIME] - total / n) / spread * 32)
        found[at : at + AT_A_TIME] = _as_long(centred)
    return found


def _as_long(rows: npt.NDArray[np.float64]) -> Vectors:
    lengths = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    return np.rint(rows * (LONGEST / np.where(lengths == 0, 1, lengths))).astype(np.float32)


def topics(vectors: Vectors, weights: Integers, most: float) -> list[Integers]:
    """Part rows into pieces that weigh at most `most`, or are one row; return the rows of each."""
    found = []
    waiting = [np.arange(len(vectors))]
    while waiting:
        rows = waiting.pop()
        if len(rows) <= 1 or weights[rows].sum() <= most:
            if len(rows):
                found.append(rows)
            continue
        waiting += _parted(vectors, rows)
    return found


def _parted(vectors: Vectors, rows: Integers) -> list[Integers]:
    """Return the rows in two parts, each of at least a fifth of them."""
    sample = vectors[rows[:: -(-len(rows) // MOST_LOOKED_AT)]]
    axis, middle = _two_means(sample)
    scores = vectors[rows] @ axis
    order = np.argsort(scores, kind="stable")
    n = len(rows)
    n_low = int(np.searchsorted(scores[order], middle))
    least = max(1, int(n * SMALLEST_PART))
    n_low = min(max(n_low, least), n - least)
    return [np.sort(rows[order[n_low:]]), np.sort(rows[order[:n_low]])]


def _two_means(sample: Vectors) -> tuple[Vectors, float]:
    """Return the axis between the two means of a sample, and where on it their middle lies."""
    # rows are in the order of their hashes: the first is any of them, its opposite a far one
    one = sample[0]
    other = sample[int(np.argmin(sample @ one))]
    for _ in range(ROUNDS):
        axis, middle = one - other, float(one @ one - other @ other) / 2
        is_one = sample @ axis >= middle
        n_one = int(is_one.sum())
        if n_one in (0, len(sample)):
            break
        one = _mean(sample[is_one])
        other = _mean(sample[~is_one])
    return one - other, float(one @ one - other @ other) / 2


def _mean(rows: Vectors) -> Vectors:
    # up to 20,000 numbers of up to 127: their sum is exact
    mean: Vectors = np.rint(rows.sum(axis=0, dtype=np.float64) / len(rows)).astype(np.float32)
    return mean
