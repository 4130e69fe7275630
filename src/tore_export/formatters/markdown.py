"""Markdown: what a CommonMark or GFM parser reads back as the same structure and the same text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice, repeat
from typing import ClassVar

from tore_export.documents.columns import ElementColumns
from tore_export.documents.schema import CONTAINERS, Kind
from tore_export.formatters.blocks import indented
from tore_export.formatters.care import (
    CELL_CARE,
    ITEM_CARE,
    LINE_CARE,
    NEEDS_CARE,
    TEXT_CARE,
    Care,
)
from tore_export.formatters.column_form import CellForm, ColumnForm
from tore_export.formatters.escape import escape_cell, escape_item, escape_line, escape_text
from tore_export.formatters.formatter import (
    CountTokens,
    DocumentHead,
    begun,
    check_choice,
    files_of,
)
from tore_export.formatters.formulas import latex_of
from tore_export.formatters.grid import MERGED_CELLS
from tore_export.formatters.inline import IMAGES
from tore_export.formatters.markdown_blocks import describe_image
from tore_export.formatters.markdown_elements import MarkdownDocument
from tore_export.formatters.page_marks import PAGE_MARKS, with_page_marks
from tore_export.formatters.table import TABLES
from tore_export.formatters.unstructured_flavor import unstructured_pieces

__all__ = [
    "FLAVORS",
    "IMAGES",
    "MERGED_CELLS",
    "PAGE_MARKS",
    "TABLES",
    "Markdown",
    "describe_image",
    "latex_of",
]

FLAVORS = ("github", "commonmark", "academic", "unstructured")

_TITLE, _PARAGRAPH, _LIST_ITEM, _CHECKBOX, _FOOTNOTE = (
    int(kind) for kind in (Kind.TITLE, Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.CHECKBOX, Kind.FOOTNOTE)
)
_CODE = int(Kind.CODE)
_ITEMS = frozenset({_LIST_ITEM, _CHECKBOX})
_OTHER_CONTAINERS = frozenset(int(kind) for kind in CONTAINERS) - _ITEMS

_CARE = {
    _PARAGRAPH: replace(TEXT_CARE, write=escape_text),
    _TITLE: replace(LINE_CARE, write=escape_line),
    _LIST_ITEM: replace(ITEM_CARE, write=escape_item),
    # what ends in anything but these may be white space only
    _CODE: Care(
        (r"```|\r", r"^\n", "[^!-~]$"),
        (r"```|\r", r"^[\s\x1c-\x1f]*$"),
        ((r"^\n+|\n+$", ""),),
    ),
}
_AFTER = {_CODE: "\n```"}
_CELLS = CellForm(CELL_CARE, escape_cell)


@dataclass(frozen=True)
class Markdown:
    r"""Markdown in one of four flavours.

    A CommonMark and GFM parser reads back every heading with its level, list item with its depth,
    table cell and code block, and text that looks like Markdown stays text; docs/markdown.md says
    exactly what is normalised on the way.

    `flavor`
        `github`: CommonMark with GFM's tables, strikethrough and task lists, footnotes, and formulas
        between dollars. `commonmark`: tables as HTML, formulas as text, and nothing else that needs
        an extension. `academic`: as `github`, captions are numbered and formulas on lines of their
        own. `unstructured`: the bytes of that library's `elements_to_md`, to which no other
        option applies.
    `include_furniture`
        Whether running headers, footers, page numbers and notes are written, and page breaks as rules.
    `images`
        `alt`: as the alternative text, else the caption, else the text; `link`: as an image with
        its address, where it has one that is not embedded data; `embed`: with its data too; `skip`:
        not at all.
    `merged_cells`
        Whether a merged cell's text is repeated in each of its places, or they are left `blank`.
    `tables`
        `auto`: pipes where they can hold a table, else HTML; `pipe`, `html`: always that.
    `heading_offset`
        Added to each heading's level.
    `page_marks`
        What stands where a page begins, outside of lists and other containers: `none`, a `rule`, or
        a `comment` with the page's number.
    `preserve_structure`
        False gives running text: titles and list items become paragraphs, a table's rows lines.

    **Raises** FormatError for an unknown value of an option.
    **Source** CommonMark 0.31; GitHub Flavored Markdown 0.29.

    >>> from tore_export.documents.element import Element
    >>> elements = [Element(Kind.TITLE, "Pumps", level=1), Element(Kind.LIST_ITEM, "5 * 3 = _x_")]
    >>> print("".join(Markdown().render(ElementColumns.from_elements([elements]))))
    # Pumps
    <BLANKLINE>
    - 5 * 3 = \_x\_
    """

    flavor: str = "github"
    include_furniture: bool = False
    images: str = "alt"
    merged_cells: str = "blank"
    tables: str = "auto"
    heading_offset: int = 0
    page_marks: str = "none"
    preserve_structure: bool = True

    name: ClassVar[str] = "markdown"
    suffix: ClassVar[str] = ".md"
    needs_care: ClassVar[str | None] = NEEDS_CARE

    def __post_init__(self) -> None:
        check_choice("flavor", self.flavor, FLAVORS)
        check_choice("images", self.images, IMAGES)
        check_choice("merged_cells", self.merged_cells, MERGED_CELLS)
        check_choice("tables", self.tables, TABLES)
        check_choice("page_marks", self.page_marks, PAGE_MARKS)

    def documents(
        self,
        columns: ElementColumns,
        heads: Sequence[DocumentHead],
        count: CountTokens | None = None,
    ) -> list[str]:
        """Return the content of each document's file; see Formatter."""
        pieces = self.render(columns)
        if self.flavor == "unstructured":
            stream = iter(pieces)
            return ["".join(islice(stream, count)) for count in columns.counts]
        return files_of(pieces, columns.counts)

    @property
    def column_form(self) -> ColumnForm | None:
        """How most elements are written; see ColumnForm."""
        told_by_element = self.flavor in ("academic", "unstructured") or self.page_marks != "none"
        if told_by_element or not self.preserve_structure:
            return None
        is_piped = self.tables == "pipe" or (self.tables == "auto" and self.flavor == "github")
        cells = _CELLS if is_piped else None
        return ColumnForm(_CARE, self._before, "\n\n- ", "\n- ", _AFTER, cells)

    def _before(self, kind: int, level: int | None) -> str:
        if kind == _CODE:
            return "\n\n```\n"
        return f"\n\n{self._hashes(level)} " if kind == _TITLE else "\n\n"

    def _hashes(self, level: int | None) -> str:
        return "#" * min(max((level or 1) + self.heading_offset, 1), 6)

    def render(self, columns: ElementColumns, plain: Sequence[bool] | None = None) -> list[str]:
        """Return one piece of text per element; see TextFormatter."""
        if self.flavor == "unstructured":
            return unstructured_pieces(columns)
        pieces, _ = self.pieces(columns, plain)
        if self.page_marks == "comment":
            with_page_marks(columns, pieces, "<!-- page {} -->".format, first=True)
        elif self.page_marks == "rule":
            with_page_marks(columns, pieces, "---".format, first=False)
        return begun(pieces, columns.counts)

    def pieces(
        self, columns: ElementColumns, plain: Sequence[bool] | None = None
    ) -> tuple[list[str], dict[int, str]]:
        """Return a piece an element, and what stands before an item's like; see ColumnFormatter."""
        pieces: list[str] = []
        leads: dict[int, str] = {}
        append = pieces.append
        paragraph, item, title, items = _PARAGRAPH, _LIST_ITEM, _TITLE, _ITEMS
        containers = _OTHER_CONTAINERS
        structured, hashes = self.preserve_structure, self._hashes
        noted = structured and _FOOTNOTE in columns.kinds
        plainly, escape = not noted, escape_text
        stream = zip(
            range(len(columns)),
            columns.kinds,
            columns.texts,
            columns.levels,
            columns.parents,
            columns.metas,
            # where footnotes are, what refers to them needs a closer look
            repeat(False) if plain is None or noted else plain,
            strict=False,
        )
        document = MarkdownDocument(self, columns, pieces)
        stack = document.blocks.stack
        for count in columns.counts:
            document.begin(range(len(pieces), len(pieces) + count), noted=noted)
            listing = False
            # what stands before an item that is like the one before: bulleted, as deep, as plain
            lead, lead_level, lead_parent, within = "", None, None, ""
            for i, kind, text, level, parent, meta, clean in islice(stream, count):
                as_is = clean and meta is None
                if kind == paragraph:
                    if as_is:
                        body = text
                    elif plainly and meta is None:
                        body = escape(text) if text else ""
                    else:
                        body = document.text(text, meta)
                    if body and not listing:
                        append("\n\n" + body)
                        continue
                    append("")
                    if body:
                        listing = document.paragraph(i, parent, body)
                        lead = ""
                elif structured and kind in items:
                    alike = lead and level == lead_level and parent == lead_parent
                    if alike and as_is and text and kind == item:
                        stack[-1].index = i
                        leads[i] = lead
                        append(lead + (indented(text, within) if "\n" in text else text))
                        continue
                    append("")
                    document.item(i, level, parent, meta, clean=clean)
                    listing = True
                    lead, lead_level, lead_parent = document.blocks.lead_again(), level, parent
                    leads[i] = lead
                    within = stack[-1].before
                elif structured and kind == title:
                    body = text if as_is and "\n" not in text else document.text(text, meta, "line")
                    if body:
                        body = f"{hashes(level)} {body}"
                        if not listing:
                            append("\n\n" + body)
                            continue
                    append("")
                    if body:
                        listing = document.inside(i, parent, body)
                        lead = ""
                elif not listing and kind not in containers:
                    body = document.body(i, kind)
                    append("\n\n" + body if body else "")
                else:
                    append("")
                    listing = document.other(i)
                    if pieces[i] or listing:
                        lead = ""
            if listing:
                document.blocks.close()
        return pieces, leads
