"""Order: whether words follow each other as in sentences, or anyhow."""

from __future__ import annotations

import numpy as np

from tore_export.quality.evidence import mean_evidence
from tore_export.quality.prose import Counts, Flags, Shares
from tore_export.quality.stop_words import StopWords
from tore_export.quality.words import MIX, Numbers, Words

__all__ = ["BITS", "LANGUAGES", "pairs", "word_order"]

BITS = 18
"""The table has 2^18 entries; pairs that share one share its evidence."""

LANGUAGES = frozenset("ca cs da de el en es fr id it nl pt ro ru sv vi".split())
"""Languages with spaces that there is evidence for; others are not judged."""

MIN_PAIRS = 30
MIN_STOP_WORDS = 0.04
"""With a smaller share of function words its language is not known by them."""

KNOWN_LETTERS = 0.5
"""Such a document is still judged if its words end as those of LANGUAGES do, see `letter_order`."""

SCRIPTS = np.array(
    [
        0x61 <= byte <= 0x7A
        or 0x30 <= byte <= 0x39
        or 0xC3 <= byte <= 0xCA
        or 0xCE <= byte <= 0xD2
        or 0xE3 <= byte <= 0xED
        for byte in range(256)
    ]
)
"""First bytes of words that there may be evidence for."""

GAPS = np.full(256, 1, np.uint64)
GAPS[ord(" ")] = 0
GAPS[ord(",")] = 2
GAPS[[ord(mark) for mark in ".!?:;"]] = 3

DIGITS, ENDING = np.uint64(0x30), np.uint64(1 << 63)
CODE = np.uint64(0xFF51AFD7ED558CCD)


def word_order(words: Words, stops: StopWords, letters: Shares) -> dict[str, Shares]:
    """Return how much more a document's pairs of words look like sentences than like words at random.

    Both are means of ln(p / q): p is how often such a pair is seen in text, q how often in text whose
    words, or characters, were shuffled. `word_order` is over pairs of words, of documents in one of
    LANGUAGES or in Korean, as far as can be told; `character_order` over pairs of characters of Chinese and Japanese. What
    counts of a word is the word itself if it is short or a function word, else its ending; whether it
    begins with a capital; and what punctuation stands in between.
    """
    slots, at = pairs(words, stops)
    if words.alone is None:
        characters = np.zeros(len(at), np.bool_)
    else:
        characters = words.alone[at] & words.alone[at + 1]
    of_words, _ = mean_evidence("order", slots[~characters], at[~characters], words, MIN_PAIRS)
    of_characters, _ = mean_evidence("order", slots[characters], at[characters], words, MIN_PAIRS)
    many = stops.share >= MIN_STOP_WORDS
    known = many & np.isin(stops.languages, sorted(LANGUAGES)) | ~many & (letters >= KNOWN_LETTERS)
    known &= 5 * words.n_alone <= 4 * words.counts
    known |= 2 * words.count(words.initials >= 0xEA) > words.counts  # Hangul
    return {
        "word_order": np.where(known, of_words, np.nan),
        "character_order": of_characters,
    }


def pairs(words: Words, stops: StopWords) -> tuple[Counts, Counts]:
    """Return an entry of the table for each pair of neighbours in a line, and the first one's number.

    Neighbours have a space between them and no line end, or are characters that stand alone.
    """
    text = words.prose.text
    known = SCRIPTS[words.initials]
    gaps = words.starts[1:] - words.ends[:-1]
    after, before = text[words.ends[:-1]], text[words.starts[1:] - 1]
    spaced = ((after == 0x20) | (before == 0x20)) & (after != 0x0A) & (before != 0x0A) & (gaps <= 4)
    at = np.flatnonzero((spaced | (gaps == 0)) & known[1:] & known[:-1])
    codes = _codes(words, stops.found)
    between = np.where(gaps[at] == 0, np.uint64(0), GAPS[after[at]])
    keys = (codes[at] * np.uint64(5) + between) * MIX + codes[at + 1]
    return ((keys * MIX) >> np.uint64(64 - BITS)).astype(np.int64), at


def _codes(words: Words, stop: Flags) -> Numbers:
    """Return a number for what counts of each word."""
    sizes = words.sizes
    first = words.prose.text[words.starts]
    wide = words.prose.text[words.ends - 1] >= 0x80  # letters of two or more bytes
    whole = stop | (sizes <= np.where(wide, 6, 4))
    surplus = np.minimum(sizes, 8) - np.where(wide, 4, 3)
    endings = words.tails >> (np.maximum(surplus, 0) << 3).astype(np.uint64) | ENDING
    codes = np.where(whole, words.tails, endings)
    codes[words.all_digits()] = DIGITS
    codes *= CODE
    codes ^= codes >> np.uint64(32)
    return codes + ((first >= 0x41) & (first <= 0x5A))
