"""Elements from the tokens of a Markdown text, in one pass over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tore_export.documents.columns import Cells, ElementColumns, decode_meta
from tore_export.documents.schema import Kind
from tore_export.sources.builder import Builder
from tore_export.sources.markdown.embedded import Embedded
from tore_export.sources.markdown.html import HtmlBlocks, take_first_paragraph
from tore_export.sources.markdown.line import only_image, plain_text, read_line
from tore_export.sources.unit import Limits

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["Blocks"]

_LISTS = {"bullet_list_open": False, "ordered_list_open": True}
_LISTS_END = {"bullet_list_close": False, "ordered_list_close": True}
_HOLDERS_END = frozenset({"list_item_close", "blockquote_close", "footnote_reference_close"})


@dataclass(slots=True)
class _List:
    """A list that is open: of which sort, the next item's number, whether one like it came before."""

    ordered: bool
    number: int
    new: bool


@dataclass(slots=True)
class Blocks:
    """Puts the elements of one document into `build`.

    `page` is the page that the last mark began, `holders` the ids of the containers that are open,
    `last_list` where the last list ended: of which sort, in which container, after how many elements.
    """

    build: Builder
    limits: Limits
    embedded: Embedded
    page: int | None = None
    holders: list[str] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)
    last_list: tuple[bool, int, int] | None = None
    n_items: int = 0  # open list items
    html: HtmlBlocks = field(init=False)

    def __post_init__(self) -> None:
        self.html = HtmlBlocks(self.limits)

    def read(self, tokens: Sequence[Token]) -> int:
        """Add the elements of a whole document's tokens; return the number of warnings."""
        i, end = 0, len(tokens)
        while i < end:
            token = tokens[i]
            kind = token.type
            if kind == "paragraph_open":
                self._paragraph(tokens[i + 1].children or ())
                i += 2
            elif kind == "list_item_open":
                i = self._item(tokens, i)
            elif kind in _HOLDERS_END:
                self.holders.pop()
                self.n_items -= kind == "list_item_close"
            elif kind in _LISTS:
                self._begin_list(_LISTS[kind], token)
            elif kind in _LISTS_END:
                self.lists.pop()
                self.last_list = (_LISTS_END[kind], len(self.holders), len(self.build))
            elif kind == "heading_open":
                self._heading(int(token.tag[1]), tokens[i + 1].children or ())
                i += 2
            elif kind in ("fence", "code_block"):
                self._code(token)
            elif kind == "table_open":
                i = self._table(tokens, i)
            elif kind == "html_block":
                html, i = self._html(tokens, i)
                self._put(html)
            elif kind == "blockquote_open":
                if tokens[i + 1].type == "blockquote_close":
                    i += 1  # nothing is said by nobody
                else:
                    i = self._hold(tokens, i, Kind.QUOTE, {})
            elif kind == "footnote_reference_open":
                i = self._hold(tokens, i, Kind.FOOTNOTE, {"label": token.meta["label"]})
            elif kind == "hr":
                self._add(Kind.RULE, "")
            elif kind == "math_block":
                self._formula(token.content)
            i += 1
        return self.html.n_warnings

    def _add(self, kind: Kind, text: str, **said: Any) -> str:
        if self.embedded:
            text = self.embedded.put_back(text, (said.get("meta") or {}).get("spans", ()))
        parent = self.holders[-1] if self.holders else None
        return self.build.add(kind, text, parent=parent, page=self.page, **said)

    def _turn(self, page: int | None) -> None:
        if page is not None:
            self.page = page

    def _paragraph(self, children: Sequence[Token]) -> None:
        if len(children) == 1 and (image := only_image(children)):
            self._image(image)
            return
        text, spans, page = read_line(children)
        if text or spans:
            self._add(Kind.PARAGRAPH, text, meta={"spans": spans} if spans else None)
        self._turn(page)

    def _heading(self, level: int, children: Sequence[Token]) -> None:
        text, spans, page = read_line(children, one_line=True)
        if text or spans:
            meta = {"spans": spans} if spans else None
            self._add(Kind.TITLE, text, level=level, meta=meta)
        self._turn(page)

    def _formula(self, latex: str) -> None:
        if latex := latex.strip():
            self._add(Kind.FORMULA, latex, meta={"latex": latex, "display": True})

    def _image(self, token: Token) -> None:
        alt = plain_text(token.children or ())
        url, title = str(token.attrs.get("src") or ""), token.attrs.get("title")
        meta: dict[str, Any] = {"alt": alt} if alt else {}
        if title:
            meta["caption"] = title
        if url.startswith("data:"):
            if self.limits.keep_images:
                meta["data"] = self.embedded.put_back(url)
        elif url:
            meta["url"] = url
        self._add(Kind.IMAGE, "", meta=meta or None)

    def _code(self, token: Token) -> None:
        text = token.content.removesuffix("\n")
        language = _language(token.info) if token.info else ""
        self._add(Kind.CODE, text, meta={"language": language} if language else None)

    def _begin_list(self, ordered: bool, token: Token) -> None:
        alike = self.last_list == (ordered, len(self.holders), len(self.build))
        self.lists.append(_List(ordered, int(token.attrs.get("start", 1)), alike))

    def _item(self, tokens: Sequence[Token], i: int) -> int:
        token, of = tokens[i], self.lists[-1]
        meta: dict[str, Any] = {}
        if of.ordered:
            meta = {"ordered": True, "number": of.number}
            of.number += 1
        if of.new:
            meta["new_list"] = True
            of.new = False
        checked = token.meta.get("checked") if token.meta else None
        kind = Kind.LIST_ITEM
        if checked is not None:
            kind = Kind.CHECKBOX
            meta["checked"] = checked
        level = self.n_items
        self.n_items += 1
        return self._hold(tokens, i, kind, meta, level)

    def _hold(
        self,
        tokens: Sequence[Token],
        i: int,
        kind: Kind,
        meta: dict[str, Any],
        level: int | None = None,
    ) -> int:
        """Add the container of token `i` with its first paragraph; return the last token used."""
        text, page = "", None
        spans: list[dict[str, Any]] = []
        html: ElementColumns | None = None
        while True:
            token = tokens[i + 1]
            if token.type == "paragraph_open":
                text, spans, page = read_line(tokens[i + 2].children or ())
                i += 3
                if text or spans:
                    break
                self._turn(page)  # nothing but a mark: what comes next is first
            elif token.type == "html_block":
                html, i = self._html(tokens, i + 1)
                if len(html):
                    text, spans = take_first_paragraph(html)
                    break
            else:
                break
        if spans:
            meta["spans"] = spans
        if text and level is not None and not text[0].isalpha():
            meta.setdefault("ordered", False)  # else a number or dash would be taken for its mark
        self.holders.append(self._add(kind, text, level=level, meta=meta or None))
        self._turn(page)
        if html is not None:
            self._put(html)
        return i

    def _table(self, tokens: Sequence[Token], i: int) -> int:
        cells: Cells = []
        row: list[tuple[str, int, int, bool]] = []
        align: list[str | None] = []
        rich: list[dict[str, Any]] = []
        put_back = self.embedded.put_back
        while True:
            i += 1
            token = tokens[i]
            kind = token.type
            if kind in ("td_open", "th_open"):
                is_header = kind == "th_open"
                if is_header:
                    style = str(token.attrs.get("style") or "")
                    align.append(style.removeprefix("text-align:") or None)
                text, spans, page = read_line(tokens[i + 1].children or ())
                # of line breaks alone, the text's newlines say all
                if spans and any(span["kind"] != "break" for span in spans):
                    rich.append({"row": len(cells), "place": len(row), "spans": spans})
                self._turn(page)
                row.append((put_back(text, spans), 1, 1, is_header))
                i += 2
            elif kind == "tr_close":
                cells.append(row)
                row = []
            elif kind == "table_close":
                break
        meta: dict[str, Any] = {"align": align} if any(align) else {}
        if rich:
            meta["rich"] = rich
        self._add(Kind.TABLE, "", cells=cells, meta=meta or None)
        return i

    def _html(self, tokens: Sequence[Token], i: int) -> tuple[ElementColumns, int]:
        """Return the elements of the HTML that token `i` begins, and the last token of it.

        Blocks of it that only blank lines part are one piece.
        """
        parts = [tokens[i].content]
        while i + 1 < len(tokens) and tokens[i + 1].type == "html_block":
            i += 1
            parts.append(tokens[i].content)
        html = "\n".join(parts) if len(parts) > 1 else parts[0]
        found, self.page = self.html.read(html, self.page, self.n_items)
        return found, i

    def _put(self, found: ElementColumns) -> None:
        """Add elements that were read apart, below the container that is open."""
        parent = self.holders[-1] if self.holders else None
        ids: dict[str | None, str | None] = {None: parent}
        put_back = self.embedded.put_back
        for i, id in enumerate(found.ids):
            text, meta = found.texts[i], decode_meta(found.metas[i])
            if self.embedded:
                text = put_back(text, meta.get("spans", ()))
                meta = {k: put_back(v) if isinstance(v, str) else v for k, v in meta.items()}
            ids[id] = self.build.add(
                Kind(found.kinds[i]),
                text,
                level=found.levels[i],
                parent=ids.get(found.parents[i], parent),
                page=found.pages[i],
                cells=found.cells[i],
                meta=meta,
            )


def _language(info: str) -> str:
    if "\\" in info or "&" in info:
        from markdown_it.common.utils import unescapeAll

        info = unescapeAll(info)
    words = info.split(None, 1)
    return words[0] if words else ""
