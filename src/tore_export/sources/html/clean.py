"""Blocks in a table's cell as clean HTML: few tags, hardly any attributes, one line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from tore_export.sources.html.content import is_left_out
from tore_export.sources.html.pieces import attributes_of, end_of
from tore_export.sources.links import is_link

__all__ = ["clean_html"]

_TAGS = {
    **{name: name for name in ("ul", "ol", "li", "table", "thead", "tbody", "tr", "td", "th")},
    **{name: name for name in ("pre", "sub", "sup", "a")},
    **dict.fromkeys(("strong", "b"), "strong"),
    **dict.fromkeys(("em", "i", "var", "cite", "dfn"), "em"),
    **dict.fromkeys(("del", "s", "strike"), "del"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "code"),
    **dict.fromkeys(("p", "div", "dt", "dd", "blockquote", "section", "figure", "address"), "p"),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "caption", "figcaption"), "p"),
}
_BLOCKS = frozenset({"ul", "ol", "li", "table", "thead", "tbody", "tr", "td", "th", "pre", "p"})
_KEPT = {"ol": ("start",), "td": ("rowspan", "colspan"), "th": ("rowspan", "colspan")}
_NUMBER = re.compile(r"[0-9]{1,9}")
_NOTHING, _SKIP, _VOID, _MARK, _BLOCK = range(5)
_SPACES = re.compile(r"[ \t\n\f\r]+")
_SAYS_NOTHING = re.compile(r"(?:<(?!img)[^>]*>|[ \t\n\f\r])*")


def clean_html(pieces: Sequence[str]) -> str:
    """Return pieces of serialised HTML (see pieces.py) as clean HTML in one line.

    Headings, terms and the like become paragraphs; a paragraph within another one stands after it.

    >>> clean_html(['', 'div class="x">one', '/div>', 'ul>', 'li>', 'b>two', '/b>', '/li>', '/ul>'])
    '<p>one</p><ul><li><strong>two</strong></li></ul>'
    """
    writer = _Writer()
    place = 0
    while place < len(pieces):
        tag, closed, text = pieces[place].partition(">")
        if not closed:
            tag, text = ("", tag) if place == 0 else (tag, "")
        if tag:
            what, name, said = _asked(tag) if len(tag) < 200 else _asked.__wrapped__(tag)
            if what == _SKIP:
                place = end_of(pieces, place, name)
                text = pieces[place].rpartition("-->" if name.startswith("!") else ">")[2]
            elif what == _MARK:
                writer.mark(name, said)
            elif what == _BLOCK:
                writer.block(name, said)
            elif what == _VOID:
                writer.run.append("\n" if name == "br" and writer.in_pre else said)
        if text:
            writer.run.append(text)
        place += 1
    writer.end_run()
    return "".join(writer.out)


@lru_cache(maxsize=5_000)
def _asked(tag: str) -> tuple[int, str, str]:
    """Return what a tag asks for, the name of what it becomes, and that as a start tag, "" at an end."""
    name, _, rest = tag.partition(" ")
    if name.startswith("!") or is_left_out(name, rest):
        return _SKIP, name, ""
    if name == "br":
        return _VOID, name, "<br>"
    if name == "img":
        return _VOID, name, _image(rest)
    is_end = name.startswith("/")
    mapped = _TAGS.get(name.removeprefix("/"))
    if mapped is None:
        return _NOTHING, name, ""
    if mapped in _BLOCKS:
        return _BLOCK, mapped, "" if is_end else _opening(mapped, rest)
    # a link without an address is a mark, too, that ends where it ends
    return _MARK, f"/{mapped}" if is_end else mapped, "" if is_end else _opening(mapped, rest)


class _Writer:
    """Clean HTML in the making: blocks that are done, and the run of text after them."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.run: list[str] = []
        self.in_pre = False
        self._wraps = [False]  # whether the run is a paragraph, for each block that is open
        self._marks: list[tuple[str, str]] = []  # begin and end of each mark within the line

    def mark(self, name: str, begin: str) -> None:
        """Begin a mark within the line, or end the last one where the name has a slash."""
        if not name.startswith("/"):
            self._marks.append((begin, f"</{name}>" if begin else ""))
            self.run.append(begin)
        elif self._marks:
            self.run.append(self._marks.pop()[1])

    def block(self, name: str, begin: str) -> None:
        """Begin a block, or end it where there is nothing to begin it with."""
        self.end_run()
        is_end = not begin
        if is_end:
            self._wraps[-1:] = [] if len(self._wraps) > 1 else [False]
        else:
            self._wraps.append(name == "p")
        if name == "pre":
            self.in_pre = not is_end
        if name != "p":
            self.out.append(begin or f"</{name}>")

    def end_run(self) -> None:
        """Write the text since the last block, its marks closed, and open them again after it."""
        text = "".join(self.run)
        if _SAYS_NOTHING.fullmatch(text) is None:
            text += "".join(end for _, end in reversed(self._marks))
            text = text.replace("\n", "&#10;") if self.in_pre else _SPACES.sub(" ", text).strip(" ")
            self.out.append(f"<p>{text}</p>" if self._wraps[-1] else text)
        self.run = [begin for begin, _ in self._marks]


def _opening(name: str, rest: str) -> str:
    if not rest:
        return "" if name == "a" else f"<{name}>"
    said = attributes_of(rest)
    if name == "a":
        url = said.get("href", "")
        return f'<a href="{_quoted(url)}">' if is_link(url) and not url.startswith("#") else ""
    kept = "".join(
        f' {key}="{said[key]}"'
        for key in _KEPT.get(name, ())
        if _NUMBER.fullmatch(said.get(key, ""))
    )
    return f"<{name}{kept}>"


def _image(rest: str) -> str:
    said = attributes_of(rest)
    alt, url = said.get("alt", ""), said.get("src", "")
    source = f' src="{_quoted(url)}"' if is_link(url) else ""
    return f'<img{source} alt="{_quoted(alt)}">' if alt or source else ""


def _quoted(value: str) -> str:
    line = _SPACES.sub(" ", value)
    return line.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
