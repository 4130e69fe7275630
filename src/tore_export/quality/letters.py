"""Letters: whether they follow each other as in words of languages, or anyhow."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tore_export.quality.evidence import mean_evidence
from tore_export.quality.prose import Counts, Shares
from tore_export.quality.words import Words

__all__ = ["BITS", "letter_order", "sequences"]

BITS = 16
"""The table has 2^16 entries; sequences that share one share its evidence."""

MIN_SEQUENCES = 60
"""From so many on, the mean says something."""

LAST = 3
"""So many sequences are looked at in a word, those at its end."""

FOUR_BYTES = np.uint64(0xFFFFFFFF)
HASH = np.uint64(0x9E3779B1)

FEW, MORE = 3, 4
BYTES = np.zeros(256, np.uint8)
BYTES[0x61:0x7B] = BYTES[0xC3:0xCB] = FEW
BYTES[0xCE:0xD3] = MORE
"""By a word's first byte: how long sequences are. Latin letters have three bytes of text, Greek and
Cyrillic ones, of two bytes each, four; for others there is no evidence."""


def letter_order(words: Words) -> dict[str, Shares]:
    """Return how much more a document's words look like words than like letters at random.

    It is the mean, over the sequences of letters at the end of words in Latin, Greek or Cyrillic
    letters, of ln(p / q): p is how often words have that sequence in text, q how often in text whose
    letters were shuffled. Languages that there is no evidence for share enough sequences with others
    to stay well above shuffled letters.
    """
    return {"letter_order": mean_evidence("letters", list(sequences(words)), words, MIN_SEQUENCES)}


def sequences(words: Words) -> Iterator[tuple[Counts, Counts]]:
    """Yield entries of the table and the numbers of the words they are of.

    First the last sequence of each word in Latin letters, then those before it; then likewise of
    words in Greek and Cyrillic ones.
    """
    lengths = BYTES.take(words.initials)
    for length in (FEW, MORE):
        at = ((lengths == length) & (words.sizes >= length)).nonzero()[0]
        tails, kept = words.tails.take(at), np.uint64((1 << 8 * length) - 1)
        # the bit at which a sequence begins
        start = np.minimum(words.sizes.take(at), 8)
        start -= length
        start <<= 3
        for _ in range(LAST):
            sequence = tails >> start.view(np.uint64)
            sequence &= kept
            sequence *= HASH
            sequence &= FOUR_BYTES
            sequence >>= np.uint64(32 - BITS)
            yield sequence.view(np.int64), at
            # a letter of three bytes' sequence has one byte, of four bytes' two
            start -= (length - 2) << 3
            more = (start >= 0).nonzero()[0]
            at, tails, start = at.take(more), tails.take(more), start.take(more)
