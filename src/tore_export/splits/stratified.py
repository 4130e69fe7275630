"""Strategy `stratified`: the documents of each value are split alike.

Families are put in the order of strata, within each the largest first, and dealt to the split that
lacks most; so shares hold in each stratum to within a few documents, and in the whole. A family that
holds several values counts for that of its first document.
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
    assert families.strata is not None
    order = in_hash_order(families, rules.seed, families.strata, -families.documents)
    sides = np.empty(len(families), np.int64)
    sides[order] = deal(families.documents[order], rules.shares, families.fixed[order])
    return sides
