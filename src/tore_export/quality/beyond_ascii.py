"""Characters that are not ASCII, told apart by looking at their first bytes."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np

from tore_export.quality.prose import Bytes, Counts, Flags, before, differences, few

__all__ = ["BeyondAscii", "beyond_ascii"]


@dataclass(frozen=True, slots=True)
class BeyondAscii:
    """Where characters of two and more bytes lie: letters, those in no word, those that are words."""

    at: Counts
    first_bytes: Bytes
    letters: Flags
    no_letters: Counts
    alone: Counts
    sizes_alone: Counts

    def continuing(self, bounds: Counts, of_letters: bool = False) -> Counts:
        """Count, between bounds, the bytes that are not a character's first, of all or of letters."""
        more = MORE_BYTES.take(self.first_bytes)
        if of_letters:
            more *= self.letters
        return differences(before(more)[self.at.searchsorted(bounds)])

    def bytes_alone(self, bounds: Counts) -> Counts:
        """Count, between bounds, the bytes of characters that are words."""
        return differences(before(self.sizes_alone)[self.alone.searchsorted(bounds)])


def beyond_ascii(text: Bytes) -> BeyondAscii:
    """Find them in a text."""
    at = few(text >= 0xC2)
    first = text.take(at)
    table, wide = _character_classes()
    codes = (first & 0x3F).astype(np.uint16)
    codes <<= 6
    codes |= text.take(at + 1) & 0x3F
    classes = table.take(codes)
    exact = (classes == BY_THIRD).nonzero()[0]
    if len(exact):
        second = at[exact] + 1
        classes[exact] = wide[(text[second].astype(np.int64) & 0x3F) << 6 | text[second + 1] & 0x3F]
    no_letters, alone = at.compress(classes == NONE), at.compress(classes == ALONE)
    sizes_alone = 3 + (text.take(alone) >= 0xF0).astype(np.int64)
    return BeyondAscii(at, first, classes == LETTER, no_letters, alone, sizes_alone)


LETTER, NONE, ALONE, BY_THIRD = range(4)

MORE_BYTES = np.array([1 + (byte >= 0xE0) + (byte >= 0xF0) for byte in range(256)], np.uint8)
"""By the first byte of a character of two and more: how many follow it."""

ALONE_RANGES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x312F),  # kana, Bopomofo
    (0x31C0, 0xA4CF),  # Han and what goes with it, Yi
    (0xF900, 0xFAFF),  # Han, for compatibility
    (0xFF66, 0xFF9F),  # kana of half width
)
"""Scripts written without spaces between words; Hangul is not among them."""


NONE_RANGES = ((0x2000, 0x2BFF), (0x3000, 0x303F))
"""Punctuation and signs; the few digits and letters among them are none here."""


@cache
def _character_classes() -> tuple[Bytes, Bytes]:
    """Return classes of characters by the low six bits of their first and second byte.

    Two bytes are a character; of three bytes they are 64 characters, which mostly are of one class.
    Where they are not (U+FF00 to U+FFFF), the second table has the class by second and third byte.
    """
    table = np.full(64 * 64, LETTER, np.uint8)
    for code in range(0x80, 0x800):
        table[code] = NONE if not _is_letter(code) else _alone(code)
    for start in range(0x800, 0x10000, 64):
        n_letters = sum(_is_letter(code) for code in range(start, start + 64))
        no_letters = n_letters < 16 or _within(start, NONE_RANGES)
        table[(0x20 | start >> 12) << 6 | (start >> 6 & 0x3F)] = (
            BY_THIRD if start >= 0xFF00 else NONE if no_letters else _alone(start)
        )
    for second in range(0x40):  # four bytes: emoji are no letters, planes 2 and 3 are Han
        table[0x30 << 6 | second] = NONE if second == 0x1F else ALONE if second >= 0x20 else LETTER
    wide = np.full(64 * 64, NONE, np.uint8)
    for code in range(0xFF00, 0x10000):
        if _is_letter(code):
            wide[code & 0xFFF] = _alone(code)
    return table, wide


def _is_letter(code: int) -> bool:
    return unicodedata.category(chr(code))[0] in "LNM"


def _alone(code: int) -> int:
    return ALONE if _within(code, ALONE_RANGES) else LETTER


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)
