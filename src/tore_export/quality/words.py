"""Words of prose, found by looking at bytes: where they lie and a number for each."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from tore_export.quality.prose import Bytes, Counts, Prose

__all__ = ["Numbers", "Words", "words_of"]

Numbers = npt.NDArray[np.uint64]

LOWERED = np.array(
    [
        byte | 0x20 if chr(byte).isalpha() else byte if chr(byte).isdigit() else 0
        for byte in range(0x80)
    ]
    + list(range(0x80, 0x100)),
    np.uint8,
)
"""Each byte as part of a word, ASCII letters in lower case; 0 where it is none."""

EIGHT = np.uint64(8)
MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio
MIX_HEAD = np.uint64(0xC2B2AE3D27D4EB4F)
KEPT = np.array([64 - 8 * min(length, 8) for length in range(9)], np.uint64)


@dataclass(frozen=True, slots=True)
class Words:
    """Words of some documents: runs of letters and digits, and each character by itself of a script
    that is written without spaces (Han, kana, Thai, Lao, Khmer, Burmese).

    `starts` and `ends` are places in `prose.text`; `firsts[d]` is the first word of document d, with
    one more entry for the end; `of_line` likewise for lines. `tails` hold the last eight bytes of
    each word in lower case, the earliest byte lowest, `heads` the first eight of those that have
    more; `ids` are equal for equal words. `alone` tells the single characters; None if there are none.
    `letters` is the text in lower case with 0 for all that is in no word.
    """

    prose: Prose
    letters: Bytes
    starts: Counts
    ends: Counts
    firsts: Counts
    of_line: Counts
    tails: Numbers
    heads: Numbers
    ids: Numbers
    alone: npt.NDArray[np.bool_] | None

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def counts(self) -> Counts:
        """How many words each document has."""
        return np.diff(self.firsts)

    def sums(self, values: npt.NDArray[Any]) -> Counts:
        """Add up one value a word for each document. Whole numbers only: their sums have no order."""
        if values.dtype == np.bool_:
            return np.diff(np.searchsorted(np.flatnonzero(values), self.firsts))
        totals = np.concatenate((np.zeros(1, np.int64), np.cumsum(values, dtype=np.int64)))
        return np.diff(totals[self.firsts])


def words_of(prose: Prose) -> Words:
    """Find the words of `prose`."""
    letters = np.take(LOWERED, prose.text, mode="clip")
    single_starts, single_ends = _beyond_ascii(prose.text, letters)
    inside = letters != 0
    changed = inside[1:] != inside[:-1]
    if not len(single_starts):
        # the padding is no word, so changes come in pairs: a start, an end
        changes = np.flatnonzero(changed) + 1
        starts, ends, alone = changes[::2], changes[1::2], None
    else:
        begins, closes = changed & inside[1:], changed & inside[:-1]
        begins[single_starts - 1] = closes[single_ends - 1] = True
        begins[single_ends - 1] |= inside[single_ends]
        closes[single_starts - 1] |= inside[single_starts - 1]
        starts, ends = np.flatnonzero(begins) + 1, np.flatnonzero(closes) + 1
        single = np.zeros(len(letters), np.bool_)
        single[single_starts] = True
        alone = single[starts]
    lengths = ends - starts
    eights = np.ndarray((len(letters) - 7,), "<u8", letters, 0, (1,))
    tails = eights[ends - 8] >> KEPT[np.minimum(lengths, 8)]
    long = np.flatnonzero(lengths > 8)
    heads = eights[starts[long]]
    ids = tails * MIX
    ids[long] ^= heads * MIX_HEAD + lengths[long].astype(np.uint64)
    ids ^= ids >> np.uint64(29)
    return Words(
        prose=prose,
        letters=letters,
        starts=starts,
        ends=ends,
        firsts=np.searchsorted(starts, prose.document_starts),
        of_line=np.searchsorted(starts, prose.line_starts),
        tails=tails,
        heads=heads,
        ids=ids,
        alone=alone,
    )


def _beyond_ascii(text: Bytes, letters: Bytes) -> tuple[Counts, Counts]:
    """Blank out in `letters` what beyond ASCII is no letter; return where characters alone lie."""
    leads = np.flatnonzero(text >= 0xC2)
    if not len(leads):
        return leads, leads
    table, wide = _character_classes()
    lead, second = text[leads], text[leads + 1]
    classes = table[(lead.astype(np.int64) & 0x3F) << 6 | (second & 0x3F)]
    exact = np.flatnonzero(classes == BY_THIRD)
    if len(exact):
        at = leads[exact]
        classes[exact] = wide[(text[at + 1].astype(np.int64) & 0x3F) << 6 | (text[at + 2] & 0x3F)]
    at = leads[classes == NONE]
    for offset, reach in enumerate((0, 0, 0xE0, 0xF0)):
        letters[at[text[at] >= reach] + offset] = 0
    at = leads[classes == ALONE]
    return at, at + 3 + (text[at] >= 0xF0)


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
        table[(0x20 | start >> 12) << 6 | (start >> 6 & 0x3F)] = (
            BY_THIRD if start >= 0xFF00 else NONE if n_letters < 16 else _alone(start)
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
    return ALONE if any(first <= code <= last for first, last in ALONE_RANGES) else LETTER
