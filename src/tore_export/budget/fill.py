"""What still fits into a budget after the least important elements went: put back, whole or cut."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import islice

from tore_export.budget.cut import Cut, cut_of
from tore_export.budget.draft import Change, Draft

__all__ = ["FULL", "put_back"]

FULL = 0.95
"""A budget that is used to this share is well used: then only whole sentences are added."""

MOST_LOOKED_AT = 2_000
MOST_COUNTS = 12
MOST_TRIES = 6


def put_back(
    draft: Draft, kept: bytearray, left: int, max_tokens: int, dropped: Sequence[int]
) -> tuple[bytearray, int, list[Change]]:
    """Return what is kept with what still fits, what it costs, and the contents that were cut.

    `dropped` are the elements that went, the most important first. The first one is cut at a sentence;
    until the budget is full, also at a word or a letter, and then the next ones are tried: first so
    that what is put back says something, and where that is not enough, anyhow.
    """
    best = _Filling(draft, kept, left, max_tokens)
    best.go_through(dropped, only_if_it_says_something=True)
    if not best.is_full:
        best.go_through(dropped, only_if_it_says_something=False)
    if not best.is_full:
        # what was put back first may have taken the room of what would have filled it
        other = _Filling(draft, kept, left, max_tokens)
        other.go_through(dropped, only_if_it_says_something=False)
        best = max(best, other, key=lambda filling: filling.left)
    return best.kept, best.left, best.cuts


class _Filling:
    """What is kept while elements are put back, and how often the whole was counted for it."""

    def __init__(self, draft: Draft, kept: bytearray, left: int, max_tokens: int) -> None:
        self.draft = draft
        self.kept = kept
        self.left = left
        self.max_tokens = max_tokens
        self.cuts: list[Change] = []
        self.counted = 0
        self.captions: dict[int, int] = {}
        for i, owner in enumerate(draft.structure.bound):
            if owner >= 0:
                self.captions[owner] = self.captions.get(owner, 0) + draft.costs[i]

    @property
    def is_full(self) -> bool:
        """Whether the budget is used well."""
        return self.left >= FULL * self.max_tokens

    def go_through(self, dropped: Sequence[int], *, only_if_it_says_something: bool) -> None:
        """Put back what fits, whole or cut; see Cut.least for what says something."""
        self.counted = 0
        for number, place in enumerate(islice(dropped, MOST_LOOKED_AT)):
            room = self.max_tokens - self.left
            if self.counted >= MOST_COUNTS or room <= self.max_tokens // 100:
                break
            if self.is_full and number:
                break
            room -= self.captions.get(place, 0) + _cost_above(self.draft, self.kept, place)
            if room > 0 and not self.kept[place]:
                self._put_back(place, room, only_if_it_says_something=only_if_it_says_something)

    def _put_back(self, place: int, room: int, *, only_if_it_says_something: bool) -> None:
        draft = self.draft
        wider = bytearray(self.kept)
        wider[place] = 1
        wider = draft.structure.settle(wider)
        if draft.costs[place] <= room:
            self.counted += 1
            left = draft.count(wider, self.cuts)
            if left <= self.max_tokens:
                self.kept, self.left = wider, left
                return
        cut = cut_of(draft.columns.kinds[place], draft.content(place))
        if cut is None:
            return
        least = cut.least() if only_if_it_says_something else 1
        cutting = _Cutting(draft, wider, self.cuts, place, cut, self.max_tokens, self.left)
        change = cutting.best(room, least, only_sentences=self.is_full)
        self.counted += cutting.counted
        if change is not None:
            self.kept, self.left = wider, cutting.left
            self.cuts.append(change)


def _cost_above(draft: Draft, kept: bytearray, place: int) -> int:
    """Return what the headings and containers cost that would come back with an element."""
    parent, total = draft.structure.parent, 0
    above = parent[place]
    while above >= 0 and not kept[above]:
        total += draft.costs[above]
        above = parent[above]
    return total


class _Cutting:
    """The search for the longest beginning of one element that fits."""

    def __init__(
        self,
        draft: Draft,
        kept: bytearray,
        cuts: Sequence[Change],
        place: int,
        cut: Cut,
        max_tokens: int,
        left: int,
    ) -> None:
        self.draft = draft
        self.kept = kept
        self.cuts = cuts
        self.place = place
        self.cut = cut
        self.max_tokens = max_tokens
        self.left = left
        self.counted = 0

    def best(self, room: int, least: int, *, only_sentences: bool) -> Change | None:
        """Return the element cut so that the budget holds; `left` is what the whole costs then.

        None where not even its first `least` characters fit.
        """
        found: Change | None = None
        sentences = self.cut.ends()
        tried: set[int] = set()
        for _ in range(MOST_TRIES):
            longest = self._longest(room)
            end = self._end(longest, sentences, room, only_sentences=only_sentences)
            if end < least or end in tried:
                break
            tried.add(end)
            content = self.cut.at(end)
            change = Change(self.place, 0, content)
            self.counted += 1
            left = self.draft.count(self.kept, [*self.cuts, change])
            if left > self.max_tokens:
                room -= left - self.max_tokens
                continue
            if left > self.left:
                found, self.left = change, left
            if left >= FULL * self.max_tokens or only_sentences:
                break
            room += self.max_tokens - left
        return found

    def _end(
        self, longest: int, sentences: Sequence[int], room: int, *, only_sentences: bool
    ) -> int:
        """Return the end of a sentence, else of a word, else of a letter, that uses the room well."""
        before = bisect_right(sentences, longest)
        sentence = sentences[before - 1] if before else 0
        if only_sentences:
            return sentence
        spare = int((1 - FULL) * self.max_tokens)
        for end in (sentence, self.cut.word(longest)):
            if end > 0 and self._cost(end) >= room - spare:
                return end
        return self.cut.letter(longest)

    def _longest(self, room: int) -> int:
        """Return how many characters cost at most `room`; a few less where that is near enough."""
        low, cost_low = 0, 0
        high, cost_high = len(self.cut.text), self.draft.costs[self.place]
        near = self.max_tokens // 100
        step = 0
        while high - low > 1 and room - cost_low > near:
            if step % 3 == 2 or cost_high <= cost_low:
                at = (low + high) // 2
            else:
                at = low + (high - low) * (room - cost_low) // (cost_high - cost_low)
            at = min(max(at, low + 1), high - 1)
            cost = self._cost(at)
            if cost <= room:
                low, cost_low = at, cost
            else:
                high, cost_high = at, cost
            step += 1
        return low

    def _cost(self, end: int) -> int:
        return self.draft.alone([(self.place, self.cut.at(end))])[0]
