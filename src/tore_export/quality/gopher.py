"""Gopher's rules of quality: how long words are, how many of them are words, what lines look like.

**Source** Rae et al. 2021, Scaling Language Models (arXiv 2112.11446), section A.1.1 and table A1.
Words are runs of letters and digits here, not what stands between spaces: punctuation that a table or
a list in Markdown needs does not count as words without letters.
"""

from __future__ import annotations

import numpy as np

from tore_export.quality.prose import Counts, Flags, Shares, before, differences, few, share
from tore_export.quality.stop_words import StopWords
from tore_export.quality.words import Words

__all__ = ["gopher_quality"]

MIN_WORDS = 20
"""From so many words on, their lengths and kinds say something."""

LONG_WORD = 24
MIN_LONG_BYTES = 60
"""Long words are judged from so many bytes on, so that one blob is enough."""

BULLETS = [ord(character) for character in "•‣▶◀◦■□▪▫–●○-*"]
IS_BULLET = np.zeros(1 << 16, np.bool_)
IS_BULLET[BULLETS] = True


def gopher_quality(words: Words, sample: Words, stops: StopWords) -> dict[str, Shares]:
    """Return a document's number of words, their mean length in characters, and shares of them.

    `sample` are those of its words that `stops` were looked for in.
    """
    prose = words.prose
    counts, n_lines = words.counts, prose.n_lines
    spaced = counts - words.n_alone
    mostly_spaced = (spaced >= MIN_WORDS) & (2 * spaced >= counts)
    n_bytes = words.n_bytes
    beyond = words.beyond
    n_letters = n_bytes - beyond.continuing(prose.document_starts, of_letters=True)
    if words.alone is not None:
        n_letters -= beyond.bytes_alone(prose.document_starts)
    long = (words.sizes > LONG_WORD).nonzero()[0]
    long = long[prose.text[words.starts[long]] < 0x80]
    in_long = differences(before(words.sizes[long])[long.searchsorted(words.firsts)])
    with_letters = sample.counts - sample.count(sample.all_digits)
    return {
        "n_words": counts.astype(np.float64),
        "mean_word_length": share(n_letters, spaced, mostly_spaced),
        "long_word_share": share(in_long, n_bytes, n_bytes >= MIN_LONG_BYTES),
        "symbol_to_word_ratio": share(_n_symbols(words), counts, counts >= MIN_WORDS),
        "bullet_line_share": share(prose.per_document(_bulleted(words)), n_lines),
        "ellipsis_line_share": share(prose.per_document(_ends_in_ellipsis(words)), n_lines),
        "alpha_word_share": share(with_letters, sample.counts, counts >= MIN_WORDS),
        "stop_words": np.where(mostly_spaced, stops.distinct.astype(np.float64), np.nan),
        "stop_word_share": np.where(mostly_spaced, stops.share, np.nan),
    }


def _n_symbols(words: Words) -> Counts:
    """Count number signs, or ellipses, whichever are more."""
    text = words.prose.text
    starts = words.prose.document_starts
    hashes = few(text == ord("#"))
    is_dot = text == ord(".")
    two = is_dot[:-1] & is_dot[1:]
    dots = few(two[1:] & ~is_dot[:-2])  # two, and none before them
    dots = dots.compress(is_dot.take(dots + 3)) + 1
    signs = words.beyond.at.compress(words.beyond.first_bytes == 0xE2)
    signs = signs[(text[signs + 1] == 0x80) & (text[signs + 2] == 0xA6)]
    n_hashes, n_dots, n_signs = (
        differences(found.searchsorted(starts)) for found in (hashes, dots, signs)
    )
    n_symbols: Counts = np.maximum(n_hashes, n_dots + n_signs)
    return n_symbols


def _bulleted(words: Words) -> Flags:
    prose = words.prose
    text, at = prose.text, prose.line_starts[:-1]
    first = text.take(at)
    found = IS_BULLET.take(first)
    wide = (first >> 4 == 0xE).nonzero()[0]
    at = at.take(wide)
    one, two, three = (text.take(at + offset).astype(np.int64) & 0x3F for offset in range(3))
    found[wide] = IS_BULLET.take((one & 0x0F) << 12 | two << 6 | three)
    return found


def _ends_in_ellipsis(words: Words) -> Flags:
    text = words.prose.text
    last = words.prose.line_starts[1:] - 2  # before the newline
    third, second, first = (text.take(last - offset) for offset in range(3))
    dots = (third == 0x2E) & (second == 0x2E) & (first == 0x2E)
    sign = (third == 0xA6) & (second == 0x80) & (first == 0xE2)
    either: Flags = dots | sign
    return either
