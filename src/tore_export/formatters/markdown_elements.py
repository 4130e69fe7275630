"""How one document's elements are written in Markdown: every kind, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from tore_export.documents.columns import ElementColumns, decode_meta
from tore_export.documents.schema import FURNITURE, Kind
from tore_export.formatters.blocks import OpenBlocks, own_mark
from tore_export.formatters.captions import Captions
from tore_export.formatters.escape import escape_item, escape_line, escape_text
from tore_export.formatters.footnotes import notes_of
from tore_export.formatters.formulas import formula_block, latex_of, one_line
from tore_export.formatters.inline import marked
from tore_export.formatters.speakers import speaker_of
from tore_export.formatters.table import html_table, lines_of, pipe_table, table_form

if TYPE_CHECKING:
    from tore_export.formatters.markdown import Markdown

__all__ = ["MarkdownDocument", "describe_image", "latex_of"]

_FURNITURE = frozenset(int(kind) for kind in FURNITURE)
_CHECKBOX = int(Kind.CHECKBOX)
_BACKTICKS = re.compile(r"`{3,}")
_LANGUAGE = re.compile(r"[^\s`]+")
_INFO_CARE = re.compile(r"\\(?=[!-/:-@\[-`{-~])|&(?=#?\w)")
_NO_NOTES: Mapping[str, str] = {}
_NOTHING: dict[str, Any] = {}
_ESCAPES = {"text": escape_text, "item": escape_item, "line": escape_line}


def describe_image(text: str, meta: Mapping[str, Any]) -> str:
    """Return what stands for an image: its alternative text, else its caption, else its text."""
    return str(meta.get("alt") or meta.get("caption") or text or "")


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
            spans = _moved(said.get("spans") or (), whole - len(text))
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
        write = _WRITERS.get(kind)
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
                return self.marked(text, _moved(spans, whole - len(text)))
            return self.text(text, None)
        return self.text(text, meta)

    def _code(self, i: int, text: str, meta: Mapping[str, Any]) -> str:
        if not text or text.isspace():
            return ""
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        fence = "```"
        if fence in text:
            fence = "`" * (max(map(len, _BACKTICKS.findall(text))) + 1)
        language = ""
        if meta and (word := _LANGUAGE.search(str(meta.get("language") or ""))):
            language = _INFO_CARE.sub(r"\\\g<0>", word[0])
        code = text.strip("\n")
        return f"{fence}{language}\n{code}\n{fence}"

    def _table(self, i: int, text: str, meta: Mapping[str, Any]) -> str:
        options, cells = self.options, self.columns.cells[i]
        align, rich = meta.get("align") or (), meta.get("rich") or ()
        if not cells:
            shown = self.marked(text, meta.get("spans") or ()) if text else ""
        elif not options.preserve_structure:
            shown = escape_text(lines_of(cells, options.merged_cells))
        elif self._table_form(rich) == "html":
            shown = html_table(cells, align, rich, images=options.images)
        else:
            mark = partial(self.marked, place="cell") if rich or self.notes else None
            shown = pipe_table(cells, align, options.merged_cells, rich, mark)
        caption = self._own_caption(Kind.TABLE, meta)
        return f"{caption}\n\n{shown}" if caption and shown else caption or shown

    def _table_form(self, rich: Sequence[Mapping[str, Any]]) -> str:
        if self.options.flavor == "commonmark" and self.options.tables == "auto":
            return "html"
        return table_form(self.options.tables, rich)

    def _formula(self, i: int, text: str, meta: Mapping[str, Any]) -> str:
        latex = latex_of(text, meta)
        if not latex:
            return ""
        within = meta.get("display") is False
        if self.options.flavor == "commonmark":
            mark = "$" if within else "$$"
            return f"{mark}{escape_text(one_line(latex))}{mark}"
        if within:
            line = one_line(latex)
            return self.marked(line, [{"start": 0, "end": len(line), "kind": "math"}])
        if "$$" in latex:
            return self._code(i, latex, {"language": "math"})
        return formula_block(latex, apart=self.options.flavor == "academic")

    def _image(self, i: int, text: str, meta: Mapping[str, Any]) -> str:
        images = self.options.images
        if images == "skip":
            return ""
        words = describe_image(text, meta)
        url = str(meta.get("url") or "")
        if url.startswith("data:"):
            url = ""
        if images == "embed":
            url = str(meta.get("data") or "") or url
        numbered = self.options.flavor == "academic"
        caption = self._own_caption(Kind.IMAGE, meta) if numbered else ""
        if url and images in ("link", "embed"):
            title = meta.get("caption") if meta.get("alt") and not caption else None
            shown = self._linked_image(words, url, str(title or ""))
        elif caption and words == meta.get("caption"):
            shown = ""
        else:
            shown = escape_text(words)
        return f"{shown}\n\n{caption}" if caption and shown else caption or shown

    def _linked_image(self, words: str, url: str, title: str) -> str:
        whole = {"start": 0, "end": len(words), "kind": "image", "url": url, "title": title}
        if not url.startswith("data:"):
            return self.marked(words, [whole], "line")
        # an image by its address cannot have such a one
        shown = self.marked(words, [{**whole, "url": "data"}], "line")
        return shown.replace("](data", f"]({''.join(url.split())}")

    def _caption(self, i: int, text: str, meta: Mapping[str, Any]) -> str:
        label = ""
        if self.options.flavor == "academic":
            label = self._numbers().label_of_element(i, self.columns.parents[i], text)
        return self._labelled(label, text, meta.get("spans") or ())

    def _own_caption(self, kind: int, meta: Mapping[str, Any]) -> str:
        caption = str(meta.get("caption") or "")
        label = ""
        if self.options.flavor == "academic":
            label = self._numbers().label(kind, caption)
        return self._labelled(label, caption, ())

    def _labelled(self, label: str, text: str, spans: Sequence[Any]) -> str:
        if not text.strip():
            return ""
        if not label:
            return self.marked(text, spans) if spans or self.notes else escape_text(text)
        strong = {"start": 0, "end": len(label), "kind": "strong"}
        moved = _moved(spans, -len(label) - 1)
        return self.marked(f"{label} {text}", [strong, *moved])

    def _numbers(self) -> Captions:
        if self._captions is None:
            self._captions = Captions(self.columns.kinds, self.columns.ids, self.elements)
        return self._captions

    def _key_value(self, i: int, text: str, meta: Mapping[str, Any]) -> str:
        spans = meta.get("spans") or ()
        pairs = meta.get("pairs") or ()
        if spans or not pairs or not self.options.preserve_structure:
            return self.marked(text, spans) if spans else self.text(text, None)
        words: list[str] = []
        spans, size = [], 0
        for pair in pairs:
            key, value = (" ".join(str(part).split()) for part in pair)
            line = f"{key}: {value}".rstrip() if key else value
            if not line:
                continue
            if words:
                spans.append({"start": size - 1, "end": size, "kind": "break"})
            if key:
                spans.append({"start": size, "end": size + len(key) + 1, "kind": "strong"})
            words.append(line)
            size += len(line) + 1
        return self.marked("\n".join(words), spans)

    def _term(self, i: int, text: str, meta: Mapping[str, Any]) -> str:
        spans = meta.get("spans") or ()
        if self.options.preserve_structure:
            spans = [{"start": 0, "end": len(text), "kind": "strong"}, *spans]
        return self.marked(text, spans)

    def _message(self, i: int, text: str, meta: Mapping[str, Any]) -> str:
        speaker = f"{escape_line(speaker_of(meta), '')}:"
        if self.options.preserve_structure:
            speaker = f"**{speaker}**"
        said = text.strip("\n")
        return f"{speaker}\n\n{said}"


_WRITERS: dict[int, Callable[[MarkdownDocument, int, str, Mapping[str, Any]], str]] = {
    int(Kind.CODE): MarkdownDocument._code,
    int(Kind.TABLE): MarkdownDocument._table,
    int(Kind.FORMULA): MarkdownDocument._formula,
    int(Kind.IMAGE): MarkdownDocument._image,
    int(Kind.CAPTION): MarkdownDocument._caption,
    int(Kind.KEY_VALUE): MarkdownDocument._key_value,
    int(Kind.TERM): MarkdownDocument._term,
    int(Kind.MESSAGE): MarkdownDocument._message,
}


def _moved(spans: Sequence[Any], by: int) -> list[Any]:
    """Return spans of a text that lost its first `by` characters."""
    if not by:
        return list(spans)
    return [
        {**span, "start": max(span["start"] - by, 0), "end": max(span["end"] - by, 0)}
        for span in spans
    ]
