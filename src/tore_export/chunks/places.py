"""Places where texts may be cut, and how well: what elements, lines, sentences and words say of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tore_export.chunks.boundaries import RawLines, line_strengths, weak_places
from tore_export.chunks.characters import Character, character_table
from tore_export.chunks.frames import Frame, row_ends
from tore_export.chunks.spaces import Spaces
from tore_export.chunks.strength import Strength
from tore_export.chunks.structure import MODES, Structure
from tore_export.documents.schema import Kind

if TYPE_CHECKING:
    import numpy.typing as npt

    Places = npt.NDArray[np.int64]
    Strengths = npt.NDArray[np.int8]

__all__ = ["Laid", "Part", "codes_of", "merged"]


def codes_of(text: str) -> npt.NDArray[np.uint32]:
    """Return the code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


@dataclass(frozen=True, slots=True)
class Part:
    """A document's text from `low` to `high`, which lies at `at` in a text that is looked at.

    Its places are those behind `low`, up to `high`; where `low` is 0, that is one, too.
    """

    document: Structure
    low: int
    high: int
    at: int

    @property
    def end(self) -> int:
        """Where it ends in the text that is looked at."""
        return self.at + self.high - self.low


class Laid:
    """Parts of documents laid one after the other, in a text that begins and ends with white space."""

    def __init__(self, text: str, parts: Sequence[Part]) -> None:
        self.text = text
        self.parts = parts
        self.codes = codes_of(text)
        self.classes = character_table()[self.codes]
        self.spaces = Spaces.of(self.codes, self.classes)
        self.first = parts[0].at + (parts[0].low > 0)
        self.last = parts[-1].end

    def is_safe(self, places: Places) -> npt.NDArray[np.bool_]:
        """Tell where counts add up; see Spaces."""
        return self.spaces.is_safe(places, self.codes, self.classes)

    def places(self, lines: RawLines) -> tuple[Places, Strengths, Places]:
        """Return the places between lines, sentences and blocks, their strengths, and those of words.

        `lines` is what the lines before say, and brought forward.
        """
        codes, classes, spaces = self.codes, self.classes, self.spaces
        blocks = _Blocks.of(self.parts)
        frames = [
            (part, frame)
            for part in self.parts
            for frame in part.document.frames_between(part.low, part.high)
        ]
        block = np.searchsorted(blocks.starts, spaces.cuts, side="right") - 1
        within = (block >= 0) & (spaces.cuts < blocks.ends[block])
        modes = np.where(within, MODES[blocks.kinds[block]], MODES[Kind.RAW]).astype(np.int8)
        regions = block + blocks.n_before
        own = (spaces.cuts >= self.first) & (spaces.cuts <= self.last)
        cuts, run_strengths, wide, wide_strengths = line_strengths(
            codes, classes, spaces, modes, np.where(within, regions, -1 - regions), own, lines
        )
        strong = own & (run_strengths > Strength.WORD)
        begun = (blocks.starts >= self.first) & (blocks.starts <= self.last)
        inside = (wide >= self.first) & (wide <= self.last)
        rows = _rows(frames)
        places, strengths = merged(
            (cuts[strong], run_strengths[strong]),
            (wide[inside], wide_strengths[inside]),
            (rows, np.full(len(rows), Strength.ROW, np.int8)),
            self._block_places(blocks, begun, run_strengths),
            self._ends_of_documents(),
        )
        for low, high in _heads_and_tails(frames):
            at = np.searchsorted(low, places) - 1
            demoted = (at >= 0) & (places <= high[at]) & (strengths < Strength.BLOCK)
            strengths[demoted] = Strength.WORD
        words = weak_places(classes, spaces, run_strengths)
        return places, strengths, words[(words >= self.first) & (words <= self.last)]

    def _block_places(
        self, blocks: _Blocks, begun: npt.NDArray[np.bool_], run_strengths: Strengths
    ) -> tuple[Places, Strengths]:
        """Return where elements begin: where the white space before them is cut."""
        spaces = self.spaces
        starts, kinds, strengths = (
            blocks.starts[begun],
            blocks.kinds[begun],
            blocks.strengths[begun],
        )
        run = np.searchsorted(spaces.begins, starts, side="right") - 1
        in_line = (self.classes[starts - 1] == Character.SPACE) & (spaces.ends[run] >= starts)
        places = np.where(in_line, np.minimum(spaces.cuts[run], starts), starts)
        raw = (kinds == Kind.RAW) & (spaces.cuts[run] == starts)
        own = run_strengths[run]
        kept = raw & ((own == Strength.WORD) | (own > Strength.BLOCK))
        return places, np.where(kept, own, strengths)

    def _ends_of_documents(self) -> tuple[Places, Strengths]:
        begins = [part.at for part in self.parts if part.low == 0]
        ends = [part.end for part in self.parts if part.high == len(part.document.text)]
        found = np.array(begins + ends, np.int64)
        return found, np.full(len(found), Strength.DOCUMENT, np.int8)


@dataclass(frozen=True, slots=True)
class _Blocks:
    """The elements that lie in parts, as those have them; `n_before` stand before the first."""

    starts: Places
    ends: Places
    kinds: npt.NDArray[np.int8]
    strengths: Strengths
    n_before: int

    @classmethod
    def of(cls, parts: Sequence[Part]) -> _Blocks:
        ranges = [part.document.blocks_between(part.low, part.high) for part in parts]
        shift = np.repeat([part.at - part.low for part in parts], [b - a for a, b in ranges])
        documents = [part.document for part in parts]
        chosen = list(zip(documents, ranges, strict=True))
        return cls(
            np.concatenate([document.starts[a:b] for document, (a, b) in chosen]) + shift,
            np.concatenate([document.ends[a:b] for document, (a, b) in chosen]) + shift,
            np.concatenate([document.kinds[a:b] for document, (a, b) in chosen]),
            np.concatenate([document.strengths(a, b) for document, (a, b) in chosen]),
            ranges[0][0],
        )


def _rows(frames: Sequence[tuple[Part, Frame]]) -> Places:
    """Return where rows begin within lines."""
    found = [
        row - part.low + part.at
        for part, frame in frames
        for row in row_ends(part.document.text, frame.start, frame.end, part.low, part.high)
    ]
    return np.array(found, np.int64)


def _heads_and_tails(frames: Sequence[tuple[Part, Frame]]) -> list[tuple[Places, Places]]:
    """Return ranges (low, high] in which a chunk ends badly: a table's head, a fence that closes."""
    if not frames:
        return []
    to = np.array([part.at - part.low for part, _ in frames], np.int64)
    columns = [
        np.array([getattr(frame, name) for _, frame in frames], np.int64) + to
        for name in ("start", "head_end", "tail", "end")
    ]
    start, head_end, tail, end = columns
    return [(start, head_end), (tail - 1, end - 1)]


def merged(*parts: tuple[Places, Strengths]) -> tuple[Places, Strengths]:
    """Return all places once, ascending, with the strength that the last of the parts gives each."""
    places = np.concatenate([part[0] for part in parts])
    strengths = np.concatenate([part[1] for part in parts])
    order = np.argsort(places, kind="stable")
    places, strengths = places[order], strengths[order]
    last = np.append(places[1:] != places[:-1], True)[: len(places)]
    return places[last], strengths[last].astype(np.int8)
