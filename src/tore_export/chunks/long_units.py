"""The units of a long text, window by window: the same as of the whole text at once, in flat memory."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from tore_export.chunks.boundaries import RawLines
from tore_export.chunks.strength import Strength
from tore_export.chunks.units import SMALL, Counter, Found, divided, with_words
from tore_export.chunks.windows import windows_of

if TYPE_CHECKING:
    from tore_export.chunks.places import Laid
    from tore_export.chunks.structure import Structure
    from tore_export.chunks.units import Flags, Places, Strengths
    from tore_export.tokens.tokenizer import Tokenizer

__all__ = ["LongUnits"]


class LongUnits:
    """Finds the places of one document in order, some at a time.

    `adds_up` tells whether counts add up at safe places. If so, a line or a sentence longer than a
    window is known to be too large before its end is; without, it is looked at as a whole. So is a word
    in any case. For `too_long` see Counter.
    """

    def __init__(
        self,
        document: Structure,
        tokenizer: Tokenizer,
        largest: int,
        window: int,
        *,
        adds_up: bool,
        too_long: int = sys.maxsize,
    ) -> None:
        self.document = document
        self.tokenizer = tokenizer
        self.largest = largest
        self.window = window
        self.adds_up = adds_up
        self.too_long = too_long
        # the last place, and the words behind it, of which it is not known yet whether they are units
        self.last = 0
        self.tokens = 0
        self.words: Places = np.zeros(0, np.int64)
        self.words_safe: Flags = np.zeros(0, np.bool_)
        self.is_large = largest <= SMALL
        self.patience = window // 2

    def __iter__(self) -> Iterator[Found]:
        """Yield the places, the first of which is 0."""
        zero = np.zeros(1, np.int64)
        yield Found(zero, zero, np.full(1, Strength.DOCUMENT, np.int8), np.ones(1, np.bool_))
        lines = RawLines()
        for laid in windows_of(self.document, self.window):
            places, strengths, words = laid.places(lines)
            (part,) = laid.parts
            shift = part.at - part.low
            first = int(part.low == 0)
            yield from self._settled(
                laid, shift, places[first:] - shift, strengths[first:], words - shift
            )
            found = self._known_too_large(part.high)
            if found is not None:
                yield found

    def _settled(
        self, laid: Laid, shift: int, places: Places, strengths: Strengths, words: Places
    ) -> Iterator[Found]:
        """Yield what is found in a window, up to its last place; the words behind that are kept."""
        n_old = len(self.words)
        words = np.concatenate([self.words, words[words > self.last]])
        if self.is_large:
            small = self.largest <= SMALL
            chosen = words if small or not len(places) else words[words < places[0]]
            self.is_large = small or not len(places)
            places, strengths = with_words(places, strengths, chosen)
        safe = self.words_safe
        if len(places):
            low = laid.parts[0].low
            found = self._counted(places, strengths, words)
            old = int(np.searchsorted(found.places, low, side="right"))
            found.safe[:old] = safe[np.searchsorted(words[:n_old], found.places[:old])]
            found.safe[old:] = laid.is_safe(found.places[old:] + shift)
            found.safe[found.places == len(self.document.text)] = True
            yield found
        behind = int(np.searchsorted(words, self.last, side="right"))
        kept = words[max(behind, n_old) :]
        self.words = words[behind:]
        self.words_safe = np.concatenate([safe[behind:], laid.is_safe(kept + shift)])

    def _counted(self, places: Places, strengths: Strengths, words: Places) -> Found:
        """Return places that follow the last one, and words in what is too large, with their tokens."""
        begin = self.last
        count = Counter(
            self.document.text[begin : places[-1]], self.tokenizer, too_long=self.too_long
        )
        finer, strengths, counts = divided(
            np.concatenate([[0], places - begin]),
            np.concatenate([[np.int8(0)], strengths]),
            words - begin,
            self.largest,
            count,
        )
        tokens = np.cumsum(counts) + self.tokens
        self.last, self.tokens = int(places[-1]), int(tokens[-1])
        self.patience = self.window // 2
        return Found(finer[1:] + begin, tokens, strengths[1:], np.zeros(len(tokens), np.bool_))

    def _known_too_large(self, high: int) -> Found | None:
        """Return the words since the last place, if what they are part of is too large already."""
        if self.is_large or not self.adds_up or high - self.last < self.patience:
            return None
        self.patience = 2 * (high - self.last)
        safe = np.flatnonzero(self.words_safe)
        if not len(safe):
            return None
        n = int(safe[-1]) + 1
        text = self.document.text[self.last : self.words[n - 1]]
        if self.tokenizer.count(text) <= self.largest:
            return None
        self.is_large = True
        words, words_safe = self.words[:n], self.words_safe[:n]
        self.words, self.words_safe = self.words[n:], self.words_safe[n:]
        found = self._counted(words, np.full(n, Strength.WORD, np.int8), words[:0])
        found.safe[:] = words_safe
        return found
