"""Documents as tasks see them: elements as flat lists, and where each lies in the rendered text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.documents.columns import ElementColumns
from tore_export.documents.combined import combined
from tore_export.documents.schema import Kind
from tore_export.formatters.formatter import DocumentHead
from tore_export.records.language import language_of

if TYPE_CHECKING:
    from tore_export.chunks.structure import Structure

__all__ = ["Document", "Documents", "heading_of", "oneline", "trimmed"]

_TITLE = int(Kind.TITLE)
_FILE_NAME = re.compile(r"\S+\.[A-Za-z][A-Za-z0-9]{1,4}")
_HEAD = ("doc_id", "title", "source", "language", "created_at", "meta")


def oneline(text: str) -> str:
    r"""Return a text on one line.

    >>> oneline(" Pumps\nand valves ")
    'Pumps and valves'
    """
    return " ".join(text.split())


def trimmed(text: str) -> str:
    r"""Return a part of a text without what parted it from the rest; what is indented stays so.

    >>> trimmed(" and so on.\n\n"), trimmed("\n  - an item")
    ('and so on.', '  - an item')
    """
    text = text.strip("\n").rstrip()
    return text[1:] if text[:1] == " " and text[1:2] != " " else text


def heading_of(text: str) -> str:
    """Return a heading on one line, without the mark of a link to itself that pages have there.

    >>> heading_of("Pumps ¶")
    'Pumps'
    """
    return oneline(text).rstrip("¶ ")


class Documents:
    """The documents of a table that are not rejected; all that is decoded, is decoded once.

    **Reads** doc_id, title, source, language, created_at, meta, elements, text, blocks, reject;
    chunks where there are any.
    """

    def __init__(self, table: pa.Table) -> None:
        live = pc.is_null(combined(table["reject"]))
        self.rows: list[int] = pc.indices_nonzero(live).to_pylist()
        self._table = table.filter(live)

    def __iter__(self) -> Iterator[Document]:
        return iter(self._all)

    @property
    def has_chunks(self) -> bool:
        """Whether the documents were cut into chunks."""
        return "chunks" in self._table.column_names

    def column(self, name: str) -> list[Any]:
        """Return a column as a list."""
        found: list[Any] = self._table[name].to_pylist()
        return found

    @cached_property
    def columns(self) -> ElementColumns:
        """The elements of all documents, one after the other."""
        return ElementColumns.from_arrow(self._table["elements"])

    @cached_property
    def heads(self) -> list[DocumentHead]:
        """What is known of each document."""
        columns = (self.column(name) for name in _HEAD)
        return [DocumentHead(*values) for values in zip(*columns, strict=True)]

    @cached_property
    def _all(self) -> list[Document]:
        texts = self.column("text")
        blocks = combined(self._table["blocks"]).flatten()
        starts: list[int] = blocks.field("start").to_pylist()
        ends: list[int] = blocks.field("end").to_pylist()
        offsets = self.columns.offsets
        return [
            Document(self.columns, starts, ends, first, last, row, text or "", head)
            for first, last, row, text, head in zip(
                offsets[:-1], offsets[1:], self.rows, texts, self.heads, strict=True
            )
        ]


@dataclass(slots=True)
class Document:
    """One document: its elements are those from `first` to `last` of `columns`.

    `starts` and `ends` are the places of all elements in the texts of their documents; an element that
    is not shown has an empty range.
    """

    columns: ElementColumns
    starts: Sequence[int]
    ends: Sequence[int]
    first: int
    last: int
    row: int
    text: str
    head: DocumentHead
    _language: str | None = None

    @property
    def doc_id(self) -> str:
        """The document's id."""
        return self.head.doc_id or ""

    @property
    def title(self) -> str:
        """The title the source names, else the first heading if it stands above all others; else "".

        The name of a file is no title.
        """
        if self.head.title and not _FILE_NAME.fullmatch(self.head.title):
            return heading_of(self.head.title)
        columns = self.columns
        titles = [i for i in range(self.first, self.last) if columns.kinds[i] == _TITLE]
        if not titles:
            return ""
        first, *others = ((columns.levels[i] or 1) for i in titles)
        return heading_of(columns.texts[titles[0]]) if all(o > first for o in others) else ""

    @property
    def language(self) -> str:
        """The language that text is added in, "" where nothing tells it."""
        if self._language is None:
            self._language = language_of(self.head.language, self.text) or ""
        return self._language

    @property
    def is_dialogue(self) -> bool:
        """Whether it is a dialogue, not a text."""
        kinds = self.columns.kinds
        return any(kinds[i] == Kind.MESSAGE for i in range(self.first, self.last))

    @property
    def is_raw(self) -> bool:
        """Whether it came as a text without structure, which may be Markdown."""
        return self.last - self.first == 1 and self.columns.kinds[self.first] == Kind.RAW

    def shown(self, first: int, last: int) -> list[int]:
        """Return the elements from `first` to `last` that the text shows."""
        starts, ends = self.starts, self.ends
        return [i for i in range(first, last) if ends[i] > starts[i]]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return where the text of the elements from `first` to `last` lies; (0, 0) for none."""
        shown = self.shown(first, last)
        return (self.starts[shown[0]], self.ends[shown[-1]]) if shown else (0, 0)

    def rendered(self, first: int, last: int) -> str:
        """Return the text of the elements from `first` to `last`."""
        start, end = self.span(first, last)
        return self.text[start:end]

    def places(self, first: int, last: int) -> list[int]:
        """Return the elements from `first` to `last` that are shown, counted within the document."""
        return [i - self.first for i in self.shown(first, last)]

    def structure(self, first: int, last: int) -> Structure:
        """Return what the text of the elements from `first` to `last` is made of."""
        from tore_export.chunks.structure import Structure

        start, end = self.span(first, last)
        text = self.text[start:end]
        if self.is_raw:
            return Structure.of(text)
        columns = self.columns
        return Structure.of(
            text,
            [self.starts[i] - start for i in range(first, last)],
            [self.ends[i] - start for i in range(first, last)],
            columns.kinds[first:last],
            columns.levels[first:last],
        )
