"""How one document's elements are written in Markdown: every kind, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tore_export.documents.columns import ElementColumns, decode_meta
from tore_export.documents.schema import FURNITURE, Kind
from tore_export.formatters.blocks import OpenBlocks, own_mark
from tore_export.formatters.captions import Captions
from tore_export.formatters.escape import escape_item, escape_line, escape_text
from tore_export.formatters.footnotes import notes_of
from tore_export.formatters.inline import marked
from tore_export.formatters.markdown_blocks import WRITERS, moved

if TYPE_CHECKING:
    from tore_export.formatters.markdown import Markdown

__all__ = ["MarkdownDocument"]

_FURNITURE = frozenset(int(kind) for kind in FURNITURE)
_CHECKBOX = int(Kind.CHECKBOX)
_NO_NOTES: Mapping[str, str] = {}
_NOTHING: dict[str, Any] = {}
_ESCAPES = {"text": escape_text, "item": escape_item, "line": escape_line}


class MarkdownDocument:
    """One document on its way: what is open, what its footnotes are, how far its figures count.

    `blocks` holds the containers that are open. The methods that are called for an element, other than
    for a plain one outside of all containers, put its piece into `pieces`.
    """

    __slots__ = (
        "_captions",
        "_noted",
        "blocks",
        "columns",
        "elements",
        "notes",
        "options",
        "pieces",
    )

    def __init__(self, options: Markdown, columns: ElementColumns, pieces: list[str]) -> None:
        self.options = options
        self.columns = columns
        self.pieces = pieces
        self.blocks = OpenBlocks(columns.ids, pieces)
        self.begin(range(0), noted=False)

    def begin(self, elements: range, *, noted: bool) -> None:
        """Begin the document of these elements; `noted` says that there may be footnotes."""
        self.elements = elements
        self.notes = notes_of(self.columns, elements) if noted else _NO_NOTES
        self._captions: Captions | None = None
        self._noted: set[str] | None = None

    # Text

    def text(self, text: str, meta: str | None, place: str = "text") -> str:
        """Return an element's text at a place, see `inline.marked`."""
        if not text:
            return ""
        if meta is None and not self.notes:
            return _ESCAPES[place](text, "")
        if meta is not None and '"spans"' in meta:
            return self.marked(text, decode_meta(meta)["spans"], place)
        if self.notes and "[^" in text:
            return self.marked(text, (), place)
        return _ESCAPES[place](text, "")

    def marked(self, text: str, spans: Sequence[Any], place: str = "text") -> str:
        """Return a text with its spans, as the options want them."""
        options = self.options
        return marked(
            text, spans, place, flavor=options.flavor, images=options.images, notes=self.notes
        )

    # Where elements stand

    def inside(self, i: int, parent: str | None, body: str) -> bool:
        """Put in a block that may lie in a container; return whether any is open after it."""
        blocks = self.blocks
        blocks.enter(parent)
        self.pieces[i] = blocks.write(body)
        return bool(blocks.stack)

    def paragraph(self, i: int, parent: str | None, body: str) -> bool:
        """Put in a paragraph that may lie in a container; return whether any is open after it."""
        blocks = self.blocks
        blocks.enter(parent)
        if blocks.pending:
            body = self.text(self.columns.texts[i], self.columns.metas[i], "item")
        self.pieces[i] = blocks.write(body)
        return bool(blocks.stack)

    def item(
        self, i: int, level: int | None, parent: str | None, meta: str | None, *, clean: bool
    ) -> None:
        """Put in a list item or check box; an empty item's piece may come later."""
        blocks, text = self.blocks, self.columns.texts[i] or ""
        ordered, number, new_list = False, None, False
        said = decode_meta(meta) if meta else _NOTHING
        if said:
            whole = len(text)
            own = text if "ordered" in said else text.lstrip()
            text, ordered, number = own_mark(own, said)
            spans = moved(said.get("spans") or (), whole - len(text))
            text = self.marked(text, spans, "item") if spans else self.text(text, None, "item")
            new_list = bool(said.get("new_list"))
        elif not clean:
            text, ordered, number = own_mark(text.lstrip(), said)
            text = self.text(text, None, "item")
        if self.columns.kinds[i] == _CHECKBOX:
            text = f"[{'x' if said.get('checked') else ' '}] {text}".rstrip()
            if not said.get("ordered"):
                ordered, number = False, None
        room = blocks.item(
            i,
            level,
            parent,
            ordered=ordered,
            number=number,
            new_list=new_list,
            empty=not text,
        )
        if text or not room:
            self.pieces[i] = blocks.write(text) if text else ""

    def other(self, i: int) -> bool:
        """Put in an element of the rarer kinds; return whether containers are open after it."""
        columns, blocks = self.columns, self.blocks
        kind, parent = columns.kinds[i], columns.parents[i]
        if self.options.preserve_structure and kind in (
            Kind.QUOTE,
            Kind.FOOTNOTE,
            Kind.DEFINITION,
        ):
            self._container(i, kind, parent)
        elif body := self.body(i, kind):
            blocks.enter(parent)
            if body == "---" and blocks.pending:
                body = "___"  # dashes would be a rule together with the item's own
            self.pieces[i] = blocks.write(body)
            if kind in (Kind.TABLE, Kind.IMAGE):
                blocks.contain(i)
        return bool(blocks.stack)

    def _container(self, i: int, kind: int, parent: str | None) -> None:
        columns, blocks = self.columns, self.blocks
        body = self.text(columns.texts[i] or "", columns.metas[i])
        if not body and columns.ids[i] is None:
            return  # nothing can lie in it
        blocks.enter(parent)
        first = before = ""
        if kind == Kind.QUOTE:
            first = before = "> "
        elif kind == Kind.FOOTNOTE and (label := self._label(i)):
            if self.options.flavor == "commonmark":
                body = f"<sup>{escape_line(label, '')}</sup> {body}".rstrip()
            else:
                first, before = f"[^{self.notes[label]}]: ", "    "
        blocks.hold(i, first, before)
        self.pieces[i] = blocks.write(body) if body else ""

    def _label(self, i: int) -> str | None:
        """Return a footnote's label if it is referred to and this is the first one that has it."""
        meta = self.columns.metas[i]
        label: str | None = decode_meta(meta).get("label") if self.notes and meta else None
        if self._noted is None:
            self._noted = set()
        if label is None or label not in self.notes or label in self._noted:
            return None
        self._noted.add(label)
        return label

    # What they are

    def body(self, i: int, kind: int) -> str:
        """Return an element as a block without indentation."""
        text, meta = self.columns.texts[i] or "", self.columns.metas[i]
        write = WRITERS.get(kind)
        if write is not None:
            return write(self, i, text, decode_meta(meta) if meta else {})
        if kind == Kind.RAW:
            return text.strip("\n")
        if kind == Kind.RULE:
            return "---" if self.options.preserve_structure else ""
        if kind in _FURNITURE:
            if not self.options.include_furniture:
                return ""
            if kind == Kind.PAGE_BREAK:
                return "---" if self.options.page_marks == "none" else ""
        if kind == Kind.LIST_ITEM:
            said = decode_meta(meta) if meta else {}
            whole = len(text)
            text = own_mark(text.lstrip(), said)[0]
            if spans := said.get("spans"):
                return self.marked(text, moved(spans, whole - len(text)))
            return self.text(text, None)
        return self.text(text, meta)

    def numbers(self) -> Captions:
        """Return the numbers of the document's figures and tables, counted at the first question."""
        if self._captions is None:
            self._captions = Captions(self.columns.kinds, self.columns.ids, self.elements)
        return self._captions
