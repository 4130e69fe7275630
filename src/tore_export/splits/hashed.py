"""Strategies `random` and `group`: by the hash of a family's key.

The key is the group where there is one, else the text of the family's first document. Shares hold on
the average; with `exact_ratios` families are put in the order of their hashes and cut where the shares
end, so each split is off by at most the largest family.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tore_export.splits.apportion import cut
from tore_export.splits.families import Families
from tore_export.splits.hashing import positions_of, sides_of
from tore_export.splits.rules import SplitRules

if TYPE_CHECKING:
    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]

__all__ = ["assign", "in_hash_order"]


def assign(families: Families, rules: SplitRules) -> Integers:
    """Return the side of each family."""
    if not rules.exact_ratios:
        hashed = sides_of(positions_of(rules.seed, families.keys), rules.shares)
        return np.where(families.fixed >= 0, families.fixed, hashed)
    order = in_hash_order(families, rules.seed)
    sides = np.empty(len(families), np.int64)
    sides[order] = cut(families.documents[order], rules.shares, families.fixed[order])
    return sides


def in_hash_order(families: Families, seed: int, *before: Integers) -> Integers:
    """Return the order of families by `before`, first to last, and then by their hash."""
    positions = positions_of(seed, families.keys)
    # equal positions only where keys are equal: in input order
    return np.lexsort((positions, *reversed(before)))
