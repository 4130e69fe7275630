"""One pass over the pieces of a page: lines of text, and a call for each tag that asks for more."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from tore_export.documents.schema import Kind
from tore_export.sources.html.code import code_language
from tore_export.sources.html.content import is_left_out
from tore_export.sources.html.grid import Cell
from tore_export.sources.html.line import MARK, Line, Spans, unescaped
from tore_export.sources.html.lists import Lists
from tore_export.sources.html.pieces import attributes_of, end_of
from tore_export.sources.links import is_link
from tore_export.sources.unit import Limits

if TYPE_CHECKING:
    from tore_export.sources.builder import Builder

__all__ = ["Handler", "Walk"]

_NOTHING, _OPEN, _CLOSE, _BLOCK, _LINE, _CALL = range(6)
"""What a tag asks for: nothing, the begin or the end of a span, a line of its own (and within a
heading only a space), a line of its own anywhere, a call."""

_SPANS = {
    **dict.fromkeys(("b", "strong"), "strong"),
    **dict.fromkeys(("i", "em", "cite", "var", "dfn"), "emphasis"),
    **dict.fromkeys(("del", "s", "strike"), "strike"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "code"),
    "sub": "subscript",
    "sup": "superscript",
}
_BLOCKS = frozenset(
    {"address", "body", "center", "details", "dialog", "div", "fieldset", "form", "hgroup", "html"}
    | {"legend", "optgroup", "option", "search", "summary"}
)
_LINES = frozenset({"p", "dl"})
_MOST_KNOWN = 20_000
_LONGEST_KNOWN = 200
_HREF = re.compile(r'(?:^| )href="([^"]*)"')

_Entry = tuple[int, Any]

Handler = Callable[[Any, str, str, int], str]
"""What a walk does at a tag, given its attributes, the text after it and its place; returns the text.

Where a tag has no attributes, its name is given for them.
"""


class Walk:
    """The state of a pass, and how lines become elements or, within a table, parts of a cell.

    `handlers` says what is called for which tag; what a tag asks for is remembered from page to page.
    """

    handlers: ClassVar[dict[str, Handler]] = {}
    _known: ClassVar[dict[str, _Entry]] = {}

    def __init__(
        self, pieces: list[str], build: Builder, limits: Limits, parent: str | None, level: int
    ) -> None:
        self.n_warnings = 0
        self.pieces = pieces
        self.limits = limits
        self.line = Line()
        self.lists = Lists(build, parent, level)
        self.kind = Kind.PARAGRAPH  # of the next line that is no heading
        self.heading = 0
        self.cell: Cell | None = None
        self.figures: list[str | None] = []  # the last image, table or code of each that is open
        self.language: str | None = None  # of the code that follows
        self._stream = iter(enumerate(pieces))

    def run(self) -> None:
        """Walk over all pieces."""
        line = self.line
        parts, opened = line.parts, line.opened
        known = self._known
        for number, piece in self._stream:
            tag, closed, text = piece.partition(">")
            if not closed:
                text = self._odd_piece(number, piece)
            else:
                code, data = known.get(tag) or self._learn(tag)
                if code == _OPEN:
                    # one within another of its kind says nothing more
                    if opened and data and _is_open(data["kind"], opened):
                        data = None
                    opened.append(data)
                    if data:
                        parts.append(MARK)
                        line.events.append(data)
                elif code == _CLOSE:
                    if opened and opened.pop():
                        parts.append(MARK)
                        line.events.append(None)
                elif code == _CALL:
                    handler, rest = data
                    text = handler(self, rest, text, number)
                elif code and parts:
                    if self.heading and code == _BLOCK:
                        parts.append(" ")
                    else:
                        self.flush()
            # white space that begins a line is none
            if text and (parts or not text.isspace()):
                parts.append(text)
        self.flush()

    def _odd_piece(self, number: int, piece: str) -> str:
        """Return the text of a piece without a `>`: the first one, or one of a name that holds `<`."""
        if number == 0:
            return piece
        if piece.startswith("!--"):
            return self.skip("!--", "", number)
        for _, more in self._stream:
            piece = more
            if ">" in more:
                break
        return piece.partition(">")[2]

    def _learn(self, tag: str) -> _Entry:
        """Return what a tag asks for, and remember it."""
        name, _, rest = tag.partition(" ")
        entry = self._entry(name, rest)
        if len(tag) < _LONGEST_KNOWN and name != "a":
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[tag] = entry
        return entry

    def _entry(self, name: str, rest: str) -> _Entry:
        kind = type(self)
        if name.startswith("!"):
            return _CALL, (kind.skip, name)
        if name == "script" and "math/tex" in rest:
            return _CALL, (self.handlers[name], rest)
        if name not in ("br", "hr", "input") and is_left_out(name, rest):
            # an image has no end tag to step to
            return (_NOTHING, None) if name == "img" else (_CALL, (kind.skip, name))
        bare = name.removeprefix("/")
        if bare in _SPANS:
            return (_CLOSE, None) if name != bare else (_OPEN, {"kind": _SPANS[name]})
        if bare == "a":
            return (_CLOSE, None) if name != bare else (_OPEN, _link(rest))
        if bare in _LINES:
            return _LINE, None
        if handler := self.handlers.get(name):
            return _CALL, (handler, rest or name)
        if bare in _BLOCKS:
            language = code_language(rest) if rest else None
            return (_CALL, (kind._code_block, language)) if language else (_BLOCK, None)
        return _NOTHING, None

    def flush(self) -> None:
        """End the line, and append what it is."""
        line = self.line
        if not line.parts:
            return
        text, spans = line.take()
        if text or any(span["kind"] == "image" for span in spans):
            self._append(text, spans)

    def _append(self, text: str, spans: Spans) -> None:
        if self.cell is not None:
            self.cell.lines.append((text, self._kept(spans)))
            return
        lists = self.lists
        self.language = None
        if self.heading:
            level, self.heading = self.heading, 0
            if "\n" in text:
                text = text.replace("\n", " ")
                spans = [span for span in spans if span["kind"] != "break"]
            lists.add(Kind.TITLE, text, level=level, meta=self._meta(spans))
        elif self.kind is not Kind.PARAGRAPH:
            of = self.figures[-1] if self.kind is Kind.CAPTION and self.figures else None
            lists.add(self.kind, text, parent=of, meta=self._meta(spans))
        elif spans and not lists.is_pending and (image := _only_image(text, spans)) is not None:
            meta: dict[str, Any] = {name: image[name] for name in ("url", "data") if name in image}
            if text:
                meta["alt"] = text
            self.note(lists.add(Kind.IMAGE, "", meta=meta))
        else:
            lists.add_paragraph(text, self._meta(spans))

    def _meta(self, spans: Spans) -> dict[str, Any] | None:
        return {"spans": self._kept(spans)} if spans else None

    def _kept(self, spans: Spans) -> Spans:
        """Return spans without the embedded images that only an element of its own may have."""
        if not self.limits.keep_images:
            return spans
        return [{name: span[name] for name in span if name != "data"} for span in spans]

    def note(self, element: str) -> None:
        """Remember the element that a caption in the same figure speaks of."""
        if self.figures:
            self.figures[-1] = element

    def begins_block(self) -> bool:
        """End the line for a block; tell whether an element may begin, as none does in a cell."""
        self.flush()
        if self.cell is not None:
            self.cell.holds_blocks = True
            return False
        self.heading = 0
        self.kind = Kind.PARAGRAPH
        return True

    def over(self, start: int, name: str) -> list[str]:
        """Step over an element or a comment and return its pieces."""
        end = end_of(self.pieces, start, name)
        if end > start:
            for number, _ in self._stream:
                if number == end:
                    break
        return self.pieces[start : end + 1]

    def skip(self, name: str, text: str, number: int) -> str:
        """Step over an element or a comment and return the text after it."""
        last = self.over(number, name)[-1]
        return last.partition("-->" if name.startswith("!") else ">")[2]

    def _code_block(self, language: str, text: str, number: int) -> str:
        if self.heading:
            self.line.parts.append(" ")
        else:
            self.flush()
        self.language = language
        return text


def _is_open(kind: str, opened: list[dict[str, Any] | None]) -> bool:
    return any(template is not None and template["kind"] == kind for template in opened)


def _only_image(text: str, spans: Spans) -> dict[str, Any] | None:
    """Return the image that is all there is in a line, links around it aside."""
    images = [span for span in spans if span["kind"] == "image"]
    if len(images) == 1 and images[0]["start"] == 0 and images[0]["end"] == len(text):
        return images[0]
    return None


def _link(rest: str) -> dict[str, Any] | None:
    """Return the template of a link. What leads to a place in the same page, or runs, is none."""
    found = _HREF.search(rest)
    url = unescaped(found[1]).strip() if found else ""
    if not is_link(url) or url[0] == "#" or url[:11].lower() == "javascript:":
        return None
    title = attributes_of(rest).get("title", "").strip() if 'title="' in rest else ""
    return {"kind": "link", "url": url, **({"title": title} if title else {})}
