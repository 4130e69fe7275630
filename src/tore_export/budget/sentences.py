"""Where a text may be cut: at the end of a sentence, of a word, of what a reader sees as one letter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

__all__ = ["first_sentence", "letter_end", "sentence_ends", "word_end"]

_END = re.compile(r"""[.!?…]+["'”’»)\]]*(?=\s)|[。！？]+[」』”）]*|(?=\n)""")
_SHORT = frozenset(
    re.findall(
        r"\w+",
        "abb al approx bzw ca cf ch co dr ed eq etc fig figs inc jr ltd mr mrs ms no nr op p pp prof"
        " resp sec sr st tab vgl vol vs",
    )
)
_NUMBERED = frozenset(
    {"figure", "table", "section", "chapter", "part", "listing", "plate", "step"}
    | {"abbildung", "tabelle", "kapitel", "abschnitt", "bild", "tableau", "figura", "tabla"}
)
_JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")
FAR = 200
"""How far back the end of a word is looked for; a longer word is cut."""


def sentence_ends(text: str) -> Iterator[int]:
    """Yield where sentences end: after their mark, or before the end of their line.

    A dot after an abbreviation, a single letter or the number of a figure or an item ends none, nor
    does one before a small letter.

    >>> text = "Fig. 2 shows it. So does e. g. the next!"
    >>> [text[:end] for end in sentence_ends(text)]
    ['Fig. 2 shows it.']
    """
    for found in _END.finditer(text):
        start, end = found.span()
        if start == end:
            yield end
            continue
        after = text[end : end + 2].strip()
        if after and after.islower():
            continue
        if text[start] == "." and end - start == 1:
            at = max(text.rfind(" ", 0, start), text.rfind("\n", 0, start)) + 1
            word = text[at:start].strip("(\"'")
            if word.isdigit():
                if _is_numbering(text, at):
                    continue
            elif len(word) < 2 or word.lower() in _SHORT:
                continue
        yield end


def _is_numbering(text: str, at: int) -> bool:
    """Tell whether the number that begins here is that of an item, a figure, a table, a section."""
    before = text[max(at - 20, 0) : at]
    if not before.strip() or before.endswith("\n"):
        return True
    word = before.split()[-1]
    return word.endswith(".") or word.strip("(").lower() in _NUMBERED


def first_sentence(text: str) -> str:
    """Return the first sentence of a text that has more, else the text.

    >>> first_sentence("Fig. 1. The pump seen from above. The valve is red.")
    'Fig. 1. The pump seen from above.'
    """
    for end in sentence_ends(text):
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
    r"""Return the last place at or before `at` that does not part a letter from its marks.

    >>> letter_end("cafe\u0301s", 4), letter_end("cafe\u0301s", 5)
    (3, 5)
    """
    while 0 < at < len(text) and (
        text[at] in _JOINERS
        or text[at - 1] == "\u200d"
        or unicodedata.combining(text[at])
        or unicodedata.category(text[at]) in ("Mn", "Mc", "Me")
        or text[at - 1 : at + 1] == "\r\n"
        or "\U0001f3fb" <= text[at] <= "\U0001f3ff"
    ):
        at -= 1
    return at
