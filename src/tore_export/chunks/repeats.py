"""What a chunk repeats: the headings it stands under, the head of its table, the end of the one before.

All of it together takes at most half of the budget. A table's head or a fence comes first, then the
headings from the innermost outwards, then the overlap; what does not fit any more is left out.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from tore_export.chunks.strength import Strength
from tore_export.chunks.structure import Structure
from tore_export.chunks.units import Units

__all__ = ["BARE", "NOTHING", "Repeat", "Repeats"]

MOST_HEADINGS = 16


class Repeat(NamedTuple):
    """A text that stands before a chunk's own, and about how many tokens it adds.

    `head` tells whether a table's head or a fence is among it. What is open at the end of a chunk is
    closed, but for a frame that ends up to `unclosed`: nothing in the chunk opens that.
    """

    text: str
    n_tokens: int
    head: bool = False
    unclosed: int = 0


NOTHING = Repeat("", 0)
BARE = Repeat("", 0, unclosed=sys.maxsize)
"""Neither is anything repeated, nor anything closed."""

Repeating: TypeAlias = Generator[list[str], list[int], Repeat]


@dataclass
class Repeats:
    """What the chunks of one text repeat."""

    structure: Structure
    units: Units
    max_tokens: int
    overlap: int = 0
    headings: bool = False
    table_header: bool = False
    _counts: dict[tuple[int, int], int] = field(default_factory=dict)

    def at(self, start: int, previous: int, *, with_head: bool = True) -> Repeating:
        """Return what is repeated before the chunk that begins at `start`, after one at `previous`."""
        if start == 0:
            return NOTHING
        structure, text = self.structure, self.structure.text
        left = self.max_tokens // 2
        frame = structure.frame_at(start)
        head = ""
        n_head = 0
        if with_head and self.table_header and frame is not None and start >= frame.head_end:
            n_head = yield from self._count(frame.start, frame.head_end)
            if n_head <= left:
                head = text[frame.start : frame.head_end]
                left -= n_head
            else:
                n_head = 0
        titles: list[str] = []
        n_titles = 0
        at = structure.title_before(start) if self.headings else -1
        chain: list[int] = []
        while at >= 0 and len(chain) < MOST_HEADINGS:
            chain.append(at)
            at = structure.titles[at].under
        for at in chain:
            title = structure.titles[at]
            n_title = yield from self._count(title.start, title.end)
            n_title += 1
            if n_title > left:
                break
            titles.append(text[title.start : title.end])
            n_titles += n_title
            left -= n_title
        shared = ""
        n_shared = 0
        begin = start
        if self.overlap:
            begin, n_shared = yield from self._overlap(start, previous, min(self.overlap, left))
            if frame is not None and begin < frame.head_end:
                if begin <= frame.start:
                    head, n_head = "", 0
                # one that begins within the head is cut down to what stands behind it
                begin = max(begin, frame.head_end) if head else begin
            shared = text[begin:start]
            # a heading that the overlap holds is not written twice
            titles = [
                title
                for title, at in zip(titles, chain, strict=False)
                if structure.titles[at].start < begin
            ]
        before = "".join(f"{title}\n\n" for title in reversed(titles)) + head
        if before and not head:
            shared = shared.lstrip("\n")
        opened = frame is None or head or begin <= frame.start
        unclosed = 0 if opened or frame is None else frame.end
        return Repeat(before + shared, n_head + n_titles + n_shared, bool(head), unclosed)

    def behind(self, stop: int, repeat: Repeat) -> str:
        """Return what a chunk that ends at `stop` ends with: what closes its table or code block."""
        if not self.table_header:
            return ""
        frame = self.structure.frame_at(stop)
        if frame is None or not frame.closing or frame.end <= repeat.unclosed:
            return ""
        if stop > frame.tail or stop < frame.head_end:
            return ""
        return frame.closing if self.structure.text[stop - 1] == "\n" else "\n" + frame.closing

    def _count(self, start: int, end: int) -> Generator[list[str], list[int], int]:
        """Return the tokens of a part of the text, counted once."""
        known = self._counts.get((start, end))
        if known is None:
            (known,) = yield [self.structure.text[start:end]]
            self._counts[start, end] = known
        return known

    def _overlap(
        self, start: int, previous: int, most: int
    ) -> Generator[list[str], list[int], tuple[int, int]]:
        """Return where the repeated end of the chunk before begins, and its tokens.

        It begins with a sentence, a row or a block where one does, else with a word.
        """
        places, tokens, strengths = self.units.places, self.units.tokens, self.units.strengths
        text = self.structure.text
        at = bisect_left(places, start)
        if at >= len(places) or places[at] != start or most <= 0:
            return start, 0
        first = max(
            bisect_left(tokens, tokens[at] - most, 0, at), bisect_left(places, previous + 1)
        )
        open_frame = self.structure.frame_at(start)
        candidates: list[int] = []
        # a row is repeated from its beginning, if there is one; what begins in another table or code
        # block would miss its frame
        for least in (
            min(max(strengths[at], Strength.SENTENCE), Strength.ROW),
            Strength.SENTENCE,
            0,
        ):
            candidates = candidates or [
                i
                for i in range(first, at)
                if strengths[i] >= least
                and self.structure.frame_at(places[i]) in (None, open_frame)
            ]
        tries = 0
        while candidates and tries < 4:
            begin = places[candidates[0]]
            while begin < start and text[begin].isspace():
                begin += 1
            if begin == start:
                break
            (n_tokens,) = yield [text[begin:start]]
            if n_tokens <= most:
                return begin, n_tokens
            tries += 1
            candidates = candidates[max(1, len(candidates) * (n_tokens - most) // n_tokens) :]
        return start, 0
