"""Task `continue`: the beginning of a text, and how it goes on.

A text is cut once, near a place between a quarter and three quarters of it that its hash chooses: at the
end of a paragraph or of a sentence, never within a word, a table or code, and never behind a heading.
Where records have a bound, the text is first divided into parts that fit it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from tore_export.documents.schema import PROSE, Kind
from tore_export.records.candidates import Candidates
from tore_export.records.documents import Document, Documents, trimmed
from tore_export.records.task import Tools

if TYPE_CHECKING:
    import numpy.typing as npt

    from tore_export.chunks.structure import Structure
    from tore_export.records.room import Part

__all__ = ["TASK", "Continue", "PlacesToCut"]

_FIRST_SHARE, _LAST_SHARE = 0.25, 0.75

# list items are left whole, headings and terms go with what they announce
_DIVISIBLE = PROSE - {Kind.TITLE, Kind.TERM, Kind.LIST_ITEM}
_ENDS_SENTENCE = re.compile(r"[.!?…。．！？؟۔।॥։;:][\"'”’»›)\]*_」』）】]*\Z")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_LONGEST_END = 16
"""Characters that are looked at for the end of a sentence: its mark and what closes behind it."""


@dataclass(frozen=True, slots=True)
class Continue:
    """Asks for the rest of a text whose beginning is given."""

    name: ClassVar[str] = "continue"
    found_none: ClassVar[str] = "no_place_to_cut"
    looks_up: ClassVar[bool] = False

    def samples(self, documents: Documents, tools: Tools) -> Candidates:
        """Return one sample of each document, or of each of its parts."""
        found = Candidates(self.name)
        chosen = []
        for document in documents:
            if document.is_dialogue:
                found.leave_out(document, "is_dialogue")
            elif document.text:
                chosen.append(document)
        structures = [document.structure(document.first, document.last) for document in chosen]
        longest = [
            max(tools.phrases.of(document.language, self.name), key=len) for document in chosen
        ]
        parts = tools.room.cut(
            [structure.text for structure in structures],
            tools.room.beside(longest),
            structures.__getitem__,
        )
        for document, structure, chunks in zip(chosen, structures, parts, strict=True):
            if chunks is None:
                found.leave_out(document, "no_room")
                continue
            places = PlacesToCut(structure)
            for number, chunk in enumerate(chunks, 1):
                self._add(found, document, places, chunk, number, len(chunks), tools)
        return found

    def _add(
        self,
        found: Candidates,
        document: Document,
        places: PlacesToCut,
        chunk: Part,
        number: int,
        of: int,
        tools: Tools,
    ) -> None:
        place = places.of(chunk.start, chunk.end)
        if place is None:
            if of > 1:
                found.leave_out(document, self.found_none)
            return
        place += chunk.own_start - chunk.start
        shift = document.span(document.first, document.last)[0]
        elements = None
        if of > 1:
            first, last = chunk.first, chunk.last
            if first is not None and last is not None:
                elements = document.places(document.first + first, document.first + last + 1)
        found.add(
            document,
            tools.phrases.say(document.language, self.name, f"{document.doc_id}\0{number}"),
            trimmed(chunk.text[place:]),
            about=chunk.text[:place].strip(),
            elements=elements,
            chunk=None
            if of == 1
            else {
                "number": number,
                "of": of,
                "start": shift + chunk.start,
                "end": shift + chunk.end,
            },
        )


class PlacesToCut:
    """The places of a text where its beginning may end.

    >>> from tore_export.chunks.structure import Structure
    >>> text = "One two three. Four five six. Seven eight nine. Ten."
    >>> text[:PlacesToCut(Structure.of(text)).of(0, len(text))]
    'One two three. Four five six.'
    """

    def __init__(self, structure: Structure) -> None:
        self._structure = structure
        self._sentences: dict[int, list[int]] = {}

    def of(self, start: int, end: int) -> int | None:
        """Return where the text from `start` to `end` is cut in two; None where it cannot be."""
        text = self._structure.text[start:end]
        digest = sha256(text.encode("utf-8", "surrogatepass")).digest()
        share = int.from_bytes(digest[:4], "big") / 2**32
        goal = start + (_FIRST_SHARE + share * (_LAST_SHARE - _FIRST_SHARE)) * len(text)
        first = start + len(text) - len(text.lstrip())
        last = start + len(text.rstrip())

        def nearest(places: list[int]) -> int | None:
            inside = [place for place in places if first < place < last]
            return min(inside, key=lambda place: (abs(place - goal), place), default=None)

        sentences = self._sentence_ends(int(goal))
        place = nearest(_around(self._block_ends, goal) + _around(sentences, goal))
        # a text that is nothing but a list
        return nearest(_around(self._item_ends, goal)) if place is None else place

    @cached_property
    def _block_ends(self) -> list[int]:
        """Where blocks end before another that is no part of a list, and not under a heading."""
        from tore_export.chunks.strength import Strength

        return self._ends(self._structure.strengths() >= Strength.BLOCK)

    @cached_property
    def _item_ends(self) -> list[int]:
        """Where the items of outermost lists end, too."""
        from tore_export.chunks.strength import Strength

        return self._ends(self._structure.strengths() >= Strength.ROW)

    def _ends(self, may_end: npt.NDArray[np.bool_]) -> list[int]:
        text, ends = self._structure.text, self._structure.ends
        begins = self._structure.starts[may_end].tolist()
        places = ends[np.flatnonzero(may_end) - 1].tolist()
        # what is indented lies within a list or another block, and goes with it
        return [
            place
            for place, begin in zip(places, begins, strict=True)
            if place < begin and text[begin] not in " \t"
        ]

    def _sentence_ends(self, goal: int) -> list[int]:
        """Where sentences and paragraphs end in the block that `goal` lies in."""
        starts = self._structure.starts
        within = int(np.searchsorted(starts, goal, side="right")) - 1
        if within < 0 or self._structure.kinds[within] not in _DIVISIBLE:
            return []
        if within not in self._sentences:
            begin, end = int(starts[within]), int(self._structure.ends[within])
            self._sentences[within] = list(self._found(begin, end))
        return self._sentences[within]

    def _found(self, begin: int, end: int) -> Iterator[int]:
        from tore_export.chunks.sentences import sentence_ends_of

        block = self._structure.text[begin:end]
        raw = self._structure.elements is None
        headings = {title.end for title in self._structure.titles} if raw else set()
        for place in sentence_ends_of(block):
            at = begin + place
            if at in headings or (raw and self._structure.frame_at(at)):
                continue
            before = block[max(0, place - _LONGEST_END) : place]
            if _ENDS_SENTENCE.search(before) or _BLANK_LINE.match(block, place):
                yield at


def _around(places: list[int], goal: float) -> list[int]:
    """Return the nearest of the ascending `places`, on both sides."""
    at = bisect_left(places, goal)
    return places[max(0, at - 1) : at + 1]


TASK = Continue()
