"""Cut a text where its chunks cost least: one pass, and never a chunk whose count is not known.

A chunk ends at the place of the least cost that fits, the latest of equals. Where its tokens are not
proven to add up, its whole text is counted, and one that is too large ends earlier. Texts to count are
yielded, so that those of many documents can be counted at once.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from tore_export.chunks.ahead import LEAST_FILL, WORSE, Costs, costs_of
from tore_export.chunks.repeats import BARE, NOTHING, Repeat, Repeats
from tore_export.chunks.strength import Strength
from tore_export.chunks.units import Units
from tore_export.chunks.within import Counting, Within
from tore_export.errors import DocumentError

__all__ = ["TOO_LARGE", "Begin", "Cut", "Cutter", "Request", "largest_unit"]

Request: TypeAlias = Generator[list[str], list[int], "list[Cut]"]

TOO_LARGE = "code_point_over_max_tokens"
"""The rule by which a document is rejected whose tokenizer makes too many tokens of one code point."""

MOST_TRIES = 4  # at a better end, once one that fits is known
SLACK = 0.02  # of a budget, that a sum may be too high by


def largest_unit(max_tokens: int, min_fill: float, *, repeating: bool) -> int:
    """Return the tokens of the largest unit that is not divided into words.

    A chunk is as far from full as the unit is large that did not fit any more.

    >>> largest_unit(512, 0.9, repeating=False), largest_unit(512, 0.98, repeating=False)
    (256, 102)
    """
    worth = WORSE[Strength.WORD] * (1 - min_fill)
    return min(max_tokens // (4 if repeating else 2), int(max_tokens * worth))


class Cut(NamedTuple):
    """A chunk: what is repeated before and behind, its own part of the text, its tokens."""

    prefix: str
    start: int
    end: int
    suffix: str
    n_tokens: int


class Begin(NamedTuple):
    """Where a chunk begins: the character, the tokens before it, the first place behind it.

    `known`: the tokens of the units behind it are those of the text from there on, where they add up.
    """

    start: int
    before: int
    behind: int
    known: bool


Next: TypeAlias = Generator[list[str], list[int], tuple[Cut, Begin, bool]]


@dataclass
class Cutter:
    """Cuts one text into chunks of at most `max_tokens`.

    The units may be some of a longer text's: the first chunk begins at the place numbered `begin`, after
    a chunk that began at `previous`. `end_seen_by` is then the number of the place behind the beginning
    of the first chunk that might be another if the text went on. `costs` are those of the units; what is
    not given is found.
    """

    text: str
    units: Units
    max_tokens: int
    min_fill: float
    adds_up: bool
    repeats: Repeats | None = None
    costs: Costs | None = None
    begin: int = 0
    previous: int = 0
    end_seen_by: int = sys.maxsize
    within: Within = field(init=False)

    def cuts(self) -> Request:
        """Return the chunks in order; yields texts and is sent their numbers of tokens.

        **Raises** DocumentError where one code point has too many tokens.
        """
        self._prepare()
        found: list[Cut] = []
        at = self._first()
        while at.start < self.units.places[-1]:
            cut, at, _ = yield from self._next(at, found[-1].start if found else self.previous)
            found.append(cut)
        return found

    def _prepare(self) -> None:
        if self.costs is None:
            (self.costs,) = costs_of([self.units], self.max_tokens, self.min_fill)
        self.within = Within(
            self.text, self.units, self.max_tokens, self.min_fill, self.adds_up, self.repeats
        )

    def _first(self) -> Begin:
        """Return where the first chunk begins."""
        place = self.begin
        known = self.adds_up and self.units.safe[place] > 0
        return Begin(self.units.places[place], self.units.tokens[place], place + 1, known)

    def _next(self, at: Begin, previous: int) -> Next:
        """Return a chunk, where the next one begins, and whether it fits up to a place.

        `previous` is where the chunk before it began.
        """
        start, before, behind, known = at
        places, tokens = self.units.places, self.units.tokens
        safe, n_unsafe = self.units.safe, self.units.n_unsafe
        repeat = NOTHING
        if self.repeats is not None:
            repeat = yield from self.repeats.at(start, previous)
        fitting: tuple[int, int] | None = None
        if self.repeats is None and known:
            place = self._choose(before, behind, self.max_tokens)
            if place and safe[place] and n_unsafe[place] == n_unsafe[behind]:
                fitting = place, tokens[place] - before
        if fitting is None:
            fitting = yield from self._fit(start, before, behind, repeat)
        if repeat.head and self.repeats is not None and not self._ends_well(fitting):
            # a row that fits only without the head of its table is not cut for it
            without = yield from self.repeats.at(start, previous, with_head=False)
            whole = yield from self._fit(start, before, behind, without)
            if fitting is None or self._ends_well(whole):
                fitting, repeat = whole, without
        rest: int | None = None
        if fitting is not None:
            place, n_tokens = fitting
            stop = places[place]
            if self.min_fill == 1 and n_tokens < self.max_tokens and stop < places[-1]:
                ends = yield from self.within.fill(start, place, n_tokens, repeat)
                if self.within.end_seen:
                    self.end_seen_by = min(self.end_seen_by, behind)
                if ends:
                    stop, n_tokens, rest = ends[0]
        else:
            divided = yield from self.within.divide(start, before, behind, repeat)
            if divided is None and self.repeats is not None:
                repeat = BARE
                divided = yield from self.within.divide(start, before, behind, repeat)
            if divided is None:
                raise self._too_large(start)
            stop, n_tokens = divided
        cut = Cut(repeat.text, start, stop, self._suffix(stop, repeat), n_tokens)
        return cut, self._behind(at, stop, rest), fitting is not None

    def _behind(self, at: Begin, stop: int, rest: int | None) -> Begin:
        """Return where a chunk begins behind another one; `rest` as of an End."""
        places, tokens = self.units.places, self.units.tokens
        behind = bisect_left(places, stop, at.behind)
        if stop == places[behind]:
            known = self.adds_up and self.units.safe[behind] > 0
            return Begin(stop, tokens[behind], behind + 1, known)
        if rest is not None:
            return Begin(stop, tokens[behind] - rest, behind, self.adds_up)
        # where a unit was divided is not known by its tokens
        low, n_low = max((at.start, at.before), (places[behind - 1], tokens[behind - 1]))
        n_unit = tokens[behind] - n_low
        before = n_low + n_unit * (stop - low) // (places[behind] - low)
        return Begin(stop, before, behind, False)

    def _choose(self, before: int, behind: int, budget: int) -> int:
        """Return the best place to end a chunk of at most `budget` tokens by the sums; 0 for none."""
        tokens = self.units.tokens
        latest = bisect_right(tokens, before + budget, behind) - 1
        if latest < behind:
            return 0
        last = len(tokens) - 1
        if latest >= (self.costs.n_certain if self.costs else last):
            self.end_seen_by = min(self.end_seen_by, behind)
        if latest == last or self.costs is None:
            return latest
        least = bisect_left(tokens, before + budget * LEAST_FILL, behind, latest)
        window = self.costs.values[least : latest + 1].tolist()
        window.reverse()
        return latest - window.index(min(window))

    def _fit(self, start: int, before: int, behind: int, repeat: Repeat) -> Counting:
        """Return the best place at which a chunk fits by its own count, and that count; or None."""
        places, tokens = self.units.places, self.units.tokens
        most = self.max_tokens
        budget = most - repeat.n_tokens
        best: tuple[int, int] | None = None
        too_far = len(places)
        slack = min(SLACK, 1 - self.min_fill)
        tries = 0
        while budget >= 0:
            place = min(self._choose(before, behind, budget), too_far - 1)
            if place < behind or (best is not None and place <= best[0]):
                break
            stop = places[place]
            (n_tokens,) = yield [repeat.text + self.text[start:stop] + self._suffix(stop, repeat)]
            expected = tokens[place] - before
            tries += 1
            if n_tokens > most:
                too_far = place
                budget = min(budget, expected) - max(
                    n_tokens - most, budget >> 3 if tries > 2 else 1
                )
                if best is not None:
                    break
                continue
            best = place, n_tokens
            surplus = expected + repeat.n_tokens - n_tokens
            if surplus <= most * slack or tries >= MOST_TRIES or place == len(places) - 1:
                break
            # the sum was too high: so much more fits as it was wrong by
            own = max(n_tokens - repeat.n_tokens, 1)
            budget = max(budget + 1, (most - repeat.n_tokens) * expected // own)
        return best

    def _ends_well(self, fitting: tuple[int, int] | None) -> bool:
        return fitting is not None and self.units.strengths[fitting[0]] >= Strength.SENTENCE

    def _suffix(self, stop: int, repeat: Repeat) -> str:
        return "" if self.repeats is None else self.repeats.behind(stop, repeat)

    def _too_large(self, start: int) -> DocumentError:
        return DocumentError(
            "one code point has more tokens than a chunk may have",
            rule=TOO_LARGE,
            where=f"character {start}",
            found=f"U+{ord(self.text[start]):04X}",
            allowed=f"{self.max_tokens} tokens",
            hint="raise max_tokens, or count with another tokenizer",
        )
