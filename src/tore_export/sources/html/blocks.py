"""Elements of a page: paragraphs, headings, lists, definitions, quotes, figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tore_export.documents.schema import Kind
from tore_export.sources.html.cells import TableWalk
from tore_export.sources.html.lists import Holder
from tore_export.sources.html.pieces import attributes_of, end_of, pieces_of
from tore_export.sources.html.walk import Handler
from tore_export.sources.unit import Limits

if TYPE_CHECKING:
    from tore_export.sources.builder import Builder

__all__ = ["append_blocks"]

_HEADINGS = tuple(f"h{level}" for level in range(1, 7))


def append_blocks(
    html: str, build: Builder, limits: Limits, parent: str | None = None, level: int = 0
) -> int:
    """Append the elements of serialised HTML; return how many could only be read in part.

    `parent` is what holds them all, `level` in how many list items they lie already.

    **Raises** DocumentError with rule `too_many_elements`.
    """
    walk = PageWalk(pieces_of(html), build, limits, parent, level)
    walk.run()
    return walk.n_warnings


class PageWalk(TableWalk):
    """A walk that knows all of a page."""

    def __init__(
        self, pieces: list[str], build: Builder, limits: Limits, parent: str | None, level: int
    ) -> None:
        super().__init__(pieces, build, limits, parent, level)
        self._sections = 0
        self._kept_until = 0  # the end of a header of the page that is kept

    def _paragraph(self, rest: str, text: str, number: int) -> str:
        self.flush()
        return text

    def _br(self, rest: str, text: str, number: int) -> str:
        if self.heading or self.kind is not Kind.PARAGRAPH:
            self.line.parts.append(" ")
        elif not self.line.end_line():
            # two of them are what a paragraph would be
            self.flush()
        return text

    def _quotation(self, rest: str, text: str, number: int) -> str:
        return ("”" if rest == "/q" else "“") + text

    def _heads(self, rest: str, text: str, number: int) -> str:
        self.flush()
        if self.cell is None:
            self.heading = int(self.pieces[number][1])
        else:
            self.cell.holds_blocks = True
        return text

    def _end_heading(self, rest: str, text: str, number: int) -> str:
        self.flush()
        self.heading = 0
        return text

    def _rule(self, rest: str, text: str, number: int) -> str:
        if self.begins_block():
            self.lists.add(Kind.RULE, "")
        return text

    # lists, definitions, quotes

    def _bullets(self, rest: str, text: str, number: int) -> str:
        if self.begins_block():
            self.lists.begin(None)
        return text

    def _numbers(self, rest: str, text: str, number: int) -> str:
        if self.begins_block():
            self.lists.begin(attributes_of(rest), self.pieces, number)
        return text

    def _end_list(self, rest: str, text: str, number: int) -> str:
        self.flush()
        if self.cell is None:
            self.lists.end()
        return text

    def _item(self, rest: str, text: str, number: int) -> str:
        if self.begins_block():
            self.lists.begin_item(attributes_of(rest) if "value=" in rest else {})
        return text

    def _definition(self, rest: str, text: str, number: int) -> str:
        self.flush()
        if self.cell is None:
            self.heading = 0
            self.lists.hold(Holder(Kind.DEFINITION))
        return text

    def _quote(self, rest: str, text: str, number: int) -> str:
        if self.begins_block():
            self.lists.hold(Holder(Kind.QUOTE))
        return text

    def _end_holder(self, rest: str, text: str, number: int) -> str:
        self.flush()
        if self.cell is None:
            self.lists.release()
        return text

    def _term(self, rest: str, text: str, number: int) -> str:
        self.flush()
        if self.cell is None:
            self.heading = 0
            self.kind = Kind.TERM
        return text

    def _end_of_kind(self, rest: str, text: str, number: int) -> str:
        self.flush()
        self.kind = Kind.PARAGRAPH
        return text

    # sections and figures

    def _section(self, rest: str, text: str, number: int) -> str:
        self.flush()
        self._sections += 1
        return text

    def _end_section(self, rest: str, text: str, number: int) -> str:
        self.flush()
        self._sections -= 1
        return text

    def _page_header(self, rest: str, text: str, number: int) -> str:
        if not self._sections and number >= self._kept_until:
            end = end_of(self.pieces, number, "header")
            # some pages have their title there
            if not any(piece[:2] in _HEADINGS for piece in self.pieces[number:end]):
                return self.skip("header", text, number)
            self._kept_until = end
        self.flush()
        return text

    def _page_footer(self, rest: str, text: str, number: int) -> str:
        if not self._sections:
            return self.skip("footer", text, number)
        self.flush()
        return text

    def _figure(self, rest: str, text: str, number: int) -> str:
        self.flush()
        if self.cell is None:
            self.figures.append(None)
        return text

    def _end_figure(self, rest: str, text: str, number: int) -> str:
        self.flush()
        if self.cell is None and self.figures:
            self.figures.pop()
        return text

    def _caption(self, rest: str, text: str, number: int) -> str:
        self.flush()
        if self.cell is None:
            self.heading = 0
            self.kind = Kind.CAPTION
        return text

    handlers: ClassVar[dict[str, Handler]] = {
        **TableWalk.handlers,
        **dict.fromkeys(("ul", "menu", "dir"), _bullets),
        **dict.fromkeys(("/ul", "/menu", "/dir", "/ol"), _end_list),
        **dict.fromkeys(("/li", "/dd", "/blockquote"), _end_holder),
        **dict.fromkeys(("article", "main", "section"), _section),
        **dict.fromkeys(("/article", "/main", "/section"), _end_section),
        **dict.fromkeys(_HEADINGS, _heads),
        **dict.fromkeys((f"/{name}" for name in _HEADINGS), _end_heading),
        **dict.fromkeys(("/header", "/footer"), _paragraph),
        "ol": _numbers,
        "li": _item,
        "dt": _term,
        "/dt": _end_of_kind,
        "dd": _definition,
        "blockquote": _quote,
        "figure": _figure,
        "/figure": _end_figure,
        "figcaption": _caption,
        "/figcaption": _end_of_kind,
        "header": _page_header,
        "footer": _page_footer,
        "br": _br,
        "hr": _rule,
        "q": _quotation,
        "/q": _quotation,
    }
