"""What lines of prose look like: short ones, and ones that end as sentences do.

**Source** Penedo et al. 2024, The FineWeb Datasets (arXiv 2406.17557), section 3.6: short lines have 30
characters or fewer.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tore_export.quality.gopher import all_digits
from tore_export.quality.prose import Counts, Flags, Shares, share
from tore_export.quality.words import Words

__all__ = ["line_layout"]

MIN_LINES = 8
"""From so many lines on, their shares say something."""

SHORT_BYTES = 30
MENU_WORDS = 5

SENTENCE_ENDS = [text.encode() for text in ".!?:;…。！？：；।؟۔"]


def line_layout(words: Words) -> dict[str, Shares]:
    """Return the shares of a document's lines that are short, that end a sentence, that are a menu's.

    Lines are measured in bytes of UTF-8, which is characters where letters are ASCII.
    """
    prose = words.prose
    n_lines = np.diff(prose.lines)
    enough = n_lines >= MIN_LINES
    short = np.diff(prose.line_starts) - 1 <= SHORT_BYTES
    return {
        "short_line_share": share(prose.per_document(short), n_lines, enough),
        "line_punct_share": share(prose.per_document(_ends_sentence(words)), n_lines, enough),
        "menu_share": _menu_share(words),
    }


def _menu_share(words: Words) -> Shares:
    """Return the share of a document's text, without headings, that could be a menu's entries.

    Such a line has at most MENU_WORDS words, no number, and between its words nothing but one space,
    or a sign with a space before and after it. Code and tables count as text here: next to them short
    lines are labels.
    """
    prose = words.prose
    sizes = np.diff(prose.line_starts) - 1
    n_words = np.diff(words.of_line)
    spaced = _per_line(words, prose.text[words.ends] == 0x20)
    between = sizes - _per_line(words, words.ends - words.starts) - (n_words - 1)
    entry = (n_words > 0) & (n_words <= MENU_WORDS) & (spaced == n_words - 1)
    entry &= ((between == 0) | (between == 2)) & (_per_line(words, all_digits(words)) == 0)
    text = ~prose.titles
    n_lines = prose.per_document(text)
    total = prose.per_document(np.where(text, sizes, 0)) + prose.beside
    return share(prose.per_document(np.where(text & entry, sizes, 0)), total, n_lines >= MIN_LINES)


def _per_line(words: Words, values: npt.NDArray[Any]) -> Counts:
    """Add up one whole number a word for each line."""
    totals = np.concatenate((np.zeros(1, np.int64), np.cumsum(values, dtype=np.int64)))
    return np.diff(totals[words.of_line])


def _ends_sentence(words: Words) -> Flags:
    text = words.prose.text
    last = words.prose.line_starts[1:] - 2  # before the newline
    # a quote or a bracket may close after the sentence's end
    last = last - np.isin(text[last], np.frombuffer(b"\"')]", np.uint8))
    ends = np.zeros(len(last), np.bool_)
    for mark in SENTENCE_ENDS:
        same = np.ones(len(last), np.bool_)
        for offset, byte in enumerate(reversed(mark)):
            same &= text[last - offset] == byte
        ends |= same
    return ends
