"""Units: the places where a text may be cut, with the tokens before each, from few batched counts.

Short texts are laid one after the other, so that everything is found in all of them by one pass over
columns; a long one is looked at window by window (`long_units`). What is larger than it has to be is
divided further: lines and sentences into words.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from tore_export.chunks.boundaries import RawLines
from tore_export.chunks.places import Laid, Part, codes_of, merged
from tore_export.chunks.strength import Strength
from tore_export.chunks.structure import Structure

if TYPE_CHECKING:
    import numpy.typing as npt

    from tore_export.tokens.tokenizer import Tokenizer

    Places = npt.NDArray[np.int64]
    Strengths = npt.NDArray[np.int8]
    Flags = npt.NDArray[np.bool_]

__all__ = [
    "NO_UNITS",
    "SMALL",
    "Counter",
    "Found",
    "Units",
    "divided",
    "joined",
    "units_of",
    "with_words",
]

SMALL = 4  # tokens; units of so few are words from the start
MOST_BYTES = 4  # of a code point in UTF-8


@dataclass(frozen=True)
class Units:
    """Of one text: places in ascending order, from 0 to its end, and what is known of each.

    `tokens` are those of the units before it, counted apart; `n_unsafe` how many of the places before
    it are such that counts of both sides need not add up. Of a long text these are some of its places,
    from one at which a chunk ends.
    """

    places: memoryview
    tokens: memoryview
    strengths: bytes
    safe: bytes
    n_unsafe: memoryview


NO_UNITS = Units(memoryview(b""), memoryview(b""), b"", b"", memoryview(b""))
"""Of a long text, until some are found."""


@dataclass(frozen=True)
class Found:
    """Places of one text that follow one another, and what is known of each, as columns; see Units."""

    places: Places
    tokens: Places
    strengths: Strengths
    safe: Flags

    def since(self, place: int) -> Found:
        """Return the places from the last one on that is not behind `place`."""
        first = max(int(np.searchsorted(self.places, place, side="right")) - 1, 0)
        return Found(
            self.places[first:], self.tokens[first:], self.strengths[first:], self.safe[first:]
        )

    def units(self) -> Units:
        """Return them to cut at."""
        return Units(
            self.places.data,
            self.tokens.data,
            self.strengths.tobytes(),
            self.safe.tobytes(),
            _n_before(~self.safe).data,
        )


def joined(parts: Sequence[Found]) -> Found:
    """Return places that follow one another together."""
    return Found(
        np.concatenate([part.places for part in parts]),
        np.concatenate([part.tokens for part in parts]),
        np.concatenate([part.strengths for part in parts]),
        np.concatenate([part.safe for part in parts]),
    )


def units_of(
    documents: Sequence[Structure],
    tokenizer: Tokenizer,
    largest: int,
    too_long: int = sys.maxsize,
) -> list[Units]:
    """Return the units of each document; those of more than `largest` tokens are single words.

    For `too_long` see Counter.
    """
    texts = [document.text for document in documents]
    begins = np.array(list(accumulate((len(text) + 1 for text in texts), initial=1)), np.int64)
    ends = begins[1:] - 1
    begins = begins[:-1]
    laid = Laid(
        "\n" + "\n".join(texts) + "\n",
        [
            Part(document, 0, len(document.text), begin)
            for document, begin in zip(documents, begins.tolist(), strict=True)
        ],
    )
    places, strengths, words = laid.places(RawLines())
    count = Counter(laid.text, tokenizer, laid.codes, too_long)
    if largest <= SMALL:
        places, strengths = with_words(places, strengths, words[words < places[-1]])
    places, strengths, counts = divided(places, strengths, words, largest, count)
    safe = laid.is_safe(places)
    first, last = np.searchsorted(places, begins), np.searchsorted(places, ends)
    safe[first] = safe[last] = True
    tokens = np.concatenate([[0], np.cumsum(counts)])
    n_unsafe = _n_before(~safe)
    found = []
    for a, b, begin in zip(first.tolist(), (last + 1).tolist(), begins.tolist(), strict=True):
        found.append(
            Units(
                (places[a:b] - begin).data,
                (tokens[a:b] - tokens[a]).data,
                strengths[a:b].tobytes(),
                safe[a:b].tobytes(),
                n_unsafe[a:b].data,
            )
        )
    return found


def _n_before(flags: Flags) -> Places:
    """Return how many are set before each."""
    found: Places = np.concatenate([[0], np.cumsum(flags)])[:-1]
    return found


def with_words(places: Places, strengths: Strengths, words: Places) -> tuple[Places, Strengths]:
    """Return the places and those of words, with the strengths of both."""
    return merged((words, np.full(len(words), Strength.WORD, np.int8)), (places, strengths))


def divided(
    places: Places, strengths: Strengths, words: Places, largest: int, count: Counter
) -> tuple[Places, Strengths, Places]:
    """Return the places, with the words in what has more than `largest` tokens, and all counts."""
    counts = count(places)
    large = counts > largest
    if largest <= SMALL or not large.any() or not len(words):
        return places, strengths, counts
    words = words[words < places[-1]]
    piece = np.searchsorted(places, words, side="right") - 1
    inside = words[large[piece] & (words > places[piece])]
    finer, strengths = with_words(places, strengths, inside)
    parent = np.searchsorted(places, finer[:-1], side="right") - 1
    again = large[parent]
    fresh = counts[parent]
    fresh[again] = count(finer, again)
    return finer, strengths, fresh


class Counter:
    """Counts the pieces of a text between places, without a string for each.

    A piece of more than `too_long` bytes has more tokens than any chunk, so that its number is only a
    guide to where it is cut: it is counted in parts, as a word's cost grows faster than its length.
    """

    def __init__(
        self,
        text: str,
        tokenizer: Tokenizer,
        codes: npt.NDArray[np.uint32] | None = None,
        too_long: int = sys.maxsize,
    ) -> None:
        # a lone surrogate is one code point; what holds one is counted again as a whole
        self.data = text.encode("utf-8", "replace")
        self.ends: Places | None = None
        if len(self.data) > len(text):
            codes = codes_of(text) if codes is None else codes
            sizes = (codes > 0x7F).astype(np.int8) + (codes > 0x7FF) + (codes > 0xFFFF) + 1
            sizes[(codes >= 0xD800) & (codes < 0xE000)] = 1
            self.ends = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
        self.tokenizer = tokenizer
        self.too_long = too_long

    def __call__(self, places: Places, chosen: Flags | None = None) -> Places:
        """Return the tokens of each piece between two places, or of those chosen."""
        offsets = places if self.ends is None else self.ends[places]
        is_long = np.diff(offsets) > self.too_long
        if chosen is not None:
            is_long &= chosen
        if is_long.any():
            return self._in_parts(places, chosen, is_long)
        pieces = pa.LargeStringArray.from_buffers(
            len(places) - 1, pa.py_buffer(np.ascontiguousarray(offsets)), pa.py_buffer(self.data)
        )
        if chosen is not None:
            pieces = pieces.filter(pa.array(chosen))
        known = pieces.dictionary_encode()
        if len(known.dictionary) * 2 < len(pieces):
            counts = self.tokenizer.count_column(known.dictionary).to_numpy(zero_copy_only=False)
            found: Places = counts[known.indices.to_numpy()]
            return found
        counted: Places = self.tokenizer.count_column(pieces).to_numpy(zero_copy_only=False)
        return counted

    def _in_parts(self, places: Places, chosen: Flags | None, is_long: Flags) -> Places:
        step = self.too_long // MOST_BYTES
        ranges = zip(places[:-1][is_long].tolist(), places[1:][is_long].tolist(), strict=True)
        inside = [np.arange(low + step, high, step) for low, high in ranges]
        finer = np.sort(np.concatenate([places, *inside]))
        parents = np.searchsorted(places, finer[:-1], side="right") - 1
        if chosen is None:
            counts = self(finer)
        else:
            counts = self(finer, chosen[parents])
            parents = parents[chosen[parents]]
        return np.add.reduceat(counts, np.flatnonzero(np.diff(parents, prepend=-1)))
