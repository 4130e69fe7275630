"""Where a text may be cut: at the end of a sentence, of a word, of what a reader sees as one letter."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from tore_export.chunks.sentences import sentence_ends_of

__all__ = ["first_sentence", "letter_end", "word_end"]

FAR = 200
"""How far back the end of a word is looked for; a longer word is cut."""


def first_sentence(text: str) -> str:
    """Return the first sentence of a text that has more, else the text.

    >>> first_sentence("Fig. 1. The pump seen from above. The valve is red.")
    'Fig. 1. The pump seen from above.'
    """
    for end in sentence_ends_of(text):
        if text[:end].strip():
            return text[:end].rstrip()
    return text


def word_end(text: str, at: int) -> int:
    """Return the last end of a word at or before `at`; `at` itself within a word that is very long.

    >>> word_end("pumps and valves", 7), word_end("pumps and valves", 9)
    (5, 9)
    """
    if at >= len(text) or text[at].isspace():
        return at
    for end in range(at, max(at - FAR, 0), -1):
        if text[end - 1].isspace():
            return _stripped(text, end)
    return at


def _stripped(text: str, end: int) -> int:
    while end and text[end - 1].isspace():
        end -= 1
    return end


def letter_end(text: str, at: int) -> int:
    r"""Return the last place at or before `at` that does not part a grapheme.

    >>> letter_end("cafe\u0301s", 4), letter_end("cafe\u0301s", 5)
    (3, 5)
    """
    while 0 < at < len(text) and _parts_grapheme(text, at):
        at -= 1
    return at


def _parts_grapheme(text: str, at: int) -> bool:
    # what stands before the place is looked at, too, so one character is enough to begin with
    return bool(_grapheme().match(text, at - 1, at + 1).end() > at)


@lru_cache(maxsize=1)
def _grapheme() -> Any:
    import regex

    return regex.compile(r"\X")
