"""What lines of prose look like: short ones, and ones that end as sentences do.

**Source** Penedo et al. 2024, The FineWeb Datasets (arXiv 2406.17557), section 3.6: short lines have 30
characters or fewer.
"""

from __future__ import annotations

import numpy as np

from tore_export.quality.prose import Flags, Shares, share
from tore_export.quality.words import Words, digits

__all__ = ["line_layout"]

MIN_LINES = 8
"""From so many lines on, their shares say something."""

SHORT_BYTES = 30
MENU_WORDS = 5


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
    firsts = np.searchsorted(words.starts, prose.line_starts)
    n_words = np.diff(firsts)
    between = sizes - np.diff(words.bytes_before[firsts]) - (n_words - 1)
    text = ~prose.titles
    entries = np.flatnonzero(
        text & (n_words > 0) & (n_words <= MENU_WORDS) & ((between == 0) | (between == 2))
    )
    # what is between must lie between words, not before the first or after the last one
    begins = words.starts[firsts[entries]] == prose.line_starts[entries]
    ends = words.ends[firsts[entries + 1] - 1] == prose.line_starts[entries + 1] - 1
    entries = entries[begins & ends]
    for nth in range(MENU_WORDS):
        there = np.flatnonzero(n_words[entries] > nth)
        at = firsts[entries[there]] + nth
        follows = n_words[entries[there]] > nth + 1
        number = digits(words.tails[at], words.sizes[at])
        entries = np.delete(entries, there[number | follows & (prose.text[words.ends[at]] != 0x20)])
    n_lines = prose.per_document(text)
    in_entries = np.zeros(len(sizes), np.int64)
    in_entries[entries] = sizes[entries]
    total = prose.per_document(np.where(text, sizes, 0)) + prose.beside
    return share(prose.per_document(in_entries), total, n_lines >= MIN_LINES)


def _ends_sentence(words: Words) -> Flags:
    text = words.prose.text
    last = words.prose.line_starts[1:] - 2  # before the newline
    # a quote or a bracket may close after the sentence's end
    last = last - CLOSES[text[last]]
    ends = ENDS[text[last]]
    beyond = np.flatnonzero(text[last] >= 0x80)
    at = last[beyond]
    three = text[at - 2].astype(np.int64) << 16 | text[at - 1].astype(np.int64) << 8 | text[at]
    ends[beyond] = np.isin(three, WIDE_ENDS) | np.isin(three & 0xFFFF, WIDE_ENDS)
    return ends


def _table(characters: str) -> Flags:
    flags = np.zeros(256, np.bool_)
    flags[[ord(character) for character in characters]] = True
    return flags


CLOSES, ENDS = _table("\"')]"), _table(".!?:;")
WIDE_ENDS = [int.from_bytes(mark.encode()) for mark in "…。！？：；।؟۔"]
