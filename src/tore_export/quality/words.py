"""Words of prose, found by looking at bytes: where they lie and a number for each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tore_export.quality.beyond_ascii import BeyondAscii, beyond_ascii
from tore_export.quality.prose import Bytes, Counts, Flags, Prose, before, differences

__all__ = ["Numbers", "Words", "digits", "eight_bytes", "words_of"]

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


@dataclass(frozen=True)
class Words:
    """Words of some documents.

    A word is a run of letters and digits, or a character by itself of a script that is written
    without spaces (Han, kana, Thai, Lao, Khmer, Burmese).

    `starts` and `ends` are places in `prose.text`, `sizes` their differences. `firsts[d]` is the first
    word of document d, with one more entry for the end. `tails` hold the last eight bytes of each word
    in lower case, the earliest byte lowest. `ids` are equal for equal words, and else only for such of
    more than 16 bytes that differ in the middle. `alone` tells the single characters; None if there are
    none. `letters` is the text in lower case with 0 for all that is in no word.
    """

    prose: Prose
    starts: Counts
    ends: Counts
    sizes: Counts
    firsts: Counts
    tails: Numbers
    ids: Numbers
    alone: Flags | None
    letters: Bytes
    beyond: BeyondAscii

    @cached_property
    def bytes_before(self) -> Counts:
        """The sizes of all words before each, with one more entry for all."""
        return before(self.sizes)

    @cached_property
    def initials(self) -> Bytes:
        """The first byte of each word, in lower case."""
        return self.letters.take(self.starts)

    @cached_property
    def n_bytes(self) -> Counts:
        """How many bytes each document's words have."""
        return differences(self.bytes_before[self.firsts])

    @cached_property
    def counts(self) -> Counts:
        """How many words each document has."""
        return differences(self.firsts)

    @cached_property
    def n_alone(self) -> Counts:
        """How many of them are characters by themselves."""
        return np.zeros_like(self.counts) if self.alone is None else self.count(self.alone)

    def count(self, flags: Flags) -> Counts:
        """Count the flagged words of each document."""
        return differences(flags.nonzero()[0].searchsorted(self.firsts))

    @cached_property
    def all_digits(self) -> Flags:
        """Which words have nothing but digits in their last eight bytes."""
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
        nth = np.arange(n_taken.sum()) - (np.cumsum(n_taken) - n_taken).repeat(n_taken)
        opens = self.firsts[:-1].repeat(n_taken) + nth * steps.repeat(n_taken) * BLOCK
        sizes = np.minimum(self.firsts[1:].repeat(n_taken) - opens, BLOCK)
        before_each = before(sizes)
        at = np.arange(before_each[-1])
        at += (opens - before_each[:-1]).repeat(sizes)
        starts, ends = self.starts.take(at), self.ends.take(at)
        return replace(
            self,
            starts=starts,
            ends=ends,
            sizes=ends - starts,
            firsts=at.searchsorted(self.firsts),
            tails=self.tails.take(at),
            ids=self.ids.take(at),
            alone=None if self.alone is None else self.alone.take(at),
        )


def digits(tails: Numbers, sizes: Counts) -> Flags:
    """Tell which of these tails of words of these sizes hold nothing but digits."""
    flags: Flags = (tails & HIGH_BITS) == DIGITS.take(sizes, mode="clip")
    return flags


def eight_bytes(text: Bytes, at: Counts) -> Numbers:
    """Return the eight bytes from each place on as a number, the earliest byte lowest.

    >>> hex(eight_bytes(np.arange(24, dtype=np.uint8), np.array([3]))[0])
    '0xa09080706050403'
    """
    # two numbers from a multiple of eight are loaded faster than one from anywhere
    aligned = text[: len(text) & ~7].view("<u8")
    nth, low = at >> 3, (at & 7).view(np.uint64)
    low <<= np.uint64(3)
    found: Numbers = aligned.take(nth)
    found >>= low
    high = aligned[1:].take(nth)
    # by 63 bits and one more, as none shifts by 64
    low ^= np.uint64(63)
    high <<= low
    high <<= np.uint64(1)
    found |= high
    return found


def words_of(prose: Prose) -> Words:
    """Find the words of `prose`."""
    letters = np.frombuffer(bytearray(prose.text).translate(LOWERED), np.uint8)
    beyond = beyond_ascii(prose.text)
    _erase(letters, beyond.no_letters, prose.text)
    starts, ends, alone = _bounds(letters, beyond)
    sizes = ends - starts
    unused = np.minimum(sizes, 8)
    np.subtract(8, unused, out=unused)
    unused <<= 3
    tails = eight_bytes(letters, ends - 8)
    tails >>= unused.view(np.uint64)
    long = (sizes > 8).nonzero()[0]
    ids = tails * MIX
    heads = eight_bytes(letters, starts.take(long))
    heads *= MIX_HEAD
    heads += sizes.take(long).view(np.uint64)
    ids[long] ^= heads
    ids ^= ids >> np.uint64(29)
    return Words(
        prose=prose,
        starts=starts,
        ends=ends,
        sizes=sizes,
        firsts=starts.searchsorted(prose.document_starts),
        tails=tails,
        ids=ids,
        alone=alone,
        letters=letters,
        beyond=beyond,
    )


def _bounds(letters: Bytes, beyond: BeyondAscii) -> tuple[Counts, Counts, Flags | None]:
    """Return where words begin and end, and which are single characters."""
    inside, singles = letters != 0, beyond.alone
    if len(singles):
        # without its first and last byte a single character has a gap on both sides
        inside[singles] = False
        inside[singles + beyond.sizes_alone - 1] = False
    changed = np.zeros(len(letters), np.bool_)
    np.not_equal(inside[1:], inside[:-1], out=changed[1:])
    # the padding is no word, so changes come in pairs: a start, an end
    changes = changed.nonzero()[0]
    starts, ends, alone = changes[::2].copy(), changes[1::2].copy(), None
    if len(singles):
        # no other word begins within a character
        alone = letters.take(starts) & 0xC0 == 0x80
        one_byte = alone.astype(np.int64)
        starts -= one_byte
        ends += one_byte
    return starts, ends, alone


def _erase(letters: Bytes, characters: Counts, text: Bytes) -> None:
    """Put 0 for all bytes of the characters of two and more bytes that begin there."""
    first = text.take(characters)
    for offset, reach in enumerate((0xC2, 0xC2, 0xE0, 0xF0)):
        longer = first >= reach
        characters, first = characters.compress(longer), first.compress(longer)
        letters[characters + offset] = 0
