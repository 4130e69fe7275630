"""Counting a short ASCII text by the ranks as their file has them, with no engine built of them.

To build one takes a hundred times longer than to count a page: 100,000 ranks are decoded and put in
tables. Here they stay as they are written, and pieces of the text are written like them. Of the
pattern that cuts a text into pieces only what it means for ASCII is needed, which Python's own regular
expressions can say.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections import Counter
from functools import lru_cache

from tore_export.tokens.ranks import pattern_of, rank_file

__all__ = ["count_short_ascii"]

LONGEST_PIECE = 128
"""Bytes of a piece from which on merging them, which takes their square in time, is for an engine."""

_IN_ASCII = {
    r"\p{L}": "A-Za-z",
    r"\p{N}": "0-9",
    r"\p{Lu}": "A-Z",
    r"\p{Ll}": "a-z",
    r"\p{Lt}": "",
    r"\p{Lm}": "",
    r"\p{Lo}": "",
    r"\p{M}": "",
}
_SET = re.compile(r"(\[[^\]]*\])")
_PROPERTY = re.compile(r"\\p\{\w+\}")


def count_short_ascii(text: str, encoding: str) -> int | None:
    """Return the number of tokens of an ASCII text; None where a piece of it is long.

    >>> count_short_ascii("a tea <|endoftext|>", "cl100k_base")
    8
    """
    pieces = Counter(_pattern(encoding).findall(text))
    if max(map(len, pieces), default=0) > LONGEST_PIECE:
        return None
    ranks = _ranks(encoding)
    return sum(n * _n_tokens(piece.encode(), ranks) for piece, n in pieces.items())


@lru_cache(maxsize=2)
def _ranks(encoding: str) -> dict[bytes, int]:
    """Return where each token, in base64 as it is written, stands in the file: by its rank."""
    return {token: at for at, token in enumerate(rank_file(encoding).split()[::2])}


@lru_cache(maxsize=2)
def _pattern(encoding: str) -> re.Pattern[str]:
    """Return the pattern of an encoding, as Python says it of ASCII."""
    parts = _SET.split(pattern_of(encoding))
    for at, part in enumerate(parts):
        if at % 2:
            parts[at] = _PROPERTY.sub(lambda found: _IN_ASCII[found[0]], part)
        else:  # in Python `$` is before a last line feed, too
            spelled = _PROPERTY.sub(lambda found: f"[{_IN_ASCII[found[0]]}]", part)
            parts[at] = spelled.replace("$", r"\Z")
    return re.compile("".join(parts), re.ASCII)


def _n_tokens(piece: bytes, ranks: dict[bytes, int]) -> int:
    """Return the number of tokens of a piece: of two neighbours those of the lowest rank are joined."""
    if _written(piece) in ranks:
        return 1
    ends = list(range(1, len(piece) + 1))
    starts = list(range(len(piece)))
    while True:
        joined = [
            ranks.get(_written(piece[start:end]))
            for start, end in zip(starts, ends[1:], strict=False)
        ]
        known = [rank for rank in joined if rank is not None]
        if not known:
            return len(starts)
        at = joined.index(min(known))
        del starts[at + 1], ends[at]


def _written(token: bytes) -> bytes:
    return b2a_base64(token, newline=False)
