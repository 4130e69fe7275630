"""Text on a grid of equal cells, as a terminal shows it: widths, wrapped lines, drawn tables."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import zip_longest

__all__ = ["draw_table", "width_of", "wrap"]

_WORDS = re.compile(r"[ \t]+")


def width_of(text: str) -> int:
    """Return how many cells a line takes: wide East Asian characters two, combining ones none.

    >>> width_of("abc"), width_of("表格"), width_of("e\u0301")
    (3, 4, 1)
    """
    if text.isascii():
        return len(text)
    return sum(map(_cells_of, text))


def _cells_of(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrap(text: str, width: int) -> str:
    r"""Return `text` with its lines broken at spaces, or between wide characters, to fit `width`.

    Its own newlines stay. A word longer than a line keeps a line to itself.

    >>> wrap("one two three", 7), wrap("表格表格", 5)
    ('one two\nthree', '表格\n表格')
    """
    return "\n".join(line for given in text.split("\n") for line in _lines(given, width))


def _lines(text: str, width: int) -> list[str]:
    if width_of(text) <= width:
        return [text]
    lines: list[str] = []
    line, used = "", 0
    for word in _WORDS.split(text):
        space = " " if line else ""
        for part in _breakable(word):
            size = width_of(part)
            if line and used + len(space) + size > width:
                lines.append(line)
                line, used, space = "", 0, ""
            line += space + part
            used += len(space) + size
            space = ""
    lines.append(line)
    return lines


def _breakable(word: str) -> list[str]:
    """Return the parts a word may be broken into: each wide character, and what lies between."""
    if word.isascii():
        return [word]
    parts: list[str] = []
    wide = True
    for character in word:
        cells = _cells_of(character)
        if parts and (cells == 0 or (cells == 1 and not wide)):
            parts[-1] += character
        else:
            parts.append(character)
        wide = wide if cells == 0 else cells == 2
    return parts


def draw_table(rows: Sequence[Sequence[str]], head: int, align: Sequence[str | None]) -> str:
    r"""Return rows as columns two cells apart, with a rule of hyphens below the `head` rows.

    A cell with newlines takes several lines. No line ends in spaces. A table in which that would be
    almost all spaces (one long text among many short ones) has a line a row, its cells two apart.

    >>> print(draw_table([["Item", "n"], ["表格", "1"], ["b", "20"]], 1, [None, "right"]))
    Item   n
    ----  --
    表格   1
    b     20
    """
    split = [[cell.strip().split("\n") for cell in row] for row in rows]
    columns = zip_longest(*split, fillvalue=[""])
    widths = [max(width_of(line) for cell in column for line in cell) for column in columns]
    n_characters = sum(len(cell) for row in rows for cell in row)
    n_lines = sum(max(map(len, row), default=0) for row in split)
    if sum(widths) * n_lines > 20 * n_characters + 20_000:
        lines = ("  ".join(" ".join(cell) for cell in row if cell != [""]) for row in split)
        return "\n".join(line for line in lines if line)
    sides = [*align, *[None] * len(widths)]
    drawn = []
    for at, row in enumerate(split):
        for below in range(max(map(len, row), default=0)):
            cells = [cell[below] if below < len(cell) else "" for cell in row]
            drawn.append("  ".join(map(_padded, cells, widths, sides)).rstrip(" "))
        if at + 1 == head < len(split):
            drawn.append("  ".join("-" * width for width in widths).rstrip(" "))
    return "\n".join(drawn)


def _padded(text: str, width: int, side: str | None) -> str:
    free = width - width_of(text)
    if side == "right":
        return " " * free + text
    if side == "center":
        return " " * (free // 2) + text + " " * (free - free // 2)
    return text + " " * free
