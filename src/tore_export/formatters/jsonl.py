"""JSON lines: one document as records of text and where it stands in the document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, ClassVar

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

__all__ = ["JsonLines", "encoded_line", "needs_max_tokens"]

LINES = ("section", "document", "element", "chunk")
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
        What a line holds: `section`, `document`, `element` or `chunk`. Chunks need a number of
        tokens, which is no option of a format: `tore_export.chunks.lines` writes them.
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
        check_choice("lines", self.lines, LINES)
        check_choice("content", self.content, CONTENT)
        self.renderer()

    def documents(
        self,
        columns: ElementColumns,
        heads: Sequence[DocumentHead],
        count: CountTokens | None = None,
    ) -> list[str]:
        """Return the content of each document's file; see Formatter.

        **Raises** FormatError for lines of chunks.
        """
        if self.lines == "chunk":
            raise needs_max_tokens()
        paths, parts, owners = self._parts(columns)
        # parts rendered as documents of their own: none depends on what stands before it
        counts = [end - start for start, end in parts]
        pieces = self.renderer().render(replace(columns, counts=counts))
        texts = ["".join(pieces[start:end]) for start, end in parts]
        shown = [at for at, text in enumerate(texts) if text]
        numbers: dict[int, int] = {}
        if count is not None:
            numbers = dict(zip(shown, count([texts[at] for at in shown]), strict=True))
        files = [bytearray() for _ in heads]
        for at in shown:
            here = [i for i in range(*parts[at]) if pieces[i]]
            files[owners[at]] += encoded_line(
                texts[at],
                heads[owners[at]],
                columns,
                here,
                section=paths[at],
                n_tokens=numbers.get(at),
            )
        return [file.decode() for file in files]

    def sections(self, columns: ElementColumns) -> tuple[list[int], list[list[str]]]:
        """Return where sections begin, of all documents, ascending, and the titles of each."""
        paths, parts, _ = replace(self, lines="section")._parts(columns)
        return [start for start, _ in parts], paths

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

    def renderer(self) -> TextFormatter:
        """Return what writes the text of the lines."""
        return with_options_of(PlainText if self.content == "plaintext" else Markdown, self)


def needs_max_tokens() -> FormatError:
    """Return what is said where lines of chunks are wanted, and not how large they may be."""
    return FormatError(
        "lines of chunks need max_tokens, without token_optimization",
        where="lines",
        found="chunk",
        hint="--max-tokens N on the command line",
    )


def encoded_line(
    text: str,
    head: DocumentHead,
    columns: ElementColumns,
    elements: Sequence[int],
    *,
    section: Sequence[str],
    n_tokens: int | None,
    **more: Any,
) -> bytes:
    """Return one line with its newline; `elements` are the places of those the text shows."""
    from msgspec.json import encode

    metadata = {
        "doc_id": head.doc_id,
        "title": head.title,
        "section": section,
        "pages": sorted({page for i in elements if (page := columns.pages[i]) is not None}),
        "element_ids": [found for i in elements if (found := columns.ids[i]) is not None],
        "kinds": [_KIND_NAMES[columns.kinds[i]] for i in elements],
        "n_tokens": n_tokens,
        **more,
    }
    return encode({"text": text, "metadata": metadata}) + b"\n"
