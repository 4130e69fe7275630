"""Plain text: what a person would type, with space and indentation instead of marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

from tore_export.documents.columns import Cells, ElementColumns, decode_meta
from tore_export.documents.schema import FURNITURE, Kind
from tore_export.errors import FormatError
from tore_export.formatters.drawn_table import drawn_table
from tore_export.formatters.formatter import (
    CountTokens,
    DocumentHead,
    begun,
    check_choice,
    files_of,
)
from tore_export.formatters.lists import OpenLists, own_mark
from tore_export.formatters.markdown import MERGED_CELLS, describe_image, latex_of
from tore_export.formatters.table import lines_of
from tore_export.formatters.terminal import wrap

__all__ = ["PlainText"]

_TITLE, _LIST_ITEM, _CHECKBOX = (int(kind) for kind in (Kind.TITLE, Kind.LIST_ITEM, Kind.CHECKBOX))
_ITEMS = frozenset({_LIST_ITEM, _CHECKBOX})
_PARAGRAPHS = frozenset(
    int(kind) for kind in (Kind.PARAGRAPH, Kind.CAPTION, Kind.FOOTNOTE, Kind.KEY_VALUE)
)
_FURNITURE = frozenset(int(kind) for kind in FURNITURE)
_OWN_LETTER = re.compile(r"\(?(?:[a-zA-Z]|[ivxIVX]{1,5}|[0-9]{1,3})[.)] ")
_BLANK_LINES = re.compile(r"\n[ \t]*\n[ \t\n]*")
_NEWLINE = re.compile(r"\n(?!\n)")


@dataclass(frozen=True)
class PlainText:
    r"""Running text without marks.

    A title of the two highest levels stands below two blank lines, every other block below one.
    List items are indented by depth, with `•` or their number, unless the text brings a bullet, number
    or letter of its own; code is indented by 4, a quotation by 2; tables are drawn in columns
    that take wide characters into account. Of a formula its source is written, of an image what
    stands for it.

    `include_furniture`
        Whether running headers, footers and page numbers are written; a page break is a form feed.
    `images`
        `alt`: as the alternative text, else the caption, else the text; `skip`: not at all.
    `merged_cells`
        Whether a merged cell's text is repeated in each of its places, or they are left `blank`.
    `line_width`
        The most cells of a terminal a line takes; None leaves lines as they are. Code, tables and
        words longer than a line are never broken.
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
    preserve_structure: bool = True

    name: ClassVar[str] = "plaintext"
    suffix: ClassVar[str] = ".txt"
    needs_care: ClassVar[str | None] = None

    def __post_init__(self) -> None:
        check_choice("images", self.images, ("alt", "skip"))
        check_choice("merged_cells", self.merged_cells, MERGED_CELLS)
        if self.line_width is not None and self.line_width < 20:
            raise FormatError(
                "too narrow for text",
                where="line_width",
                found=self.line_width,
                allowed="20 or more, or null",
            )

    def documents(
        self,
        columns: ElementColumns,
        heads: Sequence[DocumentHead],
        count: CountTokens | None = None,
    ) -> list[str]:
        """Return the content of each document's file; see Formatter."""
        return files_of(self.render(columns), columns.counts)

    def render(self, columns: ElementColumns, plain: Sequence[bool] | None = None) -> list[str]:
        """Return one piece of text per element; see TextFormatter."""
        pieces: list[str] = []
        append = pieces.append
        parents, ids, levels = columns.parents, columns.ids, columns.levels
        stream = zip(columns.kinds, columns.texts, strict=True)
        structured = self.preserve_structure
        i = -1
        for count in columns.counts:
            lists = OpenLists(("•", "•"), (".", "."), [])
            for (
                kind,
                text,
            ) in islice(stream, count):
                i += 1
                separator = "\n\n"
                if structured and kind in _ITEMS:
                    append(self._item(i, columns, lists))
                    continue
                if kind in _PARAGRAPHS:
                    body = self._text(text)
                elif kind == _TITLE:
                    body = self._text(text)
                    if structured and (levels[i] or 1) <= 2:
                        separator = "\n\n\n"
                else:
                    body = self._other(kind, i, columns)
                if not body:
                    append("")
                    continue
                if lists.stack and (indent := lists.inside(parents[i], ids)):
                    body = " " * indent + _indented(body, indent)
                append(f"{separator}{body}")
        return begun(pieces, columns.counts)

    def _text(self, text: str | None, indent: int = 0) -> str:
        text = (text or "").strip()
        if "\n" in text or "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
            text = _BLANK_LINES.sub("\n\n", text)
        return text if self.line_width is None else wrap(text, max(self.line_width - indent, 20))

    def _item(self, i: int, columns: ElementColumns, lists: OpenLists) -> str:
        level, parent = columns.levels[i], columns.parents[i]
        meta = columns.metas[i]
        said = decode_meta(meta) if meta else {}
        text, ordered, number = own_mark((columns.texts[i] or "").strip(), said)
        if not text:
            return ""
        box = ""
        if columns.kinds[i] == _CHECKBOX:
            box, ordered = ("[x] " if said.get("checked") else "[ ] "), False
        if level is None:
            level = lists.level_below(parent, columns.ids)
        lead = lists.add(i, level, ordered, number, parent)
        if box:
            lead = lead.replace("• ", box)
        elif not ordered and _OWN_LETTER.match(text):
            lead = lead.replace("• ", "")
        margin = len(lead.lstrip("\n"))
        shown = self._text(text, margin)
        return lead + (_indented(shown, margin) if "\n" in shown else shown)

    def _other(self, kind: int, i: int, columns: ElementColumns) -> str:
        """Return an element of the rarer kinds as a block without indentation."""
        text, meta = columns.texts[i] or "", columns.metas[i]
        if kind == Kind.CODE:
            code = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
            if not code or code.isspace():
                return ""
            return f"    {_indented(code, 4)}" if self.preserve_structure else code
        if kind == Kind.TABLE:
            return self._table(text, columns.cells[i], meta)
        if kind == Kind.RAW:
            return text.strip("\n")
        if kind == Kind.FORMULA:
            return latex_of(text, decode_meta(meta))
        if kind == Kind.IMAGE:
            shown = "" if self.images == "skip" else describe_image(text, decode_meta(meta))
            return self._text(shown)
        if kind == Kind.QUOTE and self.preserve_structure:
            quoted = self._text(text, 2)
            return f"  {_indented(quoted, 2)}" if quoted else ""
        if kind in _FURNITURE:
            if not self.include_furniture:
                return ""
            if kind == Kind.PAGE_BREAK:
                return "\f"
        if kind == Kind.LIST_ITEM:
            text = own_mark(text.strip(), decode_meta(meta))[0]
        return self._text(text)

    def _table(self, text: str, cells: Cells | None, meta: str | None) -> str:
        said = decode_meta(meta)
        if not cells:
            shown = self._text(text)
        elif not self.preserve_structure:
            shown = lines_of(cells, self.merged_cells)
        else:
            shown = drawn_table(cells, said.get("align") or (), self.merged_cells, self.line_width)
        caption = self._text(said.get("caption"))
        return f"{caption}\n\n{shown}" if caption and shown else caption or shown


def _indented(text: str, width: int) -> str:
    """Return `text` with all lines but the first and the blank ones moved right."""
    return _NEWLINE.sub("\n" + " " * width, text)
