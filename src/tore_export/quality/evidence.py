"""Tables of evidence: how much more often something is seen in text than in spoiled text."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from tore_export.quality.prose import Counts, Flags, Shares, share
from tore_export.quality.words import Words, before

__all__ = ["SCALE", "mean_evidence", "table"]

SCALE = 24
"""Entries are signed bytes, the natural logarithm of the ratio times this."""


@cache
def table(name: str) -> npt.NDArray[np.int8]:
    """Return a table that is shipped with the package."""
    raw = (files("tore_export.quality") / "data" / f"{name}.bin").read_bytes()
    return np.frombuffer(raw, np.int8)


def mean_evidence(
    name: str, slots: Counts, at: Counts, words: Words, minimum: int
) -> tuple[Shares, Counts]:
    """Return each document's mean over its entries, and how many there are.

    `at` are the ascending numbers of the words that `slots` belong to. The mean is not a number where
    there are fewer than `minimum`.
    """
    # whole numbers add up to the same in any order
    totals = before(table(name)[slots])
    bounds = np.searchsorted(at, words.firsts)
    counts = np.diff(bounds)
    enough: Flags = counts >= minimum
    return share(np.diff(totals[bounds]), counts * SCALE, enough), counts
