"""Words of prose, found by looking at bytes: where they lie and a number for each."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from tore_export.quality.prose import Bytes, Counts, Flags, Prose

__all__ = ["Numbers", "Words", "before", "digits", "eight_bytes", "words_of"]

Numbers = npt.NDArray[np.uint64]

LOWERED = bytes(
    byte if byte >= 0x80 or chr(byte).isdigit() else byte | 0x20 if chr(byte).isalpha() else 0
    for byte in range(0x100)
)
"""Each byte as part of a word, ASCII letters in lower case; 0 where it is none."""

MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio
MIX_HEAD = np.uint64(0xC2B2AE3D27D4EB4F)
HIGH_BITS = np.uint64(0xF0F0F0F0F0F0F0F0)
DIGITS = np.array([int.from_bytes(b"0" * size, "little") for size in range(9)], np.uint64)
BLOCK = 32
"""A sample of a document is made of blocks of so many words."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words of some documents.

    A word is a run of letters and digits, or a character by itself of a script that is written
    without spaces (Han, kana, Thai, Lao, Khmer, Burmese).

    `starts` and `ends` are places in `prose.text`, `sizes` their differences, `bytes_before` the sizes
    of all words before, with one more entry for all. `firsts[d]` is the first word of document d,
    likewise. `tails` hold the last eight bytes of each word in lower case, the earliest byte lowest.
    `ids` are equal for equal words, and else only for such of more than 16 bytes that differ in the
    middle. `alone` tells the single characters; None if there are none. `letters` is the text in lower
    case with 0 for all that is in no word.
    """

    prose: Prose
    starts: Counts
    ends: Counts
    sizes: Counts
    bytes_before: Counts
    firsts: Counts
    tails: Numbers
    ids: Numbers
    alone: Flags | None
    letters: Bytes
    beyond: BeyondAscii

    @property
    def initials(self) -> Bytes:
        """The first byte of each word, in lower case."""
        return self.letters.take(self.starts)

    @property
    def n_bytes(self) -> Counts:
        """How many bytes each document's words have."""
        return np.diff(self.bytes_before[self.firsts])

    @property
    def counts(self) -> Counts:
        """How many words each document has."""
        return np.diff(self.firsts)

    @property
    def n_alone(self) -> Counts:
        """How many of them are characters by themselves."""
        return np.zeros_like(self.counts) if self.alone is None else self.count(self.alone)

    def count(self, flags: Flags) -> Counts:
        """Count the flagged words of each document."""
        return np.diff(np.searchsorted(np.flatnonzero(flags), self.firsts))

    def sums(self, values: npt.NDArray[Any]) -> Counts:
        """Add up one value a word for each document. Whole numbers only: their sums have no order."""
        return np.diff(before(values)[self.firsts])

    def all_digits(self) -> Flags:
        """Tell which words have nothing but digits in their last eight bytes."""
        return digits(self.tails, self.sizes)

    def sample(self, most: int) -> Words:
        """Return at most so many words of each document, in blocks that lie evenly in it.

        Whoever needs neighbours has to look whether words are, as words next to each other here
        need not be.
        """
        n_blocks = -(-self.counts // BLOCK)
        steps = -(-n_blocks * BLOCK // most)
        n_taken = -(-n_blocks // np.maximum(steps, 1))
        if int(steps.max(initial=0)) <= 1:
            return self
        nth = np.arange(n_taken.sum()) - np.repeat(np.cumsum(n_taken) - n_taken, n_taken)
        opens = np.repeat(self.firsts[:-1], n_taken) + nth * np.repeat(steps, n_taken) * BLOCK
        closes = np.minimum(opens + BLOCK, np.repeat(self.firsts[1:], n_taken))
        at = (opens[:, None] + np.arange(BLOCK)).ravel()
        at = at.compress(at < np.repeat(closes, BLOCK))
        sizes = self.sizes.take(at)
        return replace(
            self,
            starts=self.starts.take(at),
            ends=self.ends.take(at),
            sizes=sizes,
            bytes_before=before(sizes),
            firsts=np.searchsorted(at, self.firsts),
            tails=self.tails.take(at),
            ids=self.ids.take(at),
            alone=None if self.alone is None else self.alone.take(at),
        )


def digits(tails: Numbers, sizes: Counts) -> Flags:
    """Tell which of these tails of words of these sizes hold nothing but digits."""
    flags: Flags = (tails & HIGH_BITS) == DIGITS.take(sizes, mode="clip")
    return flags


def before(values: npt.NDArray[Any]) -> Counts:
    """Return the sum of all values before each, and of all."""
    totals = np.empty(len(values) + 1, np.int64)
    totals[0] = 0
    np.cumsum(values, out=totals[1:])
    return totals


def eight_bytes(text: Bytes, at: Counts) -> Numbers:
    """Return the eight bytes from each place on as a number, the earliest byte lowest.

    >>> hex(eight_bytes(np.arange(24, dtype=np.uint8), np.array([3]))[0])
    '0xa09080706050403'
    """
    # two numbers from a multiple of eight are loaded faster than one from anywhere
    aligned = text[: len(text) & ~7].view("<u8")
    nth, low = at >> 3, ((at & 7) << 3).view(np.uint64)
    found: Numbers = aligned.take(nth) >> low
    nth += 1
    # by 63 bits and one more, as none shifts by 64
    low ^= np.uint64(63)
    found |= aligned.take(nth) << low << np.uint64(1)
    return found


def words_of(prose: Prose) -> Words:
    """Find the words of `prose`."""
    letters = np.frombuffer(bytearray(prose.text).translate(LOWERED), np.uint8)
    beyond = _beyond_ascii(prose.text)
    for offset, reach in enumerate((0, 0, 0xE0, 0xF0)):
        letters[beyond.no_letters[prose.text[beyond.no_letters] >= reach] + offset] = 0
    inside = letters != 0
    changed = inside[1:] != inside[:-1]
    singles = beyond.alone
    if not len(singles):
        # the padding is no word, so changes come in pairs: a start, an end
        changes = np.flatnonzero(changed) + 1
        starts, ends, alone = changes[::2].copy(), changes[1::2].copy(), None
    else:
        begins, closes = changed & inside[1:], changed & inside[:-1]
        single_ends = singles + 3 + (prose.text[singles] >= 0xF0)
        begins[singles - 1] = closes[single_ends - 1] = True
        begins[single_ends - 1] |= inside[single_ends]
        closes[singles - 1] |= inside[singles - 1]
        starts, ends = np.flatnonzero(begins) + 1, np.flatnonzero(closes) + 1
        single = np.zeros(len(letters), np.bool_)
        single[singles] = True
        alone = single.take(starts)
    sizes = ends - starts
    unused = (8 - np.minimum(sizes, 8)) << 3
    tails = eight_bytes(letters, ends - 8) >> unused.view(np.uint64)
    long = np.flatnonzero(sizes > 8)
    ids = tails * MIX
    heads = eight_bytes(letters, starts.take(long))
    ids[long] ^= heads * MIX_HEAD + sizes.take(long).view(np.uint64)
    ids ^= ids >> np.uint64(29)
    return Words(
        prose=prose,
        starts=starts,
        ends=ends,
        sizes=sizes,
        bytes_before=before(sizes),
        firsts=np.searchsorted(starts, prose.document_starts),
        tails=tails,
        ids=ids,
        alone=alone,
        letters=letters,
        beyond=beyond,
    )


@dataclass(frozen=True, slots=True)
class BeyondAscii:
    """Where characters of two and more bytes lie: letters, those in no word, those that are words."""

    at: Counts
    first_bytes: Bytes
    letters: Flags
    no_letters: Counts
    alone: Counts

    def continuing(self, bounds: Counts, of_letters: bool = False) -> Counts:
        """Count, between bounds, the bytes that are not a character's first, of all or of letters."""
        more = 1 + (self.first_bytes >= 0xE0).astype(np.int64) + (self.first_bytes >= 0xF0)
        if of_letters:
            more *= self.letters
        return np.diff(before(more)[np.searchsorted(self.at, bounds)])


def _beyond_ascii(text: Bytes) -> BeyondAscii:
    at = np.flatnonzero(text >= 0xC2)
    first = text[at]
    table, wide = _character_classes()
    classes = table[(first.astype(np.int64) & 0x3F) << 6 | (text[at + 1] & 0x3F)]
    exact = np.flatnonzero(classes == BY_THIRD)
    if len(exact):
        second = at[exact] + 1
        classes[exact] = wide[(text[second].astype(np.int64) & 0x3F) << 6 | text[second + 1] & 0x3F]
    return BeyondAscii(at, first, classes == LETTER, at[classes == NONE], at[classes == ALONE])


LETTER, NONE, ALONE, BY_THIRD = range(4)

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
