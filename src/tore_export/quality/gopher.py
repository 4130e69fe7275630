"""Gopher's rules of quality: how long words are, how many of them are words, what lines look like.

**Source** Rae et al. 2021, Scaling Language Models (arXiv 2112.11446), section A.1.1 and table A1.
Words are runs of letters and digits here, not what stands between spaces: punctuation that a table or
a list in Markdown needs does not count as words without letters.
"""

from __future__ import annotations

import numpy as np

from tore_export.quality.prose import Bytes, Counts, Flags, Shares, share
from tore_export.quality.stop_words import StopWords
from tore_export.quality.words import Numbers, Words

__all__ = ["all_digits", "gopher_quality"]

MIN_WORDS = 20
"""From so many words on, their lengths and kinds say something."""

LONG_WORD = 24
MIN_LONG_BYTES = 60
"""Long words are judged from so many bytes on, so that one blob is enough."""

BULLETS = ("•", "‣", "▶", "◀", "◦", "■", "□", "▪", "▫", "–", "●", "○", "-", "*")

HIGH = np.uint64(0xF0F0F0F0F0F0F0F0)
DIGITS = np.uint64(0x3030303030303030)


def gopher_quality(words: Words, stops: StopWords) -> dict[str, Shares]:
    """Return a document's number of words, their mean length in characters, and shares of them."""
    prose = words.prose
    counts = words.counts
    spaced = counts if words.alone is None else counts - words.sums(words.alone)
    mostly_spaced = (spaced >= MIN_WORDS) & (2 * spaced >= counts)
    return {
        "n_words": counts.astype(np.float64),
        "mean_word_length": share(_n_letters(words), spaced, mostly_spaced),
        "long_word_share": _long_words(words),
        "symbol_to_word_ratio": share(_n_symbols(words), counts, counts >= MIN_WORDS),
        "bullet_line_share": share(prose.per_document(_bulleted(words)), np.diff(prose.lines)),
        "ellipsis_line_share": share(
            prose.per_document(_ends_in_ellipsis(words)), np.diff(prose.lines)
        ),
        "alpha_word_share": share(
            counts - words.sums(all_digits(words)), counts, counts >= MIN_WORDS
        ),
        "stop_words": np.where(mostly_spaced, stops.distinct.astype(np.float64), np.nan),
        "stop_word_share": np.where(mostly_spaced, stops.share, np.nan),
    }


def _n_letters(words: Words) -> Counts:
    """Count the characters of a document's words, without those that stand alone."""
    # a character has one byte that does not go on from the one before
    goes_on = np.flatnonzero((words.letters & 0xC0) == 0x80)
    n_going_on = np.diff(np.searchsorted(goes_on, words.prose.document_starts))
    n_bytes = words.sums(words.ends - words.starts)
    if words.alone is None:
        return n_bytes - n_going_on
    return n_bytes - n_going_on - words.sums(words.alone)


def _long_words(words: Words) -> Shares:
    """Return the share of bytes of words that lie in ASCII words which no language has."""
    sizes = words.ends - words.starts
    long = np.where((sizes > LONG_WORD) & (words.letters[words.starts] < 0x80), sizes, 0)
    total = words.sums(sizes)
    return share(words.sums(long), total, total >= MIN_LONG_BYTES)


def _n_symbols(words: Words) -> Counts:
    """Count number signs, or ellipses, whichever are more."""
    text = words.prose.text
    starts = words.prose.document_starts
    hashes = np.flatnonzero(text == ord("#"))
    dots = np.flatnonzero(text[:-2] == ord("."))
    dots = dots[(text[dots + 1] == ord(".")) & (text[dots + 2] == ord("."))]
    dots = dots[text[dots - 1] != ord(".")]
    signs = np.flatnonzero(text[:-2] == 0xE2)
    signs = signs[(text[signs + 1] == 0x80) & (text[signs + 2] == 0xA6)]
    n_hashes, n_dots, n_signs = (
        np.diff(np.searchsorted(found, starts)) for found in (hashes, dots, signs)
    )
    return np.maximum(n_hashes, n_dots + n_signs)


def _bulleted(words: Words) -> Flags:
    prose = words.prose
    heads = _characters(prose.text, prose.line_starts[:-1])
    return np.isin(heads, [ord(bullet) for bullet in BULLETS])


def _ends_in_ellipsis(words: Words) -> Flags:
    text = words.prose.text
    last = words.prose.line_starts[1:] - 2  # before the newline
    dots = (text[last] == 0x2E) & (text[last - 1] == 0x2E) & (text[last - 2] == 0x2E)
    return dots | (text[last] == 0xA6) & (text[last - 1] == 0x80) & (text[last - 2] == 0xE2)


def _characters(text: Bytes, at: Counts) -> Counts:
    """Return the code points at `at`, 0 where they have two or four bytes."""
    lead = text[at].astype(np.int64)
    three = (lead & 0x0F) << 12 | (text[at + 1].astype(np.int64) & 0x3F) << 6 | text[at + 2] & 0x3F
    return np.where(lead < 0x80, lead, np.where(lead >> 4 == 0xE, three, 0))


def all_digits(words: Words) -> Flags:
    """Tell which words have nothing but digits in their last eight bytes."""
    sizes = words.ends - words.starts
    kept: Numbers = MASKS[np.minimum(sizes, 8)]
    return (words.tails & HIGH) == (DIGITS & kept)


MASKS = np.array([(1 << 8 * size) - 1 for size in range(9)], np.uint64)
