"""Where a chunk ends within a unit: one too large for a chunk, or the word with which a chunk is full.

A word that is divided may have more tokens than it had whole, and where it is divided says where the
chunks behind it end. Of the places at which a chunk is full, that one is best after which the next is
full at the end of a sentence, or the one after that, if it costs at most one token; else the cheapest,
the latest of equals.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import regex

from tore_export.chunks.repeats import NOTHING, Repeat, Repeats
from tore_export.chunks.strength import Strength
from tore_export.chunks.units import Units

__all__ = ["Counting", "Within"]

Counting: TypeAlias = Generator[list[str], list[int], "tuple[int, int] | None"]

Filling: TypeAlias = Generator[list[str], list[int], "list[End]"]

CLUSTER = regex.compile(r"\X")
SPACE = regex.compile(r"(?<=\S)(?=\s)|(?<=[\r\n])(?![\r\n])")

ENOUGH = 16  # a part of a word fills its budget but for one part in so many
LONGEST = 24  # characters of a word of one token
NEAR = 24  # graphemes around the latest that fits, at which a chunk may be full as well
FARTHEST = 100  # characters back to where counts add up; from further off a chunk is counted whole
FEW = 3  # units to either side of an end, in which there may be another one for as many tokens
MARGIN = 8  # tokens that the sum over a few units may be too high by, besides a half of it
N_AHEAD = 2  # chunks that are looked at for the end of a sentence
LONG = 16  # characters for each token of a chunk; the rest of a longer word is not counted


class End(NamedTuple):
    """Where a chunk ends, with its tokens, and those from there to the next place, where known."""

    stop: int
    n_tokens: int
    rest: int | None


@dataclass
class Within:
    """Finds ends of chunks of at most `max_tokens` within the units of a text.

    Each method yields texts, is sent their numbers of tokens, and returns where the chunk ends, with its
    count. `end_seen` tells whether `fill` or `others` may find other ends if more units follow.
    """

    text: str
    units: Units
    max_tokens: int
    min_fill: float
    adds_up: bool
    repeats: Repeats | None
    end_seen: bool = False

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

    def fill(self, start: int, place: int, n_tokens: int, repeat: Repeat) -> Filling:
        """Return where a chunk is full that fits up to a place, with so many tokens; the best end first.

        Nothing where no end is better than that place.
        """
        places = self.units.places
        stop = places[place]
        limit = min(stop + (self.max_tokens - n_tokens) * 4 + LONGEST, places[-1])
        self._look_at(bisect_left(places, limit))
        base = self._adds_up_at(start, place)
        if base is None:
            ends = self._ends(stop, limit)
            latest = yield from self._latest(start, ends, (stop - start) / n_tokens, repeat)
            return [End(*latest, None)] if latest else []
        room, begin = self.max_tokens - n_tokens, places[base]
        ends = self._ends(stop, self._too_far(base, place, room, limit))
        if len(ends) > 2 * NEAR:
            (n_base,) = yield [self.text[begin:stop]]
            density = (limit - begin) / (room + n_base)
            latest = yield from self._latest(begin, ends, density, NOTHING, room + n_base)
            middle = bisect_right(ends, latest[0]) if latest else 0
            ends = ends[max(middle - NEAR, 0) : middle + NEAR]
        n_base, *counts = yield [self.text[begin:end] for end in (stop, *ends)]
        most = max((n for n in counts if n <= room + n_base), default=n_base)
        if most == n_base:
            return []
        full = [end for end, n in zip(ends, counts, strict=True) if n == most]
        return (yield from self._best_first(full, n_tokens - n_base + most))

    def others(self, start: int, stop: int, n_tokens: int, fewer: int) -> Filling:
        """Return other ends near `stop` of a chunk of `n_tokens`, of so many fewer; the best first."""
        places, safe = self.units.places, self.units.safe
        place = bisect_left(places, stop)
        base = self._adds_up_at(start, place - 1 - fewer)
        if base is None:
            return []
        last = min(place + FEW, len(places) - 1)
        self._look_at(last)
        begin, first = places[base], places[max(place - FEW - fewer, base)]
        limit = places[last]
        # behind a place at which counts add up there are more tokens than before it
        following = safe.find(1, place, last)
        if following >= 0:
            limit = places[following] + 1
        ends = self._ends(first, min(limit, stop + FARTHEST))
        middle = bisect_left(ends, stop)
        ends = ends[max(middle - NEAR, 0) : middle + NEAR]
        n_own, *counts = yield [self.text[begin:end] for end in (stop, *ends)]
        same = [
            end for end, n in zip(ends, counts, strict=True) if n == n_own - fewer and end != stop
        ]
        return (yield from self._best_first(same, n_tokens - fewer)) if same else []

    def _best_first(self, ends: list[int], n_tokens: int) -> Filling:
        """Return ends of a chunk of so many tokens, the best first."""
        places = self.units.places
        units = [bisect_left(places, end) for end in ends]
        if places[units[-1]] - ends[-1] > self.max_tokens * LONG:
            return [End(end, n_tokens, None) for end in reversed(ends)]
        rests = yield [self.text[end : places[unit]] for end, unit in zip(ends, units, strict=True)]
        cheap = min(rests) + 1
        ranks = [
            (self._n_before_sentence(unit, rest) if rest <= cheap else N_AHEAD, rest, -end)
            for end, unit, rest in zip(ends, units, rests, strict=True)
        ]
        return [End(-end, n_tokens, rest) for _, rest, end in sorted(ranks)]

    def _look_at(self, place: int) -> None:
        """Note whether chunks that begin before this place depend on the last of the units."""
        tokens = self.units.tokens
        self.end_seen |= tokens[place] + N_AHEAD * self.max_tokens >= tokens[-1]

    def _ends(self, stop: int, limit: int) -> Sequence[int]:
        """Return where graphemes end behind `stop`, up to `limit`."""
        ends = _grapheme_ends(self.text, stop, limit)
        return ends[:-1] if limit < len(self.text) else ends  # the last may go on

    def _too_far(self, base: int, place: int, room: int, limit: int) -> int:
        """Return where there are more than `room` tokens behind a place for certain, or the limit."""
        places, tokens, safe = self.units.places, self.units.tokens, self.units.safe
        adds_up = base == place
        for behind in range(place + 1, bisect_left(places, limit)):
            adds_up &= safe[behind] > 0
            if tokens[behind] - tokens[place] > (room if adds_up else 2 * room + MARGIN):
                return places[behind]
        return limit

    def _adds_up_at(self, start: int, place: int) -> int | None:
        """Return the number of the last place at which counts of both sides add up, if one is near."""
        if self.repeats is not None or not self.adds_up or place < 0:
            return None
        places = self.units.places
        least = max(start + 1, places[place] - FARTHEST)
        base = self.units.safe.rfind(1, bisect_left(places, least, 0, place + 1), place + 1)
        return base if base >= 0 else None

    def _n_before_sentence(self, behind: int, rest: int) -> int:
        """Return how many full chunks there are before one that is full at the end of a sentence.

        The first of them has `rest` of its tokens before the place `behind`.
        """
        tokens, strengths = self.units.tokens, self.units.strengths
        wanted = tokens[behind] - rest
        for n in range(N_AHEAD):
            wanted += self.max_tokens
            behind = bisect_left(tokens, wanted, behind)
            if behind == len(tokens) or tokens[behind] != wanted:
                break
            if strengths[behind] >= Strength.SENTENCE:
                return n
        return N_AHEAD

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
