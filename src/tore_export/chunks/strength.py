"""How good a place is to end a chunk."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["LOWEST_LEVEL", "Strength", "section_strength"]


class Strength(IntEnum):
    """What ends at a place; a stronger one is the better end of a chunk.

    Up to LINE an end is only taken where nothing stronger is near.
    """

    CODE_POINT = 0
    GRAPHEME = 1
    WORD = 2
    LINE = 3  # a line of running text, which may end within a sentence
    SENTENCE = 4
    ROW = 5  # of a table, a line of code, an item of a list
    STANZA = 6  # lines of code up to an empty one
    BLOCK = 7
    SECTION = 8  # of the lowest level; those of higher ones follow
    DOCUMENT = 20


LOWEST_LEVEL = 6


def section_strength(level: int) -> int:
    """Return the strength of the place where a heading of this level begins, 1 being the highest.

    >>> section_strength(1) > section_strength(2) > Strength.BLOCK
    True
    """
    return Strength.SECTION + LOWEST_LEVEL - min(max(level, 1), LOWEST_LEVEL)
