"""What is known of a document's structure: where its elements lie, and what they are."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tore_export.chunks.boundaries import PROSE, RAW, ROWS, STANZAS
from tore_export.chunks.frames import Frame, frame_of, raw_frames
from tore_export.chunks.strength import LOWEST_LEVEL, Strength, section_strength
from tore_export.documents.schema import Kind

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["Structure", "Title"]

MODES = np.full(128, PROSE, np.int8)
MODES[[Kind.TABLE, Kind.FORMULA, Kind.KEY_VALUE]] = ROWS
MODES[Kind.CODE] = STANZAS
MODES[Kind.RAW] = RAW
"""What the lines of each kind are."""

SECTIONS = np.array([section_strength(level) for level in range(LOWEST_LEVEL + 1)], np.int8)
"""The strength of the place where a heading of each level begins; of none, as of the highest."""

ITEMS = np.zeros(128, np.bool_)
ITEMS[[Kind.LIST_ITEM, Kind.CHECKBOX, Kind.FOOTNOTE, Kind.KEY_VALUE]] = True

_TABLE, _CODE = int(Kind.TABLE), int(Kind.CODE)

RAW_TITLE = re.compile(r"^(?:(`{3,}|~{3,})|(#{1,6})[ \t]).*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Title:
    """A heading: where it lies, and the place of the one it stands under, -1 for none."""

    start: int
    end: int
    level: int
    under: int


@dataclass(frozen=True)
class Structure:
    """The elements of one text that are shown: where each lies, its kind and level.

    `elements` are their places among all elements, None where the text came without.
    """

    text: str
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    kinds: npt.NDArray[np.int8]
    levels: npt.NDArray[np.int16]
    elements: npt.NDArray[np.int64] | None = None

    @classmethod
    def of(
        cls,
        text: str,
        starts: Sequence[int] | npt.NDArray[np.int64] | None = None,
        ends: Sequence[int] | npt.NDArray[np.int64] | None = None,
        kinds: Sequence[int] | npt.NDArray[np.int8] | None = None,
        levels: Sequence[int | None] | npt.NDArray[np.int16] | None = None,
    ) -> Structure:
        """Return the structure of a text; without elements the text is one of unknown structure."""
        if starts is None or ends is None:
            return cls(
                text,
                np.zeros(1, np.int64),
                np.array([len(text)], np.int64),
                np.array([Kind.RAW], np.int8),
                np.zeros(1, np.int16),
            )
        first, last = np.asarray(starts, np.int64), np.asarray(ends, np.int64)
        shown = np.flatnonzero(last > first)
        what = (
            np.full(len(first), Kind.RAW, np.int8) if kinds is None else np.asarray(kinds, np.int8)
        )
        if levels is None:
            depths = np.zeros(len(first), np.int16)
        elif isinstance(levels, np.ndarray):
            depths = levels
        else:
            depths = np.array([level or 0 for level in levels], np.int16)
        return cls(text, first[shown], last[shown], what[shown], depths[shown], shown)

    def strengths(self, first: int = 0, last: int | None = None) -> npt.NDArray[np.int8]:
        """Return how well a chunk ends before each element, or those from `first` up to `last`.

        A heading is kept with what follows it, and a line that ends with a colon if it can be.
        """
        before = max(first - 1, 0)
        kinds, levels = self.kinds[before:last], self.levels[before:last]
        found = np.full(len(kinds), Strength.BLOCK, np.int8)
        titles = kinds == Kind.TITLE
        if titles.any():
            found[titles] = SECTIONS[np.clip(levels[titles], 0, LOWEST_LEVEL)]
        items = ITEMS[kinds]
        found[1:][items[1:] & items[:-1]] = Strength.ROW
        codes = [self.text[end - 1] == ":" for end in self.ends[before:last][:-1].tolist()]
        announced = np.concatenate([[False], codes])[: len(found)].astype(np.bool_)
        found[announced & (found == Strength.BLOCK)] = Strength.SENTENCE
        under = titles[:-1] & (~titles[1:] | (levels[1:] > levels[:-1]))
        found[1:][under] = Strength.WORD
        definitions = kinds[1:] == Kind.DEFINITION
        found[1:][definitions & (kinds[:-1] == Kind.TERM)] = Strength.LINE
        return found[first - before :]

    def blocks_between(self, low: int, high: int) -> tuple[int, int]:
        """Return the range of the elements that begin up to `high`, from the one that `low` is in."""
        if low == 0 and high == len(self.text):
            return 0, len(self.starts)
        first = max(int(np.searchsorted(self.starts, low, side="right")) - 1, 0)
        last = int(np.searchsorted(self.starts, high, side="right"))
        return first, max(last, min(first + 1, len(self.starts)))

    def frames_between(self, low: int, high: int) -> list[Frame]:
        """Return the frames that begin before `high`, from the last one that begins up to `low`."""
        if low == 0 and high == len(self.text):
            return self.frames
        first = max(bisect_right(self._frame_starts, low) - 1, 0)
        return self.frames[first : bisect_left(self._frame_starts, high)]

    @cached_property
    def frames(self) -> list[Frame]:
        """The frames of tables and code blocks, in order."""
        if self.elements is None:
            return raw_frames(self.text)
        places = np.flatnonzero((self.kinds == _TABLE) | (self.kinds == _CODE))
        chosen = (column[places].tolist() for column in (self.starts, self.ends, self.kinds))
        found = (frame_of(self.text, *block) for block in zip(*chosen, strict=True))
        return [frame for frame in found if frame is not None]

    @cached_property
    def titles(self) -> list[Title]:
        """The headings, in order; of text of unknown structure those of Markdown."""
        found: list[Title] = []
        open_titles: list[int] = []
        for start, end, level in self._title_places():
            while open_titles and found[open_titles[-1]].level >= level:
                open_titles.pop()
            found.append(Title(start, end, level, open_titles[-1] if open_titles else -1))
            open_titles.append(len(found) - 1)
        return found

    def _title_places(self) -> list[tuple[int, int, int]]:
        if self.elements is None:
            return _raw_titles(self.text)
        return [
            (int(self.starts[i]), int(self.ends[i]), int(self.levels[i]) or 1)
            for i in np.flatnonzero(self.kinds == Kind.TITLE).tolist()
        ]

    @cached_property
    def _frame_starts(self) -> list[int]:
        return [frame.start for frame in self.frames]

    @cached_property
    def _title_starts(self) -> list[int]:
        return [title.start for title in self.titles]

    def frame_at(self, place: int) -> Frame | None:
        """Return the frame that `place` lies within, None at its start and end."""
        i = bisect_left(self._frame_starts, place) - 1
        return self.frames[i] if i >= 0 and place < self.frames[i].end else None

    def title_before(self, place: int) -> int:
        """Return the place of the heading that what begins at `place` stands under, -1 for none."""
        i = bisect_right(self._title_starts, place) - 1
        if i >= 0 and place < self.titles[i].end:
            return self.titles[i].under
        return i

    def elements_of(self, start: int, end: int) -> tuple[int | None, int | None]:
        """Return the places of the first and the last element that lie in a part of the text."""
        if self.elements is None:
            return None, None
        first = int(np.searchsorted(self.ends, start, side="right"))
        last = int(np.searchsorted(self.starts, end, side="left")) - 1
        if first > last:
            return None, None
        return int(self.elements[first]), int(self.elements[last])


def _raw_titles(text: str) -> list[tuple[int, int, int]]:
    found = []
    fence = ""
    for line in RAW_TITLE.finditer(text):
        if line[2] is None:
            fence = "" if fence and line[1].startswith(fence) else fence or line[1]
        elif not fence:
            found.append((line.start(), line.end(), len(line[2])))
    return found
