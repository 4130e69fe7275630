"""What lines of prose look like: short ones, and ones that end as sentences do.

**Source** Penedo et al. 2024, The FineWeb Datasets (arXiv 2406.17557), section 3.6: short lines have 30
characters or fewer.
"""

from __future__ import annotations

import numpy as np

from tore_export.quality.prose import Shares, share
from tore_export.quality.words import Words

__all__ = ["line_layout"]

MIN_LINES = 8
"""From so many lines on, their shares say something."""

SHORT_BYTES = 30

SENTENCE_ENDS = [text.encode() for text in ".!?:;…。！？：；।؟۔"]


def line_layout(words: Words) -> dict[str, Shares]:
    """Return the shares of a document's lines that are short, and that end a sentence.

    Lines are measured in bytes of UTF-8, which is characters where letters are ASCII.
    """
    prose = words.prose
    n_lines = np.diff(prose.lines)
    enough = n_lines >= MIN_LINES
    short = np.diff(prose.line_starts) - 1 <= SHORT_BYTES
    return {
        "short_line_share": share(prose.per_document(short), n_lines, enough),
        "line_punct_share": share(prose.per_document(_ends_sentence(words)), n_lines, enough),
    }


def _ends_sentence(words: Words) -> np.ndarray:
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
