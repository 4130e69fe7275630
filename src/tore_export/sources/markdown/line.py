"""What stands in a line of Markdown, from the parser's tokens: words, and what stretches of them are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import TYPE_CHECKING, Any

from tore_export.sources.inline import Inline
from tore_export.sources.markdown.line_ends import tidied

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["PAGE_MARK", "only_image", "plain_text", "read_line"]

PAGE_MARK = re.compile(r"<!--\s*page\s+(\d{1,9})\s*-->", re.I)
"""How the Markdown formatter marks where a page begins."""

_OPENED = {"strong_open": "strong", "em_open": "emphasis", "s_open": "strike"}
_CLOSED = frozenset({"strong_close", "em_close", "s_close", "link_close"})
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)")
_ATTRIBUTE = re.compile(r"""\s([A-Za-z]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))""")
_HTML = {
    "b": "strong",
    "strong": "strong",
    "i": "emphasis",
    "em": "emphasis",
    "s": "strike",
    "strike": "strike",
    "del": "strike",
    "u": "underline",
    "ins": "underline",
    "sub": "subscript",
    "sup": "superscript",
    "code": "code",
    "kbd": "code",
    "samp": "code",
    "tt": "code",
}
_MOST_OPEN = 100
"""How many open marks are looked through for the one that a tag closes."""

_SHOWN = frozenset(
    {
        "title",
        "textarea",
        "style",
        "xmp",
        "iframe",
        "noembed",
        "noframes",
        "script",
        "plaintext",
    }
)
"""Tags that GFM shows as text, since what follows them would be hidden or taken for something else."""

_BLOCKS = frozenset({"br", "p", "div", "li", "ul", "ol", "tr", "hr", "dt", "dd", "blockquote"})


def only_image(children: Sequence[Token]) -> Token | None:
    """Return the one image a paragraph is nothing but, None where it is anything else."""
    if len(children) == 1 and children[0].type == "image" and children[0].attrs.get("src"):
        return children[0]
    return None


def read_line(
    children: Sequence[Token], *, one_line: bool = False
) -> tuple[str, list[dict[str, Any]], int | None]:
    """Return the text of inline tokens, its spans, and the last page that a mark among them begins.

    With `one_line` a line break is a space, as in a heading.
    """
    if len(children) == 1 and children[0].type == "text":
        text = children[0].content.strip()
        if "\n" in text:
            text = text.replace("\n", " ") if one_line else tidied(text, [])[0]
        return text, [], None
    line = _Line(one_line)
    for token in children:
        line.add(token)
    text, spans = line.finish()
    if "\n" in text:
        text, spans = tidied(text, spans)
    return text, spans, line.page


class _Line(Inline):
    """Text and spans in the making, fed with tokens.

    `_marks` holds, for each mark of the source that is open, what closes it and whether it is a span:
    strong within strong says nothing, a link within a link is none, and within code there is only text.
    `_dropped` tells that a tag was left out right before, so that not two spaces remain of it.
    """

    __slots__ = ("_dropped", "_kinds", "_marks", "_one_line", "page")

    def __init__(self, one_line: bool) -> None:
        super().__init__()
        self._one_line = one_line
        self._marks: list[tuple[str, str | None]] = []
        self._kinds: set[str] = set()
        self._dropped = False
        self.page: int | None = None

    def add(self, token: Token) -> None:
        kind = token.type
        if kind == "text":
            text = token.content
            if self._dropped:
                self._dropped = False
                if self._spaced:
                    text = text.lstrip(" ")
            self.write(text.replace("\n", " ") if self._one_line else text)
        elif kind == "softbreak":
            self.write(" " if self._one_line else "\n")
        elif kind in _OPENED:
            self._begin(kind, _OPENED[kind])
        elif kind == "link_open":
            self._begin(kind, "link", **_address(token.attrs.get("href"), token.attrs))
        elif kind in _CLOSED:
            self._end(kind.replace("_close", "_open"))
        elif kind == "code_inline":
            self._put("code", token.content)
        elif kind == "hardbreak":
            self._break()
        elif kind == "html_inline":
            self._html(token.content)
        elif kind == "image":
            alt = plain_text(token.children or ())
            self._image(alt, _address(token.attrs.get("src"), token.attrs))
        elif kind == "footnote_ref":
            label = token.meta["label"]
            self._put("footnote", label, label=label)
        elif kind in ("math_inline", "math_inline_double"):
            self._put("math", token.content)

    def _image(self, alt: str, address: dict[str, str]) -> None:
        if address:
            self._put("image", alt, **address)
        else:
            self.write(alt)

    def _put(self, kind: str, text: str, **said: Any) -> None:
        if "code" in self._kinds:
            self.write(text)
        else:
            self.put(kind, text, **said)

    def _break(self) -> None:
        if self._one_line:
            self.write("" if self._spaced else " ")
            self._dropped = True
        elif "code" in self._kinds:
            self.write("\n")
        else:
            self.line_break()

    def _begin(self, closes: str, kind: str, **said: Any) -> None:
        nowhere = kind == "link" and not said
        if nowhere or kind in self._kinds or "code" in self._kinds:
            self._marks.append((closes, None))
            return
        self._marks.append((closes, kind))
        self._kinds.add(kind)
        self.open(kind, **said)

    def _end(self, closes: str) -> None:
        """Close the mark that was opened last of this sort, and what was left open within it."""
        marks = self._marks
        depth = len(marks)
        lowest = max(0, depth - _MOST_OPEN)
        while depth > lowest and marks[depth - 1][0] != closes:
            depth -= 1
            if closes[0] == "<" and marks[depth][0][0] != "<":
                return  # a tag that is closed within emphasis, but was opened outside
        if depth == lowest:
            return
        while len(marks) >= depth:
            _, kind = marks.pop()
            if kind is not None:
                self._kinds.discard(kind)
                self.close()

    def _html(self, source: str) -> None:
        found = _TAG.match(source)
        self._dropped = True
        if found is None:
            if page := PAGE_MARK.fullmatch(source):
                self.page = int(page[1])
            return
        name = found[2].lower()
        if name in _BLOCKS:
            if name in ("br", "hr") or self._size:
                self._break()
        elif name in _SHOWN:
            self.write(source)
        elif found[1]:
            self._end(f"<{name}")
        elif name == "img":
            said = _attributes(source)
            self._image(said.get("alt", ""), _address(said.get("src"), said))
        elif name == "a":
            said = _attributes(source)
            self._begin("<a", "link", **_address(said.get("href"), said))
        elif name in _HTML and not source.endswith("/>"):
            self._begin(f"<{name}", _HTML[name])


def plain_text(children: Sequence[Token]) -> str:
    """Return the words of inline tokens without what they are marked as."""
    parts: list[str] = []
    left = list(reversed(children))
    while left:
        token = left.pop()
        if token.type == "image":
            left.extend(reversed(token.children or ()))
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "footnote_ref":
            parts.append(token.meta["label"])
        elif token.type != "html_inline":
            parts.append(token.content)
    return " ".join("".join(parts).split())


def _address(url: Any, said: Mapping[str, Any]) -> dict[str, str]:
    """Return `url` and `title` of a link or an image; nothing for embedded data or no address."""
    if not url or str(url)[:5].lower() == "data:":
        return {}
    title = " ".join(str(said.get("title") or "").split())
    return {"url": str(url), "title": title} if title else {"url": str(url)}


def _attributes(tag: str) -> dict[str, str]:
    return {
        found[1].lower(): unescape(found[2] or found[3] or found[4] or "")
        for found in _ATTRIBUTE.finditer(tag)
    }
