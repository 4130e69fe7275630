"""Plain text: what a person would type, with space and indentation instead of marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

from tore_export.documents.columns import ElementColumns
from tore_export.documents.schema import Kind
from tore_export.errors import FormatError
from tore_export.formatters.blocks import indented
from tore_export.formatters.care import Care
from tore_export.formatters.column_form import ColumnForm
from tore_export.formatters.formatter import (
    CountTokens,
    DocumentHead,
    begun,
    check_choice,
    files_of,
)
from tore_export.formatters.grid import MERGED_CELLS
from tore_export.formatters.inline import IMAGES
from tore_export.formatters.page_marks import PAGE_MARKS, with_page_marks
from tore_export.formatters.plaintext_elements import OWN_MARK, PlainDocument

__all__ = ["PlainText"]

_TITLE, _LIST_ITEM, _CHECKBOX = (int(kind) for kind in (Kind.TITLE, Kind.LIST_ITEM, Kind.CHECKBOX))
_ITEMS = frozenset({_LIST_ITEM, _CHECKBOX})
_PARAGRAPH, _CAPTION, _CODE = (int(kind) for kind in (Kind.PARAGRAPH, Kind.CAPTION, Kind.CODE))
_PARAGRAPHS = frozenset({_PARAGRAPH, _CAPTION})

_SPACE = r"[\s\x1c-\x1f]"
_FLOW = rf"^{_SPACE}|{_SPACE}$|\r|\n[ \t]+\n|\n\n[ \t\n]"
_OWN_MARK = (
    r"^[-+*\u2022\u2023\u25e6\u25aa\u25ab\u25cf\u25cb\u25a0\u25a1\u00b7\u2219\u2013\u2014](?:[ \t\n]|$)"
    r"|^[0-9]{1,9}[.)](?:[ \t\n]|$)|^\(?(?:[a-zA-Z]|[ivxIVX]{1,5}|[0-9]{1,3})[.)] "
)
_CARE = {
    _PARAGRAPH: Care((_FLOW,)),
    _CAPTION: Care((_FLOW,)),
    _TITLE: Care((_FLOW,)),
    _LIST_ITEM: Care((f"{_FLOW}|{_OWN_MARK}",)),
    # every line is indented; what ends in anything but these may be white space only
    _CODE: Care(("",), (r"\r", r"^\n", "[^!-~]$"), ((r"\n([^\n])", "\n    ${1}"),)),
}


@dataclass(frozen=True)
class PlainText:
    r"""Running text without marks; docs/plaintext.md shows what is drawn.

    A title of the two highest levels stands below two blank lines, every other block below one. List
    items are indented by depth, with `•` or their number, unless the text brings a bullet, number or
    letter of its own; code and definitions are indented by 4, a quotation by 2, a footnote by its
    label; blocks lie in these as they do in the document. Tables are drawn in columns. Of
    formatted text the words are written, of a formula its source, of an image what stands for it.

    `include_furniture`
        Whether running headers, footers, page numbers and notes are written; a page break is a form
        feed.
    `images`
        `alt`, `link`, `embed`: as the alternative text, else the caption, else the text; `skip`: not
        at all.
    `merged_cells`
        Whether a merged cell's text is repeated in each of its places, or they are left `blank`.
    `line_width`
        The most cells of a terminal a line takes; None leaves lines as they are. Code, formulas and
        words longer than a line are never broken, and text gets 16 cells however deep it lies.
    `list_indent`
        The columns that a list item's mark takes, if it does not need more; None for as many as
        it needs.
    `page_marks`
        What stands where a page begins, outside of lists and other containers: `none`, a form feed
        (`comment`: a mark that is not seen), or a line with the page's number (`rule`).
    `preserve_structure`
        False gives paragraphs only: no indentation, no bullets, a table's rows as lines.

    **Raises** FormatError for an unknown value of an option.

    >>> from tore_export.documents.element import Element
    >>> elements = [Element(Kind.TITLE, "Pumps"), Element(Kind.LIST_ITEM, "5 * 3 = _x_")]
    >>> print("".join(PlainText().render(ElementColumns.from_elements([elements]))))
    Pumps
    <BLANKLINE>
    • 5 * 3 = _x_
    """

    include_furniture: bool = False
    images: str = "alt"
    merged_cells: str = "blank"
    line_width: int | None = None
    list_indent: int | None = None
    page_marks: str = "none"
    preserve_structure: bool = True

    name: ClassVar[str] = "plaintext"
    suffix: ClassVar[str] = ".txt"
    needs_care: ClassVar[str | None] = None

    def __post_init__(self) -> None:
        check_choice("images", self.images, IMAGES)
        check_choice("merged_cells", self.merged_cells, MERGED_CELLS)
        check_choice("page_marks", self.page_marks, PAGE_MARKS)
        if self.line_width is not None and self.line_width < 20:
            raise FormatError(
                "too narrow for text",
                where="line_width",
                found=self.line_width,
                allowed="20 or more, or null",
            )
        if self.list_indent is not None and not 0 <= self.list_indent <= 16:
            raise FormatError(
                "no width for the mark of a list item",
                where="list_indent",
                found=self.list_indent,
                allowed="0 to 16, or null",
            )

    def documents(
        self,
        columns: ElementColumns,
        heads: Sequence[DocumentHead],
        count: CountTokens | None = None,
    ) -> list[str]:
        """Return the content of each document's file; see Formatter."""
        return files_of(self.render(columns), columns.counts)

    @property
    def column_form(self) -> ColumnForm | None:
        """How most elements are written; see ColumnForm."""
        if self.line_width is not None or self.page_marks != "none" or not self.preserve_structure:
            return None
        mark = "• ".ljust(self.list_indent or 0)
        return ColumnForm(_CARE, _before, f"\n\n{mark}", f"\n{mark}", {})

    def render(self, columns: ElementColumns, plain: Sequence[bool] | None = None) -> list[str]:
        """Return one piece of text per element; see TextFormatter."""
        pieces, _ = self.pieces(columns, plain)
        if self.page_marks == "comment":
            with_page_marks(columns, pieces, "\f".format, first=False)
        elif self.page_marks == "rule":
            with_page_marks(columns, pieces, "— page {} —".format, first=True)
        return begun(pieces, columns.counts)

    def pieces(
        self, columns: ElementColumns, plain: Sequence[bool] | None = None
    ) -> tuple[list[str], dict[int, str]]:
        """Return a piece an element, and what stands before an item's like; see ColumnFormatter."""
        pieces: list[str] = []
        leads: dict[int, str] = {}
        append = pieces.append
        structured = self.preserve_structure
        stream = zip(
            range(len(columns)),
            columns.kinds,
            columns.texts,
            columns.levels,
            columns.parents,
            columns.metas,
            strict=True,
        )
        for count in columns.counts:
            start = len(pieces)
            document = PlainDocument(self, columns, range(start, start + count), pieces)
            flow, words, stack = document.flow, document.words, document.blocks.stack
            listing = False
            # what stands before an item that is like the one before: bulleted and as deep
            lead, lead_level, lead_parent, within = "", None, None, ""
            for i, kind, text, level, parent, meta in islice(stream, count):
                if kind in _PARAGRAPHS or kind == _TITLE:
                    main = structured and kind == _TITLE and (level or 1) <= 2
                    if listing:
                        append("")
                        lead = ""
                        listing = document.inside(i, "\n\n\n" if main else "\n\n")
                    else:
                        body = flow(text if meta is None else words(text, meta))
                        append(("\n\n\n" if main else "\n\n") + body if body else "")
                elif structured and kind in _ITEMS:
                    if (
                        lead
                        and kind == _LIST_ITEM
                        and level == lead_level
                        and parent == lead_parent
                        and meta is None
                        and text
                        and not OWN_MARK.match(text)
                        and (body := flow(text, len(within)))
                    ):
                        stack[-1].index = i
                        leads[i] = lead
                        append(lead + (indented(body, within) if "\n" in body else body))
                        continue
                    append("")
                    lead = document.blocks.lead_again() if document.item(i) else ""
                    listing = True
                    if lead:
                        leads[i] = lead
                        lead_level, lead_parent, within = level, parent, stack[-1].before
                else:
                    append("")
                    lead = ""
                    listing = document.other(i)
            document.blocks.close()
        return pieces, leads


def _before(kind: int, level: int | None) -> str:
    if kind == _CODE:
        return "\n\n    "
    return "\n\n\n" if kind == _TITLE and (level or 1) <= 2 else "\n\n"
