"""A document and its sections as a template sees them. Nothing is computed before it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

from tore_export.documents.columns import ElementColumns, decode_meta
from tore_export.documents.schema import Kind
from tore_export.formatters.formatter import CountTokens, DocumentHead, TextFormatter
from tore_export.formatters.sections import section_starts
from tore_export.formatters.template.elements import ElementValue, TableValue
from tore_export.formatters.template.values import Value, names_of

__all__ = ["DocumentValue", "Rendering", "SectionValue", "elements_of"]

_TITLE, _TABLE, _CAPTION = int(Kind.TITLE), int(Kind.TABLE), int(Kind.CAPTION)


@dataclass(frozen=True)
class Rendering:
    """How a template's elements are written, and who counts tokens."""

    markdown: TextFormatter
    plaintext: TextFormatter
    merged_cells: str = "blank"
    count: CountTokens | None = None


class DocumentValue(Value):
    """A document; its elements are those from `first` to `last` of `columns`."""

    kind_name = "document"
    public = names_of(
        "content created_at doc_id elements language metadata pages sections source tables text title"
    )

    def __init__(
        self,
        columns: ElementColumns,
        first: int,
        last: int,
        head: DocumentHead,
        rendering: Rendering,
    ) -> None:
        self.columns = columns
        self.rendering = rendering
        self.first = first
        self._last = last
        self._head = head
        self._parts: dict[tuple[str, str], list[str]] = {}

    @property
    def n_elements(self) -> int:
        """Number of elements."""
        return self._last - self.first

    @property
    def doc_id(self) -> str:
        """The document's id."""
        return self._head.doc_id or ""

    @property
    def source(self) -> str:
        """The file's path below the input."""
        return self._head.source or ""

    @property
    def language(self) -> str:
        """The language, as the source spells it."""
        return self._head.language or ""

    @property
    def created_at(self) -> str:
        """The date, as the source spells it."""
        return self._head.created_at or ""

    @cached_property
    def title(self) -> str:
        """The title the source names, else the first heading."""
        if self._head.title:
            return self._head.title
        kinds = self.columns.kinds
        places = (i for i in range(self.first, self._last) if kinds[i] == _TITLE)
        return next((" ".join(self.columns.texts[i].split()) for i in places), "")

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """What else the source says."""
        return decode_meta(self._head.meta)

    @cached_property
    def elements(self) -> tuple[ElementValue, ...]:
        """All elements, in order."""
        return tuple(ElementValue(self, i) for i in range(self.first, self._last))

    @cached_property
    def tables(self) -> tuple[TableValue, ...]:
        """All tables, in order."""
        return self.tables_within(self.first, self._last)

    @cached_property
    def pages(self) -> list[int]:
        """Numbers of the pages."""
        return self.pages_within(self.first, self._last)

    @cached_property
    def content(self) -> str:
        """All of it, as Markdown."""
        return self.written("markdown")

    @cached_property
    def text(self) -> str:
        """All of it, as plain text."""
        return self.written("plaintext")

    @cached_property
    def sections(self) -> tuple[SectionValue, ...]:
        """The sections, in order."""
        columns = self.columns
        starts = section_starts(columns, self.first, self._last)
        heads = [columns.kinds[start] == _TITLE for start in starts]
        levels = [columns.levels[start] or 1 for start in starts]
        top = min((level for level, head in zip(levels, heads, strict=True) if head), default=1)
        # one heading above all others is the title of the document, and has no number
        is_title = [head and level == top for level, head in zip(levels, heads, strict=True)]
        if sum(is_title) != 1 or sum(heads) == 1:
            is_title = [False] * len(starts)
        found = []
        path: list[tuple[int, str, int]] = []
        counts: dict[int, int] = {}
        for number, (start, end) in enumerate(pairwise([*starts, self._last])):
            if heads[number]:
                level = levels[number]
                while path and path[-1][0] >= level:
                    path.pop()
                counts = {depth: n for depth, n in counts.items() if depth <= len(path)}
                counts[len(path)] = counts.get(len(path), 0) + 1
                ordinal = 0 if is_title[number] else counts[len(path)]
                path.append((level, " ".join(columns.texts[start].split()), ordinal))
            section = SectionValue(self, number, start, end)
            section.path = [title for _, title, _ in path]
            if heads[number]:
                section.numbering = ".".join(str(ordinal) for _, _, ordinal in path if ordinal)
            found.append(section)
        return tuple(found)

    def parts(self, what: str, style: str) -> list[str]:
        """Return all `elements`, `sections` or `bodies` (sections without headings) as texts.

        Each is written as a document of its own, all of them when the first is asked for.
        """
        if (what, style) not in self._parts:
            if what == "elements":
                bounds = [(i, i + 1) for i in range(self.first, self._last)]
            elif what == "sections":
                bounds = [(section.start, section.end) for section in self.sections]
            else:
                bounds = [(section.body, section.end) for section in self.sections]
            self._parts[what, style] = self.render(style, bounds)
        return self._parts[what, style]

    def written(self, style: str) -> str:
        """Return the document as `markdown` or `plaintext`."""
        return self.render(style, [(self.first, self._last)])[0]

    def render(self, style: str, bounds: Sequence[tuple[int, int]]) -> list[str]:
        """Return ranges of elements as texts, each as a document of its own."""
        part = self.columns
        if bounds != [(0, len(part))]:
            part = ElementColumns()
            for column, own in zip(part.lists(), self.columns.lists(), strict=True):
                for start, end in bounds:
                    column.extend(own[start:end])
        counts = [end - start for start, end in bounds]
        return self.render_columns(style, replace(part, counts=counts))

    def render_columns(self, style: str, columns: ElementColumns) -> list[str]:
        """Return each document of `columns` as a text."""
        pieces = iter(getattr(self.rendering, style).render(columns))
        return ["".join(next(pieces) for _ in range(count)) for count in columns.counts]

    def tables_within(self, first: int, last: int) -> tuple[TableValue, ...]:
        """Return the tables between two elements."""
        kinds, cells = self.columns.kinds, self.columns.cells
        return tuple(
            TableValue(self, i) for i in range(first, last) if kinds[i] == _TABLE and cells[i]
        )

    def pages_within(self, first: int, last: int) -> list[int]:
        """Return the pages of the elements between two."""
        pages = self.columns.pages
        return sorted({page for i in range(first, last) if (page := pages[i]) is not None})

    @cached_property
    def captions(self) -> dict[str, str]:
        """Captions by the id of what they belong to."""
        columns = self.columns
        found: dict[str, str] = {}
        for i in range(self.first, self._last):
            parent = columns.parents[i]
            if columns.kinds[i] == _CAPTION and parent is not None:
                found.setdefault(parent, columns.texts[i])
        return found

    def plain(self) -> dict[str, Any]:
        """Return what is known of the document."""
        names = ("doc_id", "title", "source", "language", "created_at", "metadata")
        return {name: getattr(self, name) for name in names}


class SectionValue(Value):
    """A heading and what follows it up to the next."""

    kind_name = "section"
    public = names_of(
        "content elements heading level number numbering page pages path tables text title"
    )

    def __init__(self, document: DocumentValue, number: int, start: int, end: int) -> None:
        self.document = document
        self.number = number + 1
        self.path: list[str] = []
        self.numbering = ""
        self.start, self.end = start, end
        self.has_heading = document.columns.kinds[start] == _TITLE
        self.body = start + self.has_heading

    @property
    def heading(self) -> str:
        """The heading; "" for what comes before the first."""
        return self.path[-1] if self.has_heading else ""

    title = heading

    @property
    def heading_element(self) -> ElementValue | None:
        """The heading as an element."""
        return ElementValue(self.document, self.start) if self.has_heading else None

    @property
    def level(self) -> int:
        """The depth of the heading, from 1; 0 without one."""
        return (self.document.columns.levels[self.start] or 1) if self.has_heading else 0

    @property
    def content(self) -> str:
        """What follows the heading, as Markdown."""
        return self.document.parts("bodies", "markdown")[self.number - 1]

    @property
    def text(self) -> str:
        """What follows the heading, as plain text."""
        return self.document.parts("bodies", "plaintext")[self.number - 1]

    @cached_property
    def elements(self) -> tuple[ElementValue, ...]:
        """The elements that follow the heading."""
        return tuple(ElementValue(self.document, i) for i in range(self.body, self.end))

    @cached_property
    def tables(self) -> tuple[TableValue, ...]:
        """The tables that follow the heading."""
        return self.document.tables_within(self.body, self.end)

    @property
    def pages(self) -> list[int]:
        """Numbers of the pages it stands on."""
        return self.document.pages_within(self.start, self.end)

    @property
    def page(self) -> int | None:
        """The first of its pages."""
        return min(self.pages, default=None)

    def written(self, style: str) -> str:
        """Return heading and content as `markdown` or `plaintext`."""
        return self.document.parts("sections", style)[self.number - 1]

    def plain(self) -> dict[str, Any]:
        """Return heading, level, path, pages and text."""
        names = ("heading", "level", "path", "pages", "text")
        return {name: getattr(self, name) for name in names}


def elements_of(values: Iterable[Any]) -> list[tuple[DocumentValue, int, int]]:
    """Return where the elements of some values lie, each as document, first and last."""
    found = []
    for value in values:
        if isinstance(value, SectionValue):
            found.append((value.document, value.start, value.end))
        elif isinstance(value, ElementValue):
            found.append((value.document, value.at, value.at + 1))
    return found
