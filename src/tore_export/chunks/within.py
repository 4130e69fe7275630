"""Where a chunk ends within a unit: one too large for a chunk, or the word with which a chunk is full.

A word that is divided may have more tokens than it had whole, and where it is divided says where the
chunks behind it end. Of the places at which a chunk is full, that one is taken after which the next is
full at the end of a sentence, if that costs at most one token; else the cheapest, the latest of equals.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import regex

from tore_export.chunks.repeats import NOTHING, Repeat, Repeats
from tore_export.chunks.strength import Strength
from tore_export.chunks.units import Units

__all__ = ["Counting", "Within"]

Counting: TypeAlias = Generator[list[str], list[int], "tuple[int, int] | None"]

CLUSTER = regex.compile(r"\X")
SPACE = regex.compile(r"(?<=\S)(?=\s)|(?<=[\r\n])(?![\r\n])")

ENOUGH = 16  # a part of a word fills its budget but for one part in so many
LONGEST = 24  # characters of a word of one token
NEAR = 24  # graphemes around the latest that fits, at which a chunk may be full as well
FARTHEST = 100  # characters back to where counts add up; from further off a chunk is counted whole


@dataclass
class Within:
    """Finds ends of chunks of at most `max_tokens` within the units of a text.

    Each method yields texts, is sent their numbers of tokens, and returns where the chunk ends, with its
    count; or None.
    """

    text: str
    units: Units
    max_tokens: int
    min_fill: float
    adds_up: bool
    repeats: Repeats | None

    def divide(self, start: int, before: int, behind: int, repeat: Repeat) -> Counting:
        """Return where a chunk ends within the unit up to the place `behind`, which does not fit.

        It ends before a word, else between graphemes, else between code points.
        """
        until, n_unit = self.units.places[behind], self.units.tokens[behind] - before
        budget = max(self.max_tokens - repeat.n_tokens, 1)
        density = max((until - start) / max(n_unit, 1), 0.2)  # characters a token
        window = int(budget * density * 1.5) + 8
        while True:
            limit = min(until, start + window)
            words = [found.end() for found in SPACE.finditer(self.text, start + 1, limit)]
            fitting = yield from self._latest(start, words, density, repeat)
            if fitting is not None:
                return fitting
            clusters = _grapheme_ends(self.text, start, limit)
            if limit < until and clusters:
                clusters = clusters[:-1]  # the last may go on
            whole = yield from self._latest(start, clusters, density, repeat)
            if whole is None:
                break
            if whole[0] < clusters[-1] or limit == until or whole[1] * 4 > self.max_tokens * 3:
                return whole
            window *= 2
        points = list(range(start + 1, clusters[0] if clusters else limit))
        return (yield from self._latest(start, points, density, repeat))

    def fill(self, start: int, place: int, n_tokens: int, repeat: Repeat) -> Counting:
        """Return where a chunk is full that fits up to a place, with so many tokens."""
        places = self.units.places
        stop = places[place]
        limit = self._limit(place, n_tokens)
        ends = _grapheme_ends(self.text, stop, limit)
        if limit < len(self.text):
            ends = ends[:-1]  # the last may go on
        base = self._adds_up_at(start, place)
        if base is None:
            return (yield from self._latest(start, ends, (stop - start) / n_tokens, repeat))
        (n_base,) = yield [self.text[base:stop]]
        room = self.max_tokens - n_tokens + n_base
        if len(ends) > 2 * NEAR:
            latest = yield from self._latest(base, ends, (limit - base) / room, NOTHING, room)
            middle = bisect_right(ends, latest[0]) if latest else 0
            ends = ends[max(middle - NEAR, 0) : middle + NEAR]
        counts = yield [self.text[base:end] for end in ends]
        most = max((n for n in counts if n <= room), default=n_base)
        if most == n_base:
            return None
        full = [end for end, n in zip(ends, counts, strict=True) if n == most]
        units = [bisect_left(places, end) for end in full]
        pairs = list(zip(full, units, strict=True))
        rests = yield [self.text[end : places[unit]] for end, unit in pairs]
        cheap = min(rests) + 1
        _, _, end = min(
            (rest > cheap or not self._full_at_sentence(unit, rest), rest, -end)
            for (end, unit), rest in zip(pairs, rests, strict=True)
        )
        return -end, n_tokens - n_base + most

    def looks_at_end(self, place: int, n_tokens: int) -> bool:
        """Tell whether `fill` looks at the last of the units, or behind it."""
        places, tokens = self.units.places, self.units.tokens
        limit = bisect_left(places, self._limit(place, n_tokens))
        return tokens[limit] + self.max_tokens >= tokens[-1]

    def _limit(self, place: int, n_tokens: int) -> int:
        """Return the character up to which a chunk may be filled."""
        room = (self.max_tokens - n_tokens) * 4 + LONGEST
        return min(self.units.places[place] + room, self.units.places[-1])

    def _adds_up_at(self, start: int, place: int) -> int | None:
        """Return the last place at which counts of both sides add up, if there is one near; or None."""
        if self.repeats is not None or not self.adds_up:
            return None
        places, safe = self.units.places, self.units.safe
        least = max(start + 1, places[place] - FARTHEST)
        first = bisect_left(places, least, 0, place + 1)
        return next((places[i] for i in range(place, first - 1, -1) if safe[i]), None)

    def _full_at_sentence(self, behind: int, rest: int) -> bool:
        """Tell whether a chunk is full at a sentence's end if `rest` of its tokens are in a unit."""
        tokens, strengths = self.units.tokens, self.units.strengths
        wanted = tokens[behind] + self.max_tokens - rest
        at = bisect_left(tokens, wanted, behind)
        return at < len(tokens) and tokens[at] == wanted and strengths[at] >= Strength.SENTENCE

    def _latest(
        self,
        start: int,
        ends: Sequence[int],
        density: float,
        repeat: Repeat,
        most: int | None = None,
    ) -> Counting:
        """Return the last of `ends` at which a chunk fits, or one that nearly fills it; or None."""
        most = self.max_tokens if most is None else most
        low, high = -1, len(ends)
        best: tuple[int, int] | None = None
        aim = start + int((most - repeat.n_tokens) * density)
        tries = 0
        while low + 1 < high:
            place = bisect_right(ends, aim) - 1 if tries < 6 else (low + high) // 2
            place = min(max(place, low + 1), high - 1)
            stop = ends[place]
            suffix = "" if self.repeats is None else self.repeats.behind(stop, repeat)
            (n_tokens,) = yield [repeat.text + self.text[start:stop] + suffix]
            tries += 1
            own = max(n_tokens - repeat.n_tokens, 1)
            aim = start + (stop - start) * (most - repeat.n_tokens) // own
            if n_tokens > most:
                high = place
                continue
            low, best = place, (stop, n_tokens)
            if (most - n_tokens) * ENOUGH <= most * (self.min_fill < 1):
                break
        return best


def _grapheme_ends(text: str, start: int, end: int) -> Sequence[int]:
    r"""Return where graphemes end in a part of a text.

    >>> list(_grapheme_ends("abc\r\nde\u0301", 1, 7)), list(_grapheme_ends("abc", 1, 3))
    ([2, 3, 5, 6, 7], [2, 3])
    """
    part = text[start:end]
    if part.isascii() and "\r" not in part:
        return range(start + 1, end + 1)
    return [found.end() for found in CLUSTER.finditer(text, start, end)]
