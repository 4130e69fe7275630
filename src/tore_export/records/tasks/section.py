"""Task `section`: the headings a section stands under, and its own text.

A section's own text is what stands below its heading up to the next one, of whatever level: so each
sentence of a document is in one answer, and not in one for each level above it. Where answers or records
have a bound, a section that exceeds it is divided, and the prompts name the parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

from tore_export.documents.schema import Kind
from tore_export.formatters.sections import section_starts
from tore_export.records.candidates import Candidates
from tore_export.records.documents import Document, Documents, heading_of, trimmed
from tore_export.records.task import Tools

if TYPE_CHECKING:
    from tore_export.chunks.structure import Structure

__all__ = ["TASK", "Section", "SectionText", "sections_of"]

_MOST_PARTS = 9_999
"""The number of parts that room is left for in a prompt."""


@dataclass(frozen=True, slots=True)
class SectionText:
    """A heading and the text below it.

    `path` are the headings from the highest to its own; `elements` its places in the document, that of
    the heading first.
    """

    path: tuple[str, ...]
    elements: list[int]
    text: str
    start: int  # of its text within the document's
    document: Document
    end: int  # the element behind it

    def structure(self) -> Structure:
        """Return what its text is made of."""
        if self.document.is_raw:
            from tore_export.chunks.structure import Structure

            return Structure.of(self.text)
        return self.document.structure(self.document.first + self.elements[0] + 1, self.end)


@dataclass(frozen=True, slots=True)
class Section:
    """Asks for the text of a section."""

    name: ClassVar[str] = "section"
    found_none: ClassVar[str] = "no_section"
    looks_up: ClassVar[bool] = False

    def samples(self, documents: Documents, tools: Tools) -> Candidates:
        """Return one sample of each section, or of each of its parts."""
        found = Candidates(self.name)
        chosen: list[tuple[Document, SectionText, str]] = []
        for document in documents:
            if document.is_dialogue:
                found.leave_out(document, "is_dialogue")
                continue
            title = document.title
            for number, section in enumerate(sections_of(document), 1):
                chosen.append(
                    (document, section, self._prompt(document, section, title, number, tools))
                )
        longest = [
            _part(document, prompt, _MOST_PARTS, _MOST_PARTS, tools)
            for document, _, prompt in chosen
        ]
        parts = tools.room.cut(
            [section.text for _, section, _ in chosen],
            # where it is divided, the prompt has to have room for saying so
            tools.room.for_answers(longest),
            lambda i: chosen[i][1].structure(),
        )
        for (document, section, prompt), chunks in zip(chosen, parts, strict=True):
            if chunks is None:
                found.leave_out(document, "no_room")
                continue
            for number, chunk in enumerate(chunks, 1):
                whole = len(chunks) == 1
                asked = prompt if whole else _part(document, prompt, number, len(chunks), tools)
                first, last = chunk.first, chunk.last
                elements = section.elements
                if not whole and first is not None and last is not None:
                    below = document.first + section.elements[0] + 1
                    elements = [
                        section.elements[0],
                        *document.places(below + first, below + last + 1),
                    ]
                place = {
                    "number": number,
                    "of": len(chunks),
                    "start": section.start + chunk.start,
                    "end": section.start + chunk.end,
                }
                found.add(
                    document,
                    asked,
                    trimmed(chunk.text),
                    elements=elements,
                    chunk=None if whole else place,
                )
        return found

    def _prompt(
        self, document: Document, section: SectionText, title: str, number: int, tools: Tools
    ) -> str:
        path = section.path
        if len(path) > 1 and path[0] == title:
            path = path[1:]
        named = " › ".join(path)
        chosen_by = f"{document.doc_id}\0{number}"
        if title and path != (title,):
            return tools.phrases.say(
                document.language, "section_of", chosen_by, section=named, title=title
            )
        return tools.phrases.say(document.language, "section", chosen_by, section=named)


def sections_of(document: Document) -> Iterator[SectionText]:
    """Yield the sections of a document that have a heading and a text of their own."""
    if document.is_raw:
        yield from _sections_of_text(document)
        return
    columns, first, last = document.columns, document.first, document.last
    path: list[tuple[int, str]] = []
    starts = section_starts(columns, first, last)
    for start, end in pairwise([*starts, last]):
        if columns.kinds[start] != Kind.TITLE:
            continue
        heading = heading_of(columns.texts[start])
        if not heading:
            continue
        level = columns.levels[start] or 1
        while path and path[-1][0] >= level:
            path.pop()
        path.append((level, heading))
        below = document.places(start + 1, end)
        if below:
            yield SectionText(
                tuple(text for _, text in path),
                [start - first, *below],
                document.rendered(start + 1, end),
                document.span(start + 1, end)[0],
                document,
                end,
            )


def _sections_of_text(document: Document) -> Iterator[SectionText]:
    """Yield the sections that Markdown's headings make of a text without structure."""
    whole = document.structure(document.first, document.last)
    text, titles = whole.text, whole.titles
    shift = document.span(document.first, document.last)[0]
    starts = [*(title.start for title in titles), len(text)]
    path: list[tuple[int, str]] = []
    for title, end in zip(titles, starts[1:], strict=True):
        heading = heading_of(text[title.start : title.end].strip(" #"))
        below = text[title.end : end]
        while path and path[-1][0] >= title.level:
            path.pop()
        path.append((title.level, heading))
        if heading and below.strip():
            yield SectionText(
                tuple(name for _, name in path),
                [0],
                below.strip("\n").rstrip(),
                shift + title.end + len(below) - len(below.lstrip("\n")),
                document,
                document.last,
            )


def _part(document: Document, prompt: str, number: int, of: int, tools: Tools) -> str:
    return tools.phrases.say(document.language, "part", "", prompt=prompt, number=number, of=of)


TASK = Section()
