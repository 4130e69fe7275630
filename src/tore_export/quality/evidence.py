"""Tables of evidence: how much more often something is seen in text than in spoiled text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from tore_export.quality.prose import Counts, Shares, before, differences, share
from tore_export.quality.words import Words

__all__ = ["SCALE", "mean_evidence", "table"]

SCALE = 24
"""Entries are signed bytes, the natural logarithm of the ratio times this."""


@cache
def table(name: str) -> npt.NDArray[np.int8]:
    """Return a table that is shipped with the package."""
    raw = (files("tore_export.quality") / "data" / f"{name}.bin").read_bytes()
    return np.frombuffer(raw, np.int8)


def mean_evidence(
    name: str, found: Sequence[tuple[Counts, Counts]], words: Words, minimum: int
) -> Shares:
    """Return each document's mean over the entries that were found for its words.

    `found` are pairs of entries and the ascending numbers of the words they belong to. The mean is not
    a number where a document has fewer than `minimum`.
    """
    ends = np.cumsum([0, *(len(at) for _, at in found)])
    bounds = np.stack([at.searchsorted(words.firsts) for _, at in found])
    evidence = table(name).take(np.concatenate([slots for slots, _ in found]))
    # whole numbers add up to the same in any order
    total = differences(before(evidence).take(bounds + ends[:-1, None])).sum(axis=0)
    count = differences(bounds).sum(axis=0)
    return share(total, count * SCALE, count >= minimum)
