"""Strategy `balanced`: shares hold in tokens.

Families are dealt from the largest to the smallest, each to the split that lacks most of the tokens
dealt so far. So every split has large and small ones in proportion, and the last, small ones even out
what is left.
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

__all__ = ["assign"]


def assign(families: Families, rules: SplitRules) -> npt.NDArray[np.int64]:
    """Return the side of each family."""
    order = in_hash_order(families, rules.seed, -families.tokens)
    # what is fixed is there from the beginning, so the free ones fill up what it leaves
    order = np.concatenate([order[families.fixed[order] >= 0], order[families.fixed[order] < 0]])
    sides = np.empty(len(families), np.int64)
    sides[order] = deal(families.tokens[order], rules.shares, families.fixed[order])
    return sides
