"""Cut a text where its chunks cost least: one pass, and never a chunk whose count is not known.

A chunk ends at the place of the least cost that fits, the latest of equals. Where its tokens are not
proven to add up, its whole text is counted, and one that is too large ends earlier. Texts to count are
yielded, so that those of many documents can be counted at once.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import regex

from tore_export.chunks.ahead import LEAST_FILL, WORSE, Costs, costs_of
from tore_export.chunks.repeats import BARE, NOTHING, Repeat, Repeats
from tore_export.chunks.strength import Strength
from tore_export.chunks.units import Units
from tore_export.errors import DocumentError

__all__ = ["TOO_LARGE", "Cut", "Cutter", "Request", "largest_unit"]

Request: TypeAlias = Generator[list[str], list[int], "list[Cut]"]
Counting: TypeAlias = Generator[list[str], list[int], "tuple[int, int] | None"]

TOO_LARGE = "code_point_over_max_tokens"
"""The rule by which a document is rejected whose tokenizer makes too many tokens of one code point."""

CLUSTER = regex.compile(r"\X")
SPACE = regex.compile(r"(?<=\S)(?=\s)|(?<=[\r\n])(?![\r\n])")

MOST_TRIES = 4  # at a better end, once one that fits is known
ENOUGH = 16  # a part of a word fills its budget but for one part in so many
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


def _grapheme_ends(text: str, start: int, end: int) -> Sequence[int]:
    r"""Return where graphemes end in a part of a text.

    >>> list(_grapheme_ends("abc\r\nde\u0301", 1, 7)), list(_grapheme_ends("abc", 1, 3))
    ([2, 3, 5, 6, 7], [2, 3])
    """
    part = text[start:end]
    if part.isascii() and "\r" not in part:
        return range(start + 1, end + 1)
    return [found.end() for found in CLUSTER.finditer(text, start, end)]


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

    def cuts(self) -> Request:
        """Return the chunks in order; yields texts and is sent their numbers of tokens.

        **Raises** DocumentError where one code point has too many tokens.
        """
        places, tokens = self.units.places, self.units.tokens
        safe, n_unsafe = self.units.safe, self.units.n_unsafe
        if self.costs is None:
            (self.costs,) = costs_of([self.units], self.max_tokens, self.min_fill)
        end = places[-1]
        found: list[Cut] = []
        # where the next chunk begins: character, tokens before it, the first place behind it
        start, before, behind = places[self.begin], tokens[self.begin], self.begin + 1
        known = self.adds_up and safe[self.begin] > 0
        while start < end:
            repeat = NOTHING
            if self.repeats is not None:
                repeat = yield from self.repeats.at(
                    start, found[-1].start if found else self.previous
                )
            fitting: tuple[int, int] | None = None
            if self.repeats is None and known:
                place = self._choose(before, behind, self.max_tokens)
                if place and safe[place] and n_unsafe[place] == n_unsafe[behind]:
                    fitting = place, tokens[place] - before
            if fitting is None:
                fitting = yield from self._fit(start, before, behind, repeat)
            if repeat.head and self.repeats is not None and not self._ends_well(fitting):
                # a row that fits only without the head of its table is not cut for it
                previous = found[-1].start if found else self.previous
                without = yield from self.repeats.at(start, previous, with_head=False)
                whole = yield from self._fit(start, before, behind, without)
                if fitting is None or self._ends_well(whole):
                    fitting, repeat = whole, without
            if fitting is not None:
                place, n_tokens = fitting
                stop = places[place]
                if self.min_fill == 1 and n_tokens < self.max_tokens and stop < end:
                    room = (self.max_tokens - n_tokens) * 4 + 8
                    if stop + room >= end:
                        self.end_seen_by = min(self.end_seen_by, behind)
                    density = (stop - start) / n_tokens
                    topped = yield from self._top(
                        start, stop, min(stop + room, end), density, repeat
                    )
                    stop, n_tokens = topped or (stop, n_tokens)
            else:
                divided = yield from self._divide(start, before, behind, repeat)
                if divided is None and self.repeats is not None:
                    repeat = BARE
                    divided = yield from self._divide(start, before, behind, repeat)
                if divided is None:
                    raise self._too_large(start)
                stop, n_tokens = divided
            behind = bisect_left(places, stop, behind)
            if stop == places[behind]:
                before, known = tokens[behind], self.adds_up and safe[behind] > 0
                behind += 1
            else:
                # where a unit was divided is not known by its tokens
                low, n_low = max((start, before), (places[behind - 1], tokens[behind - 1]))
                n_unit = tokens[behind] - n_low
                before = n_low + n_unit * (stop - low) // (places[behind] - low)
                known = False
            found.append(Cut(repeat.text, start, stop, self._suffix(stop, repeat), n_tokens))
            start = stop
        return found

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

    def _divide(self, start: int, before: int, behind: int, repeat: Repeat) -> Counting:
        """Return where a chunk ends within a unit that does not fit, and its count; or None.

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

    def _top(self, start: int, stop: int, limit: int, density: float, repeat: Repeat) -> Counting:
        """Return where a chunk that fits up to `stop` is full, within a word, and its count; or None."""
        clusters = _grapheme_ends(self.text, stop, limit)
        if limit < len(self.text):
            clusters = clusters[:-1]  # the last may go on
        return (yield from self._latest(start, clusters, density, repeat))

    def _latest(self, start: int, ends: Sequence[int], density: float, repeat: Repeat) -> Counting:
        """Return the last of `ends` at which a chunk fits, or one that nearly fills it; or None."""
        most = self.max_tokens
        low, high = -1, len(ends)
        best: tuple[int, int] | None = None
        aim = start + int((most - repeat.n_tokens) * density)
        tries = 0
        while low + 1 < high:
            place = bisect_right(ends, aim) - 1 if tries < 6 else (low + high) // 2
            place = min(max(place, low + 1), high - 1)
            stop = ends[place]
            (n_tokens,) = yield [repeat.text + self.text[start:stop] + self._suffix(stop, repeat)]
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
