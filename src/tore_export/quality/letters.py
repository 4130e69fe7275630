"""Letters: whether they follow each other as in words of languages, or anyhow."""

from __future__ import annotations

import numpy as np

from tore_export.quality.evidence import mean_evidence
from tore_export.quality.prose import Counts, Shares
from tore_export.quality.words import Words

__all__ = ["BITS", "endings", "letter_order"]

BITS = 16
"""The table has 2^16 entries; sequences that share one share its evidence."""

MIN_WORDS = 25
"""From so many words on, the mean says something."""

FOUR_BYTES = np.uint64(0xFFFFFFFF)
HASH = np.uint64(0x9E3779B1)

ALPHABETS = np.array(
    [0x61 <= byte <= 0x7A or 0xC3 <= byte <= 0xCA or 0xCE <= byte <= 0xD2 for byte in range(256)]
)
"""First bytes of letters that there is evidence for: Latin, Greek and Cyrillic ones."""


def letter_order(words: Words) -> dict[str, Shares]:
    """Return how much more the ends of a document's words look like words than like mixed letters.

    It is the mean, over words of at least three bytes in Latin, Greek or Cyrillic letters, of
    ln(p / q): p is how often the word's last four bytes end words in text, q how often they do in
    text whose letters were shuffled.
    """
    slots, at = endings(words)
    means, _ = mean_evidence("letters", slots, at, words, MIN_WORDS)
    return {"letter_order": means}


def endings(words: Words) -> tuple[Counts, Counts]:
    """Return an entry of the table for each word that there may be evidence for, and which it is."""
    at = np.flatnonzero(ALPHABETS[words.initials] & (words.sizes >= 3))
    surplus = (np.clip(words.sizes[at], 4, 8) - 4) << 3
    four = words.tails[at] >> surplus.astype(np.uint64)
    return ((four * HASH & FOUR_BYTES) >> np.uint64(32 - BITS)).astype(np.int64), at
