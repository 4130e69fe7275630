"""Markdown: what a CommonMark or GFM parser reads back as the same structure and the same text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from typing import Any, ClassVar

from tore_export.documents.columns import Cells, ElementColumns, decode_meta
from tore_export.documents.schema import FURNITURE, Kind
from tore_export.formatters.escape import (
    NEEDS_CARE,
    escape_item,
    escape_line,
    escape_text,
)
from tore_export.formatters.formatter import (
    CountTokens,
    DocumentHead,
    begun,
    check_choice,
    files_of,
)
from tore_export.formatters.inline import marked
from tore_export.formatters.lists import OpenLists, own_mark
from tore_export.formatters.table import html_table, lines_of, pipe_table

__all__ = ["FLAVORS", "IMAGES", "MERGED_CELLS", "Markdown", "describe_image", "latex_of"]

FLAVORS = ("github", "commonmark")
IMAGES = ("alt", "link", "skip")
MERGED_CELLS = ("blank", "repeat")

_TITLE, _PARAGRAPH, _LIST_ITEM, _CHECKBOX, _CODE = (
    int(kind) for kind in (Kind.TITLE, Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.CHECKBOX, Kind.CODE)
)
_ITEMS = frozenset({_LIST_ITEM, _CHECKBOX})
_FURNITURE = frozenset(int(kind) for kind in FURNITURE)
_BACKTICKS = re.compile(r"`{3,}")
_LANGUAGE = re.compile(r"[^\s`]+")
_MATH_MARKS = re.compile(
    r"\A\s*(?:\$\$(.*)\$\$|\$(.*)\$|\\\[(.*)\\\]|\\\((.*)\\\))\s*\Z", re.DOTALL
)
_MATH_COMMENT = re.compile(r"(?<!\\)%.*")
_BLANK_LINES = re.compile(r"\n[ \t]*(?=\n)")
_NEWLINE_OF_TEXT = re.compile(r"\n(?!\n)")
_BLOCK_IN_MATH = re.compile(r"^[ \t]*(?:[-+*>#=|~`<:]|\d{1,9}[.)])", re.M)


@dataclass(frozen=True)
class Markdown:
    r"""Markdown in the flavour `github` (CommonMark with GFM's tables, and `$$`) or `commonmark`.

    A CommonMark and GFM parser reads back every heading with its level, list item with its depth,
    table cell and code block, and text that looks like Markdown stays text, modulo this: levels are
    at most 6; a list item lies one below the nearest one before it of a lower level, at most 9
    deep; a bullet or number an item's text brings along becomes its mark; blank lines in a text part
    paragraphs, white space at the ends of it and of its lines is dropped, and so are blank lines at
    the ends of code; a heading is one line; NUL is the parser's to replace.

    `flavor`
        `commonmark` writes tables as HTML, and formulas as text.
    `include_furniture`
        Whether running headers, footers and page numbers are written, and page breaks as rules.
    `images`
        `alt`: as the alternative text, else the caption, else the text; `link`: as an image with
        its address, where it has one that is not embedded data; `skip`: not at all.
    `merged_cells`
        Whether a merged cell's text is repeated in each of its places, or they are left `blank`.
    `heading_offset`
        Added to each heading's level.
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
    heading_offset: int = 0
    preserve_structure: bool = True

    name: ClassVar[str] = "markdown"
    suffix: ClassVar[str] = ".md"
    needs_care: ClassVar[str | None] = NEEDS_CARE

    def __post_init__(self) -> None:
        check_choice("flavor", self.flavor, FLAVORS)
        check_choice("images", self.images, IMAGES)
        check_choice("merged_cells", self.merged_cells, MERGED_CELLS)

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
        paragraph, item, title, items = _PARAGRAPH, _LIST_ITEM, _TITLE, _ITEMS
        structured, offset = self.preserve_structure, self.heading_offset
        stream = zip(
            range(len(columns)),
            columns.kinds,
            columns.texts,
            columns.levels,
            columns.parents,
            columns.metas,
            repeat(False) if plain is None else plain,
            strict=False,
        )
        for count in columns.counts:
            lists = OpenLists(("-", "*"), (".", ")"), [])
            listing = False
            # what stands before an item that is like the one before: bulleted, as deep, as plain
            lead, lead_level, lead_parent = "", None, None
            for i, kind, text, level, parent, meta, clean in islice(stream, count):
                as_is = clean and meta is None
                if kind == paragraph:
                    body = text if as_is else _text(text, meta)
                    if body and not listing:
                        append("\n\n" + body)
                        continue
                elif structured and kind in items:
                    alike = lead and level == lead_level and parent == lead_parent
                    if alike and as_is and text and kind == item:
                        lists.stack[-1].index = i
                        append(lead + (_indented(text, len(lead) - 1) if "\n" in text else text))
                        continue
                    piece = _item(i, columns, lists, clean)
                    append(piece)
                    if piece:
                        lead, lead_level, lead_parent = lists.lead_again(), level, parent
                        listing = True
                    continue
                elif structured and kind == title:
                    body = text if as_is and "\n" not in text else _line(text, meta)
                    if body:
                        body = f"{'#' * min(max((level or 1) + offset, 1), 6)} {body}"
                else:
                    body = self._other(kind, i, columns)
                if not body:
                    append("")
                    continue
                if listing:
                    if indent := lists.inside(parent, columns.ids):
                        body = " " * indent + _indented(body, indent)
                    else:
                        listing = False
                    lead = ""
                append("\n\n" + body)
        return begun(pieces, columns.counts)

    def _other(self, kind: int, i: int, columns: ElementColumns) -> str:
        """Return an element of the rarer kinds as a block without indentation."""
        text, meta = columns.texts[i] or "", columns.metas[i]
        if kind == _CODE:
            return _fenced(text, decode_meta(meta).get("language") if meta else None)
        if kind == Kind.TABLE:
            return self._table(text, columns.cells[i], meta)
        if kind == Kind.RAW:
            return text.strip("\n")
        if kind == Kind.FORMULA:
            return self._formula(text, decode_meta(meta))
        if kind == Kind.IMAGE:
            return self._image(text, decode_meta(meta))
        if kind == Kind.QUOTE and self.preserve_structure:
            quoted = _text(text, meta)
            return "> " + quoted.replace("\n", "\n> ").replace("> \n", ">\n") if quoted else ""
        if kind in _FURNITURE:
            if not self.include_furniture:
                return ""
            if kind == Kind.PAGE_BREAK:
                return "---"
        if kind == Kind.LIST_ITEM:
            text = own_mark(text.strip(), decode_meta(meta))[0]
        return _text(text, meta)

    def _table(self, text: str, cells: Cells | None, meta: str | None) -> str:
        said = decode_meta(meta) if meta else {}
        align = said.get("align") or ()
        if not cells:
            shown = escape_text(text)
        elif not self.preserve_structure:
            shown = escape_text(lines_of(cells, self.merged_cells))
        elif self.flavor == "commonmark":
            shown = html_table(cells, align)
        else:
            shown = pipe_table(cells, align, self.merged_cells)
        caption = escape_text(said.get("caption") or "")
        return f"{caption}\n\n{shown}" if caption and shown else caption or shown

    def _formula(self, text: str, meta: dict[str, Any]) -> str:
        latex = latex_of(text, meta)
        if not latex:
            return ""
        mark = "$" if meta.get("display") is False else "$$"
        if "\n" in latex and (mark == "$" or _BLOCK_IN_MATH.search(latex)):
            latex = " ".join(_MATH_COMMENT.sub("", latex).split())
        inner = f"\n{latex}\n" if "\n" in latex else latex
        shown = f"{mark}{inner}{mark}"
        return shown if self.flavor == "github" else escape_text(shown)

    def _image(self, text: str, meta: dict[str, Any]) -> str:
        if self.images == "skip":
            return ""
        shown = describe_image(text, meta)
        url = meta.get("url")
        if self.images == "link" and url and not url.startswith("data:"):
            # a link over the whole alternative text, so that brackets in it are escaped
            whole = {"start": 0, "end": len(shown), "kind": "image", "url": url}
            return marked(shown, [whole], "line", images="link")
        return escape_text(shown)


def describe_image(text: str, meta: dict[str, Any]) -> str:
    """Return what stands for an image: its alternative text, else its caption, else its text."""
    return str(meta.get("alt") or meta.get("caption") or text or "")


def latex_of(text: str, meta: dict[str, Any]) -> str:
    r"""Return a formula's source without delimiters and blank lines.

    >>> latex_of("", {"latex": "$$ x^2 $$"}), latex_of(r"\[ y \]", {})
    ('x^2', 'y')
    """
    latex = str(meta.get("latex") or text or "")
    if found := _MATH_MARKS.match(latex):
        latex = next(group for group in found.groups() if group is not None)
    return _BLANK_LINES.sub("", latex.strip())


def _text(text: str, meta: str | None) -> str:
    if not text:
        return ""
    if meta is not None and '"spans"' in meta:
        return marked(text, decode_meta(meta)["spans"])
    return escape_text(text)


def _line(text: str, meta: str | None) -> str:
    if not text:
        return ""
    if meta is not None and '"spans"' in meta:
        return marked(text, decode_meta(meta)["spans"], "line")
    return escape_line(text)


def _item(i: int, columns: ElementColumns, lists: OpenLists, clean: bool) -> str:
    text, meta, level, parent = (
        columns.texts[i],
        columns.metas[i],
        columns.levels[i],
        columns.parents[i],
    )
    ordered, number, said = False, None, {}
    if not clean or meta is not None:
        said = decode_meta(meta) if meta else {}
        text, ordered, number = own_mark((text or "").strip(), said)
        text = marked(text, said["spans"], "item") if "spans" in said else escape_item(text)
    if not text:
        return ""
    if columns.kinds[i] == _CHECKBOX:
        text = f"[{'x' if said.get('checked') else ' '}] {text}"
        ordered, number = False, None
    if level is None:
        level = lists.level_below(parent, columns.ids)
    lead = lists.add(i, level, ordered, number, parent)
    return lead + (_indented(text, lists.content) if "\n" in text else text)


def _fenced(text: str, language: str | None) -> str:
    if not text or text.isspace():
        return ""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    fence = "```"
    if fence in text:
        fence = "`" * (max(map(len, _BACKTICKS.findall(text))) + 1)
    word = _LANGUAGE.search(language) if language else None
    code = text.strip("\n")
    return f"{fence}{word[0] if word else ''}\n{code}\n{fence}"


def _indented(text: str, width: int) -> str:
    """Return `text` with all lines but the first and the blank ones moved right."""
    newline = "\n" + " " * width
    if "\n\n" in text:
        return _NEWLINE_OF_TEXT.sub(newline, text)
    return text.replace("\n", newline)
