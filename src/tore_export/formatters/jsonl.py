"""JSON lines: one document as records of text and where it stands in the document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar

from tore_export.documents.columns import ElementColumns
from tore_export.documents.schema import Kind
from tore_export.errors import FormatError
from tore_export.formatters.formatter import (
    CountTokens,
    DocumentHead,
    TextFormatter,
    check_choice,
    with_options_of,
)
from tore_export.formatters.markdown import Markdown
from tore_export.formatters.plaintext import PlainText
from tore_export.formatters.sections import section_starts

__all__ = ["JsonLines"]

LINES = ("section", "document", "element")
CONTENT = ("markdown", "plaintext")

_TITLE = int(Kind.TITLE)
_KIND_NAMES = {int(kind): kind.name.lower() for kind in Kind}


@dataclass(frozen=True)
class JsonLines:
    """A line of JSON for each section, or for the whole document, or for each element.

    A section is a title and what follows up to the next title of any level; what comes before the
    first title is one too. A title within a list item or a quotation begins none. Each line is
    rendered for itself, and a part that shows nothing has no line. A line is `{"text", "metadata"}`;
    `metadata` holds `doc_id`, `title` (of the document), `section` (the titles from the outermost to
    the section's own), `pages` (sorted), `element_ids` and `kinds` (of the elements that are shown, in
    order; ids only where there are any) and `n_tokens` of the text, null where nobody counts.

    `lines`
        What a line holds: `section`, `document` or `element`.
    `content`
        How the text is written: `markdown` or `plaintext`. The other options are that format's.

    **Raises** FormatError for an unknown value of an option.

    >>> from tore_export.documents.element import Element
    >>> columns = ElementColumns.from_elements([[Element(Kind.TITLE, "Pumps", page=2)]])
    >>> print(JsonLines().documents(columns, [DocumentHead("d")])[0][:70])
    {"text":"# Pumps","metadata":{"doc_id":"d","title":null,"section":["Pu
    """

    lines: str = "section"
    content: str = "markdown"
    flavor: str = "github"
    include_furniture: bool = False
    images: str = "alt"
    merged_cells: str = "blank"
    tables: str = "auto"
    heading_offset: int = 0
    page_marks: str = "none"
    preserve_structure: bool = True
    line_width: int | None = None
    list_indent: int | None = None

    name: ClassVar[str] = "jsonl"
    suffix: ClassVar[str] = ".jsonl"

    def __post_init__(self) -> None:
        if self.lines == "chunk":
            raise FormatError(
                "lines of chunks are not there yet", where="lines", allowed=", ".join(LINES)
            )
        check_choice("lines", self.lines, LINES)
        check_choice("content", self.content, CONTENT)
        self._renderer()

    def documents(
        self,
        columns: ElementColumns,
        heads: Sequence[DocumentHead],
        count: CountTokens | None = None,
    ) -> list[str]:
        """Return the content of each document's file; see Formatter."""
        import msgspec

        paths, parts, owners = self._parts(columns)
        # parts rendered as documents of their own: none depends on what stands before it
        counts = [end - start for start, end in parts]
        pieces = self._renderer().render(replace(columns, counts=counts))
        texts = ["".join(pieces[start:end]) for start, end in parts]
        shown = [at for at, text in enumerate(texts) if text]
        numbers: dict[int, int] = {}
        if count is not None:
            numbers = dict(zip(shown, count([texts[at] for at in shown]), strict=True))
        encode = msgspec.json.Encoder().encode
        files = [bytearray() for _ in heads]
        for at in shown:
            here = [i for i in range(*parts[at]) if pieces[i]]
            head = heads[owners[at]]
            metadata = {
                "doc_id": head.doc_id,
                "title": head.title,
                "section": paths[at],
                "pages": sorted({page for i in here if (page := columns.pages[i]) is not None}),
                "element_ids": [found for i in here if (found := columns.ids[i]) is not None],
                "kinds": [_KIND_NAMES[columns.kinds[i]] for i in here],
                "n_tokens": numbers.get(at),
            }
            files[owners[at]] += encode({"text": texts[at], "metadata": metadata}) + b"\n"
        return [file.decode() for file in files]

    def _parts(
        self, columns: ElementColumns
    ) -> tuple[list[list[str]], list[tuple[int, int]], list[int]]:
        """Return, for each part that may become a line, its titles, its elements, its document."""
        paths: list[list[str]] = []
        parts: list[tuple[int, int]] = []
        owners: list[int] = []
        kinds = columns.kinds
        for document, (first, last) in enumerate(pairwise(columns.offsets)):
            open_titles: list[tuple[int, str]] = []
            cuts = [first]
            if self.lines == "element":
                cuts = list(range(first, last))
            elif self.lines == "section" and first < last:
                cuts = section_starts(columns, first, last)
            for start, end in pairwise([*cuts, last]):
                if kinds[start : start + 1] == [_TITLE] and self.lines != "document":
                    level = columns.levels[start] or 1
                    while open_titles and open_titles[-1][0] >= level:
                        open_titles.pop()
                    open_titles.append((level, " ".join((columns.texts[start] or "").split())))
                paths.append([title for _, title in open_titles])
                parts.append((start, end))
                owners.append(document)
        return paths, parts, owners

    def _renderer(self) -> TextFormatter:
        return with_options_of(PlainText if self.content == "plaintext" else Markdown, self)
