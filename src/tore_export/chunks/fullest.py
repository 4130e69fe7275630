"""Chunks that are full together: one that cannot be is avoided by other ends of those before it.

Where the token that would fill a chunk is only a part of a character, the chunk has a token less than it
might. Most chunks are full at several places, and after another one of them those that follow end
elsewhere, too. So of the ways to cut a stretch of text that one is taken whose chunks lack the fewest
tokens: the way that lacks the fewest so far is gone on with, of such ways the farthest (Dijkstra's
algorithm). Nothing but the next chunk is looked at before one lacks a token.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import NamedTuple, TypeAlias

from tore_export.chunks.cut import Begin, Cut, Cutter, Request
from tore_export.chunks.repeats import Repeats
from tore_export.chunks.units import Units

__all__ = ["FullestCutter", "cutter_of"]

MOST_CHUNKS = 32  # of a stretch, or a few more, up to one that ends with a unit
LEAST_CHUNKS = 4
TOKENS = 16_384  # of a stretch of chunks between the two
FEWER = (0, 1)  # tokens that a chunk may lack so that others behind it lack less
FREE = 128  # chunks of a stretch that are tried,
FOR_EACH = 2  # and so many more for each one it has; then no more are avoided


def cutter_of(
    text: str,
    units: Units,
    max_tokens: int,
    min_fill: float,
    adds_up: bool,
    repeats: Repeats | None,
) -> Cutter:
    """Return what cuts a text into chunks of at most `max_tokens`; see Cutter."""
    kind = FullestCutter if min_fill == 1 and repeats is None else Cutter
    return kind(text, units, max_tokens, min_fill, adds_up, repeats)


class Way(NamedTuple):
    """Chunks of a stretch from its beginning: the last one, where it begins, and the way there.

    `follows` is where the next one begins; `n_lacking` how many tokens all of them have too few.
    """

    before: Way | None
    begin: Begin
    cut: Cut
    follows: Begin
    n_chunks: int
    n_lacking: int


Ways: TypeAlias = Generator[list[str], list[int], list[Way]]
Stretch: TypeAlias = Generator[list[str], list[int], Way]


@dataclass
class Waiting:
    """Ways that may be gone on with, and ways whose last chunk may end elsewhere, `fewer` tokens on.

    The first to be taken lacks the fewest tokens, with those fewer; of equals, the last chunk of which
    begins farthest; of such, the first that came.
    """

    heap: list[tuple[int, int, int, Way, int | None]] = field(default_factory=list)
    n_come: int = 0

    def put(self, way: Way, fewer: int | None = None) -> None:
        """Let a way wait, or the other ends of its last chunk."""
        self.n_come += 1
        n_lacking = way.n_lacking + (fewer or 0)
        heappush(self.heap, (n_lacking, -way.begin.start, self.n_come, way, fewer))

    def take(self) -> tuple[Way, int | None]:
        """Return the first, which waits no more."""
        *_, way, fewer = heappop(self.heap)
        return way, fewer

    def take_farthest(self, begun: set[int]) -> Way:
        """Return the best of the ways that are farthest, of which nothing has begun; no other waits."""
        ways = [entry for entry in self.heap if entry[-1] is None]
        farthest = max((entry[3] for entry in ways), key=lambda way: way.follows.start)
        *_, way, _ = min(
            entry
            for entry in ways
            if entry[3].follows.start > farthest.begin.start and entry[3].follows.start not in begun
        )
        self.heap.clear()
        return way


class FullestCutter(Cutter):
    """Cuts one text into chunks that lack as few tokens as can be, stretch by stretch.

    A stretch ends with a unit, and does not depend on those before it.
    """

    def cuts(self) -> Request:
        """Return the chunks in order; see Cutter."""
        self._prepare()
        found: list[Cut] = []
        at = self._first()
        while at.start < self.units.places[-1]:
            way = yield from self._stretch(at)
            if self.end_seen_by >= at.behind and self.end_seen_by < len(self.units.places):
                self.end_seen_by = at.behind
            at = way.follows
            found += _cuts_of(way)
        return found

    def _stretch(self, at: Begin) -> Stretch:
        """Return a stretch of chunks."""
        way: Way | None = None
        waiting = Waiting()
        # ways whose last chunk may end elsewhere, none of which waits as long as nothing is lacking
        fresh: list[Way] = []
        begun: set[int] = set()
        n_chunks = 0
        while way is None or not self._is_whole(way):
            begin = way.follows if way else at
            if begin.start not in begun:
                begun.add(begin.start)
                (longer,) = yield from self._gone_on(way, begin, fresh)
                n_chunks = max(n_chunks, longer.n_chunks)
                if longer.n_lacking == (way.n_lacking if way else 0):
                    way = longer
                    continue
                waiting.put(longer)
                for each in fresh:
                    for fewer in FEWER:
                        waiting.put(each, fewer)
                fresh.clear()
            if len(begun) > FREE + FOR_EACH * n_chunks:
                way = waiting.take_farthest(begun)
            else:
                way = yield from self._first_of(waiting)
        return way

    def _is_whole(self, way: Way) -> bool:
        """Tell whether a way is a stretch, or the last one of the text."""
        at, places = way.follows, self.units.places
        n_chunks = min(max(TOKENS // self.max_tokens, LEAST_CHUNKS), MOST_CHUNKS)
        return at.start == places[-1] or (
            way.n_chunks >= n_chunks and at.start == places[at.behind - 1]
        )

    def _gone_on(self, way: Way | None, begin: Begin, fresh: list[Way]) -> Ways:
        """Return a way with its next chunk."""
        cut, follows, fits = yield from self._next(begin, begin.start)
        n_chunks, n_lacking = (way.n_chunks, way.n_lacking) if way else (0, 0)
        # how full the last one is, and a part of a unit too large for a chunk, is not to be changed
        may_lack = fits and cut.end < self.units.places[-1]
        n_lacking += may_lack * (self.max_tokens - cut.n_tokens)
        longer = Way(way, begin, cut, follows, n_chunks + 1, n_lacking)
        if may_lack:
            fresh.append(longer)
        return [longer]

    def _first_of(self, waiting: Waiting) -> Stretch:
        """Return the first of the ways that wait, or one with another end that comes before it."""
        while True:
            way, fewer = waiting.take()
            if fewer is None:
                return way
            for other in (yield from self._with_other_ends(way, fewer)):
                waiting.put(other)

    def _with_other_ends(self, way: Way, fewer: int) -> Ways:
        """Return a way with other ends of its last chunk, which has so many tokens fewer then."""
        _, begin, cut, *_ = way
        ends = yield from self.within.others(cut.start, cut.end, cut.n_tokens, fewer)
        if self.within.end_seen:
            self.end_seen_by = min(self.end_seen_by, begin.behind)
        return [
            way._replace(
                cut=cut._replace(end=end.stop, n_tokens=end.n_tokens),
                follows=self._behind(begin, end.stop, end.rest),
                n_lacking=way.n_lacking + fewer,
            )
            for end in ends
        ]


def _cuts_of(way: Way | None) -> list[Cut]:
    found: list[Cut] = []
    while way is not None:
        found.append(way.cut)
        way = way.before
    return found[::-1]
