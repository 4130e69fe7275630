"""What lines of prose look like: short ones, and ones that end as sentences do.

**Source** Penedo et al. 2024, The FineWeb Datasets (arXiv 2406.17557), section 3.6: short lines have 30
characters or fewer.
"""

from __future__ import annotations

import numpy as np

from tore_export.quality.prose import Counts, Flags, Shares, differences, share
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
    n_lines = prose.n_lines
    enough = n_lines >= MIN_LINES
    short = differences(prose.line_starts) - 1 <= SHORT_BYTES
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
    prose, letters = words.prose, words.letters
    begins, ends = prose.line_starts[:-1], prose.line_starts[1:] - 1
    sizes, text = ends - begins, ~prose.titles
    # what is between must lie between words, not before the first or after the last one
    entries = (text & (letters.take(begins) > 0) & (letters.take(ends - 1) > 0)).nonzero()[0]
    firsts = words.starts.searchsorted(begins.take(entries))
    n_words = words.starts.searchsorted(ends.take(entries)) - firsts
    between = sizes.take(entries) - (n_words - 1)
    between -= words.bytes_before.take(firsts + n_words)
    between += words.bytes_before.take(firsts)
    kept = (n_words <= MENU_WORDS) & ((between == 0) | (between == 2))
    del between
    entries, firsts, n_words = entries.compress(kept), firsts.compress(kept), n_words.compress(kept)
    closes = np.cumsum(n_words)
    at = np.arange(n_words.sum()) + (firsts - closes + n_words).repeat(n_words)
    wrong = prose.text.take(words.ends.take(at)) != 0x20
    wrong[closes - 1] = False  # after the last one the line ends
    wrong |= digits(words.tails.take(at), words.sizes.take(at))
    entries = np.delete(entries, closes.searchsorted(wrong.nonzero()[0], "right"))
    n_lines = prose.per_document(text)
    in_entries = np.zeros(len(sizes), np.int64)
    in_entries[entries] = sizes[entries]
    total = prose.per_document(np.where(text, sizes, 0)) + prose.beside
    return share(prose.per_document(in_entries), total, n_lines >= MIN_LINES)


def _ends_sentence(words: Words) -> Flags:
    text = words.prose.text
    last = words.prose.line_starts[1:] - 2  # before the newline
    # a quote or a bracket may close after the sentence's end
    last -= CLOSES.take(text.take(last))
    bytes_ = text.take(last)
    ends = ENDS.take(bytes_)
    beyond = (bytes_ >= 0x80).nonzero()[0]
    at = last.take(beyond)
    three = text.take(at - 2).astype(np.int64) << 16 | text.take(at - 1).astype(np.int64) << 8
    three |= text.take(at)
    ends[beyond] = _is_wide_end(three) | _is_wide_end(three & 0xFFFF)
    return ends


def _is_wide_end(characters: Counts) -> Flags:
    found: Flags = WIDE_ENDS.take(WIDE_ENDS.searchsorted(characters), mode="clip") == characters
    return found


def _table(characters: str) -> Flags:
    flags = np.zeros(256, np.bool_)
    flags[[ord(character) for character in characters]] = True
    return flags


CLOSES, ENDS = _table("\"')]"), _table(".!?:;")
WIDE_ENDS = np.sort([int.from_bytes(mark.encode()) for mark in "…。！？：；।؟۔"])
