"""What each code point is to a cut: white space, the end of a sentence, a letter, an ideograph."""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["Character", "breaks_between", "character_table"]


class Character(IntEnum):
    """Classes of code points; the order lets ranges of them be compared."""

    OTHER = 0
    SPACE = 1  # white space that ends no line
    LINE_END = 2
    STOP = 3  # may end a sentence or an abbreviation: . …
    MARK = 4  # ends a sentence where white space follows: ! ? and those of other scripts
    WIDE = 5  # ends a sentence whatever follows: 。！？
    CLOSE = 6  # belongs to the sentence before it: quotes, brackets, Markdown's marks
    OPEN = 7
    UPPER = 8
    LOWER = 9
    LETTER = 10
    DIGIT = 11
    IDEOGRAPH = 12  # Han and Hiragana: a word may begin at each
    KATAKANA = 13
    EXTEND = 14  # belongs to what stands before it


# later ones win
_CLASSES = (
    (Character.LETTER, r"\p{L}"),
    (Character.LOWER, r"\p{Lowercase}"),
    (Character.UPPER, r"[\p{Lu}\p{Lt}]"),
    (Character.DIGIT, r"\p{N}"),
    (Character.IDEOGRAPH, r"[\p{Script=Han}\p{Script=Hiragana}\p{Ideographic}]"),
    (Character.KATAKANA, r"\p{Script=Katakana}"),
    (Character.OPEN, r"[\p{Ps}\p{Pi}]"),
    (Character.CLOSE, r"[\p{Pe}\p{Pf}\"'“*_`~]"),
    (Character.EXTEND, r"[\p{M}\p{Lm}\p{Cf}\p{Emoji_Modifier}]"),
    # small kana and sound marks begin no line in Japanese; no word either
    (Character.EXTEND, r"[\p{Line_Break=CJ}\p{Line_Break=NS}]"),
    (Character.MARK, r"[\p{Sentence_Break=STerm}\u0F0D\u0F0E]"),
    (Character.STOP, r"[.\u2024\u2026\uFE52]"),
    (Character.WIDE, r"[\u3002\uFF0E\uFF61\uFF01\uFF1F]"),
    (Character.SPACE, r"\p{White_Space}"),
    (Character.LINE_END, r"[\r\n]"),
)


_ASSIGNED = ((0, 0x33480), (0xE0000, 0xE0200))
"""Where Unicode 17 has characters, other than those for private use."""


@lru_cache(maxsize=1)
def character_table() -> npt.NDArray[np.uint8]:
    """Return the class of every code point.

    **Source** Unicode's properties Sentence_Break, Line_Break and Script, as `regex` knows them.

    >>> table = character_table()
    >>> [Character(table[ord(c)]).name for c in "a.。字 "]
    ['LOWER', 'STOP', 'WIDE', 'IDEOGRAPH', 'SPACE']
    """
    import numpy as np
    import regex

    table = np.zeros(0x110000, np.uint8)
    for first, last in _ASSIGNED:
        codes = np.arange(first, last, dtype="<u4")
        letters = codes.tobytes().decode("utf-32-le", "surrogatepass")
        for character, pattern in _CLASSES:
            for found in regex.finditer(f"{pattern}+", letters):
                table[first + found.start() : first + found.end()] = character
    return table


@lru_cache(maxsize=1)
def breaks_between() -> npt.NDArray[np.bool_]:
    """Return, for each `16 * a + b`, whether a word may begin between the classes a and b.

    Only for scripts that write words without spaces; the ideographs of one word cannot be told from
    those of two without a dictionary, so each begins one. Katakana, which writes foreign words, is
    kept together.
    """
    import numpy as np

    c = Character
    table = np.zeros((16, 16), np.bool_)
    words = (c.UPPER, c.LOWER, c.LETTER, c.DIGIT, c.OPEN)
    for b in (c.IDEOGRAPH, c.KATAKANA):
        table[:, b] = True
        table[[c.SPACE, c.LINE_END, c.OPEN], b] = False
        for other in words:
            table[b, other] = True
    table[c.KATAKANA, c.KATAKANA] = False
    table[c.EXTEND, c.KATAKANA] = False
    return table.ravel()
