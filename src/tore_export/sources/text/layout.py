"""How the text of a page is laid out: its blocks, how far they are indented, and its margin."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from tore_export.sources.text.lists import indent_of

__all__ = ["blocks_of", "indent_at", "margin_of"]

_BLOCK = re.compile(r"^[^\S\n]*+\S[^\n]*+(?:\n[^\S\n]*+\S[^\n]*+)*+", re.MULTILINE)
_SPACE = re.compile(r"[ \t]*")
_SENTENCE_ENDS = ".!?:"


def blocks_of(text: str) -> list[tuple[int, int]]:
    r"""Return where each block, what lies between blank lines, begins and ends.

    >>> blocks_of("a\nb\n\n  c\n")
    [(0, 3), (5, 8)]
    """
    return [(found.start(), found.end()) for found in _BLOCK.finditer(text)]


def indent_at(text: str, place: int) -> int:
    """Return how many columns of space there are from a place on."""
    found = _SPACE.match(text, place)
    return indent_of(found[0]) if found else 0


def margin_of(text: str, blocks: Sequence[tuple[int, int]], indents: Sequence[int]) -> int:
    """Return the indentation of most of the text, as of a manual page that is indented as a whole."""
    if not any(indents):
        return 0
    sizes: Counter[int] = Counter()
    for (start, end), indent in zip(blocks, indents, strict=True):
        # only what may be sentences: there may be more code than text
        if text[end - 1] in _SENTENCE_ENDS and text[start:end].lstrip()[0].isupper():
            sizes[indent] += end - start
    most = max(sizes.values(), default=0)
    return min((indent for indent, size in sizes.items() if 2 * size >= most), default=0)
