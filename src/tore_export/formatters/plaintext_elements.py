"""How one document's elements are written as plain text: every kind, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tore_export.documents.columns import Cells, ElementColumns, decode_meta
from tore_export.documents.schema import FURNITURE, Kind
from tore_export.formatters.blocks import OpenBlocks, own_mark
from tore_export.formatters.drawn_table import drawn_table
from tore_export.formatters.formulas import latex_of
from tore_export.formatters.grid import with_texts
from tore_export.formatters.markdown_blocks import describe_image
from tore_export.formatters.spans import nested
from tore_export.formatters.speakers import speaker_of
from tore_export.formatters.table import lines_of
from tore_export.formatters.terminal import wrap

if TYPE_CHECKING:
    from tore_export.formatters.plaintext import PlainText

__all__ = ["LEAST_WIDTH", "OWN_MARK", "PlainDocument", "words_of"]

LEAST_WIDTH = 16
"""Text gets as many cells beside its indentation, however deep it lies."""

_FURNITURE = frozenset(int(kind) for kind in FURNITURE)
_HELD = (Kind.QUOTE, Kind.FOOTNOTE, Kind.DEFINITION)
_OWN_LETTER = re.compile(r"\(?(?:[a-zA-Z]|[ivxIVX]{1,5}|[0-9]{1,3})[.)] ")
OWN_MARK = re.compile(r"[^\w\s(]|\(?\w{1,9}[.)]")
"""Matches at least every item's text that begins with a bullet, number or letter of its own."""

_BLANK_LINES = re.compile(r"\n[ \t]*\n[ \t\n]*")
_CHANGED = ('"footnote"', '"image"')


def words_of(text: str, spans: Iterable[Any], images: str = "alt") -> str:
    """Return the words of a text: references to footnotes in brackets, images as asked.

    >>> words_of("so1", [{"start": 2, "end": 3, "kind": "footnote", "label": "a"}])
    'so[1]'
    """
    parts = []
    done = 0
    for start, end, kind, _ in nested(text, spans, _is_changed):
        words = text[start:end]
        if kind == "image":
            words = "" if images == "skip" else words
        elif not (words.startswith(("[", "(")) and words.endswith(("]", ")"))):
            words = f"[{words}]"
        parts += [text[done:start], words]
        done = end
    return "".join(parts) + text[done:]


def _is_changed(span: Mapping[str, Any]) -> bool:
    return span["kind"] in ("footnote", "image")


class PlainDocument:
    """One document on its way; `blocks` holds the containers that are open.

    The methods that are called for an element put its piece into `pieces`.
    """

    __slots__ = ("_end", "blocks", "columns", "options", "pieces")

    def __init__(
        self, options: PlainText, columns: ElementColumns, elements: range, pieces: list[str]
    ) -> None:
        self.options = options
        self.columns = columns
        self.pieces = pieces
        self.blocks = OpenBlocks(
            columns.ids, pieces, ("•", "•"), (".", "."), indent=options.list_indent
        )
        self._end = elements.stop

    def words(self, text: str | None, meta: str | None) -> str:
        """Return an element's words as they come."""
        if not text:
            return ""
        if meta is not None and any(kind in meta for kind in _CHANGED):
            return words_of(text, decode_meta(meta).get("spans") or (), self.options.images)
        return text

    def flow(self, text: str, margin: int = 0) -> str:
        """Return a text's paragraphs, in lines as wide as the options want them."""
        text = text.strip()
        if "\n" in text or "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
            text = _BLANK_LINES.sub("\n\n", text)
        width = self.options.line_width
        return text if width is None else wrap(text, max(width - margin, LEAST_WIDTH))

    @property
    def margin(self) -> int:
        """How far what lies in the open containers is indented."""
        stack = self.blocks.stack
        return len(stack[-1].before) if stack else 0

    def inside(self, i: int, gap: str = "\n\n") -> bool:
        """Put in a text that may lie in a container; return whether any is open after it."""
        columns, blocks = self.columns, self.blocks
        if text := self.words(columns.texts[i], columns.metas[i]).strip():
            blocks.enter(columns.parents[i])
            self.pieces[i] = blocks.write(
                self.flow(text, self.margin), "\n\n" if blocks.stack else gap
            )
        return bool(blocks.stack)

    def item(self, i: int) -> bool:
        """Put in a list item or check box; return whether its mark is a bullet of ours.

        One without text is left out if nothing lies in it.
        """
        columns, blocks = self.columns, self.blocks
        meta = columns.metas[i]
        said = decode_meta(meta) if meta else {}
        text, ordered, number = own_mark(self.words(columns.texts[i], meta).strip(), said)
        if not text and not self._holds_the_next(i):
            return False
        lead = None
        if columns.kinds[i] == Kind.CHECKBOX:
            lead, ordered = ("[x] " if said.get("checked") else "[ ] "), False
        elif not ordered and (own := _OWN_LETTER.match(text)):
            lead, text = own[0], text[own.end() :]
        room = blocks.item(
            i,
            columns.levels[i],
            columns.parents[i],
            ordered=ordered,
            number=number,
            new_list=bool(said.get("new_list")),
            empty=not text,
            lead=lead,
        )
        if text:
            shown = text if room else f"{lead or ''}{text}"
            self.pieces[i] = blocks.write(self.flow(shown, self.margin))
        return room and bool(text) and lead is None and not ordered

    def _holds_the_next(self, i: int) -> bool:
        identity = self.columns.ids[i]
        return identity is not None and self.columns.parents[i + 1 : min(i + 2, self._end)] == [
            identity
        ]

    def other(self, i: int) -> bool:
        """Put in an element of the rarer kinds; return whether containers are open after it."""
        columns, blocks = self.columns, self.blocks
        kind, parent = columns.kinds[i], columns.parents[i]
        before = columns.kinds[i - 1] if i else None
        if not self.options.preserve_structure:
            if body := self.body(i, kind):
                self.pieces[i] = f"\n\n{body}"
        elif kind in _HELD:
            self._container(i, kind, parent, before)
        else:
            depth = len(blocks.stack)
            blocks.enter(parent)
            if body := self.body(i, kind):
                both_terms = kind == before == Kind.TERM and depth == len(blocks.stack)
                self.pieces[i] = blocks.write(body, "\n" if both_terms else "\n\n")
                if kind in (Kind.TABLE, Kind.IMAGE):
                    blocks.contain(i)
        return bool(blocks.stack)

    def _container(self, i: int, kind: int, parent: str | None, before: int | None) -> None:
        columns, blocks = self.columns, self.blocks
        text, meta = columns.texts[i], columns.metas[i]
        blocks.enter(parent)
        gap = "\n\n"
        if kind == Kind.QUOTE:
            lead = around = "  "
        elif kind == Kind.DEFINITION:
            lead = around = "    "
            if before in (Kind.TERM, Kind.DEFINITION):
                gap = "\n"
        else:
            lead = self._note_mark(text or "", meta)
            around = " " * len(lead)
        blocks.hold(i, lead, around, gap)
        if body := self.flow(self.words(text, meta), self.margin):
            self.pieces[i] = blocks.write(body)

    def _note_mark(self, text: str, meta: str | None) -> str:
        label = str(decode_meta(meta).get("label") or "") if meta else ""
        mark = f"[{label}] "
        own = text.lstrip().startswith((mark, f"{label} ", f"{label}. ", f"{label}) "))
        return mark if label and not own else ""

    def body(self, i: int, kind: int) -> str:
        """Return an element as a block without indentation."""
        columns = self.columns
        text, meta = columns.texts[i] or "", columns.metas[i]
        structured = self.options.preserve_structure
        if kind == Kind.CODE:
            return self._code(text)
        if kind == Kind.TABLE:
            return self._table(text, columns.cells[i], meta)
        if kind == Kind.RAW:
            return text.strip("\n")
        if kind == Kind.MESSAGE:
            said = text.strip("\n")
            return f"{speaker_of(decode_meta(meta))}:\n\n{said}"
        if kind == Kind.FORMULA:
            return latex_of(text, decode_meta(meta))
        if kind == Kind.RULE:
            return "* * *" if structured else ""
        if kind in _FURNITURE:
            if not self.options.include_furniture:
                return ""
            if kind == Kind.PAGE_BREAK:
                return "\f" if self.options.page_marks == "none" else ""
        if kind == Kind.IMAGE:
            text = "" if self.options.images == "skip" else describe_image(text, decode_meta(meta))
        elif kind == Kind.KEY_VALUE and not text and meta is not None:
            pairs = decode_meta(meta).get("pairs") or ()
            text = "\n".join(f"{key}: {value}" for key, value in pairs)
        else:
            text = self.words(text, meta)
            if kind == Kind.LIST_ITEM:
                text = own_mark(text.strip(), decode_meta(meta))[0]
            elif kind == Kind.FOOTNOTE:
                text = self._note_mark(text, meta) + text.lstrip()
        return self.flow(text, self.margin)

    def _code(self, text: str) -> str:
        code = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
        if not code or code.isspace():
            return ""
        if not self.options.preserve_structure:
            return code
        return "\n".join([f"    {line}" if line else "" for line in code.split("\n")])

    def _table(self, text: str, cells: Cells | None, meta: str | None) -> str:
        options = self.options
        said = decode_meta(meta) if meta else {}
        if not cells:
            shown = self.flow(self.words(text, meta), self.margin)
        else:
            if meta is not None and any(kind in meta for kind in _CHANGED):
                cells = with_texts(cells, _words_of_cells(cells, said, options.images))
            if options.preserve_structure:
                width = options.line_width
                if width is not None:
                    width = max(width - self.margin, LEAST_WIDTH)
                shown = drawn_table(cells, said.get("align") or (), options.merged_cells, width)
            else:
                shown = self.flow(lines_of(cells, options.merged_cells))
        caption = self.flow(str(said.get("caption") or ""), self.margin)
        return f"{caption}\n\n{shown}" if caption and shown else caption or shown


def _words_of_cells(
    cells: Cells, said: Mapping[str, Any], images: str
) -> dict[tuple[int, int], str]:
    found = {}
    for cell in said.get("rich") or ():
        row, place = cell["row"], cell["place"]
        if cell.get("spans") and 0 <= row < len(cells) and 0 <= place < len(cells[row]):
            found[row, place] = words_of(cells[row][place][0] or "", cell["spans"], images)
    return found
