"""Strategy `temporal`: the oldest documents are in the first split, the newest in the last.

A family has the date of its newest document, so nothing newer gets into an earlier split.
A newcomer is never put before a split that an earlier dataset gave to a document as old.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tore_export.splits.apportion import cut
from tore_export.splits.families import Families
from tore_export.splits.hashed import in_hash_order
from tore_export.splits.rules import SplitRules

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["assign"]


def assign(families: Families, rules: SplitRules) -> npt.NDArray[np.int64]:
    """Return the side of each family."""
    assert families.dates is not None
    order = in_hash_order(families, rules.seed, families.dates)
    fixed = families.fixed[order]
    by_date = cut(families.documents[order], rules.shares, np.full(len(order), -1))
    not_before = np.maximum.accumulate(np.maximum(by_date, fixed)) if len(order) else by_date
    sides = np.empty(len(families), np.int64)
    sides[order] = np.where(fixed >= 0, fixed, not_before)
    return sides
