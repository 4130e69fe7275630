"""What an HTML parser would take too long for, found before it is asked.

A parser's time for a tag grows with the number of elements open around it, and its time for an
attribute with that of the attributes before it, so a few megabytes can keep it busy for hours. Here
the tags of a large text are read once, with the rules by which one ends another, and what is nested
deeper than a document may be is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tore_export.errors import DocumentError
from tore_export.sources.unit import Limits

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

__all__ = ["parsed", "refuse_costly"]

MAX_ATTRIBUTES = 500
"""Of one tag."""

TAGS_PER_ELEMENT = 4
"""A document may have so many times as many tags as it may have elements."""

MAX_OPTIONS = 1_000
"""Choices of the forms of a page, as a parser sees them."""

SMALL_TEXT = 32_768
"""What is no longer, and has few tags, needs no look."""

MAX_REPAIRS = 20_000_000
"""Work on tags that do not match, counted in the open elements that are looked through."""

_VOID = frozenset(
    {"area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input"}
    | {"keygen", "link", "meta", "param", "source", "track", "wbr"}
)
_FORMATTING = frozenset(
    {
        "a",
        "b",
        "big",
        "code",
        "em",
        "font",
        "i",
        "nobr",
        "s",
        "small",
        "strike",
        "strong",
        "tt",
        "u",
    }
)
_INLINE = _FORMATTING | {"span", "abbr", "cite", "sub", "sup", "var", "kbd", "samp", "q", "label"}
_FOREIGN = frozenset({"svg", "math"})
_ENDS_FOREIGN = frozenset(
    {
        "b",
        "big",
        "blockquote",
        "body",
        "br",
        "center",
        "code",
        "dd",
        "div",
        "dl",
        "dt",
        "em",
        "embed",
    }
    | {
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "hr",
        "i",
        "img",
        "li",
        "listing",
        "menu",
        "meta",
    }
    | {"nobr", "ol", "p", "pre", "ruby", "s", "small", "span", "strong", "strike", "sub", "sup"}
    | {"table", "tt", "u", "ul", "var"}
)
_INTEGRATES = frozenset(
    {"foreignobject", "desc", "title", "annotation-xml", "mi", "mo", "mn", "ms", "mtext"}
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ALONE = frozenset({"a", "nobr"})
"""One of these ends the one that is open."""

_CLEARS_FORMATTING = frozenset({"td", "th", "caption", "object", "applet", "marquee", "template"})
_CELLS = frozenset({"td", "th"})
_ROWS = _CELLS | {"tr"}
_GROUPS = _ROWS | {"thead", "tbody", "tfoot", "caption", "colgroup"}
_ENDS = {
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "option": frozenset({"option"}),
    "td": _CELLS,
    "th": _CELLS,
    "tr": _ROWS,
    "thead": _GROUPS,
    "tbody": _GROUPS,
    "tfoot": _GROUPS,
}
"""What a tag ends, if nothing but a paragraph and what stands in its line lies between."""

_PARAGRAPH = frozenset({"p"})
_ENDS_PARAGRAPH = frozenset(
    {"address", "article", "aside", "blockquote", "center", "dd", "details", "dialog", "dir", "div"}
    | {"dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4"}
    | {"h5", "h6", "header", "hgroup", "li", "listing", "main", "menu", "nav", "ol", "p"}
    | {"plaintext", "pre", "search", "section", "summary", "ul", "xmp"}
)
_VALUE = r"""\s*+=\s*+(?>"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>"'][^\s>]*+)?+"""
_ATTRIBUTE = rf"(?:=[^\s/>=]*+|[^\s/>=]++)(?:{_VALUE})?+"
# the usual one first, for speed
_ATTRIBUTES = rf"""(?:\s++[a-zA-Z:_-]++="[^"]*+"|[\s/]++|{_ATTRIBUTE})*+(?:>|\Z)"""
_TOKEN = re.compile(
    r"<(?:!--(?:-?>|.*?(?:--!?>|\Z))"
    rf"|((?i:script|style|textarea|title|xmp|iframe|noembed|noframes))(?=[\s/>]){_ATTRIBUTES}"
    r"((?:[^<]++|<(?!/(?i:\1)[\s/>]))*+)"
    rf"|(/?)([a-zA-Z][^\s/>]*+)({_ATTRIBUTES})"
    r"|[!?/][^>]*+)",
    re.DOTALL | re.ASCII,
)
_OPTION = re.compile(r"<(?:option|optgroup)(?=[\s/>])", re.IGNORECASE)
_ONE_ATTRIBUTE = re.compile(_ATTRIBUTE)


def parsed(html: str, limits: Limits) -> LexborHTMLParser:
    """Return the tree of a page, or of a piece of one.

    **Raises** DocumentError with rule `too_deep`, `too_many_attributes` or `too_many_elements`.
    """
    if "<![CDATA[" in html:
        # within a drawing or a formula it would hide from the parser what is seen here
        html = html.replace("<![CDATA[", "<![cdata[")
    if len(html) > SMALL_TEXT and len(_OPTION.findall(html)) > MAX_OPTIONS:
        # the choices of a form are not read, and the parser looks through all of them at each
        html = _OPTION.sub("<wbr", html)
    refuse_costly(html, limits)
    from selectolax.lexbor import LexborHTMLParser

    return LexborHTMLParser(html)


def refuse_costly(html: str, limits: Limits) -> None:
    """Refuse a text that would keep a parser busy, or fill the memory.

    **Raises** DocumentError with rule `too_deep`, `too_many_attributes` or `too_many_elements`.
    """
    n_tags = html.count("<")
    if n_tags > TAGS_PER_ELEMENT * limits.max_elements:
        raise DocumentError(
            "too many tags",
            rule="too_many_elements",
            found=f"{n_tags:,} tags",
            allowed=f"{TAGS_PER_ELEMENT * limits.max_elements:,} tags",
        )
    if len(html) > SMALL_TEXT or n_tags - html.count("</") > limits.max_depth:
        _refuse_deep(html, limits.max_depth)


def _refuse_deep(html: str, max_depth: int) -> None:
    opened = _OpenTags()
    tags = opened.tags
    for raw, content, closing, name, attributes in _TOKEN.findall(html):
        if len(attributes) > MAX_ATTRIBUTES:
            _refuse_attributes(attributes)
        if not closing:
            if name in _VOID and not opened.n_foreign:
                continue
            if not name:
                # what is no mark-up in HTML is some within a drawing or a formula
                n_hidden = content.count("<") if raw else 0
                if n_hidden + len(tags) > max_depth and not _FOREIGN.isdisjoint(tags):
                    raise _too_deep(max_depth)
                continue
            opened.begin(name.lower(), attributes)
            if len(tags) > max_depth:
                raise _too_deep(max_depth)
        elif tags[-1] == name and not opened.n_foreign:
            tags.pop()
        else:
            opened.end(name.lower())
        if opened.repairs > MAX_REPAIRS:
            raise DocumentError(
                "too many tags that end nothing, or formatting that is never ended",
                rule="too_deep",
                allowed="mark-up that a parser can repair",
                hint="repair the HTML",
            )


class _OpenTags:
    """The elements a parser has open, at least those, while it reads tag after tag."""

    __slots__ = ("floating", "looks", "n_foreign", "repairs", "tags")

    def __init__(self) -> None:
        self.tags = [""]
        self.n_foreign = 0  # drawings and formulas, in which other rules hold
        self.repairs = 0  # the parser's work on what does not match
        self.looks: dict[str, set[str]] = {}  # formatting tags to the attributes they come with
        self.floating = (
            0  # formatting whose paragraph ended, and that begins anew in each other one
        )

    def begin(self, name: str, attributes: str) -> None:
        """Open an element, after ending what its start ends."""
        tags = self.tags
        self.repairs += 5 * self.floating
        if self.n_foreign and self._is_foreign(name, attributes):
            return
        if name in _FORMATTING:
            self.looks.setdefault(name, set()).add(attributes)
            if name in _ALONE and name in tags:
                tags.reverse()
                tags.remove(name)
                tags.reverse()
                self.repairs += len(tags)
        else:
            if name in _ENDS_PARAGRAPH:
                self._end_any(_PARAGRAPH)
            if name in _ENDS:
                self._end_any(_ENDS[name])
            if name in _HEADINGS and tags[-1] in _HEADINGS:
                tags.pop()
        self.n_foreign += name in _FOREIGN
        tags.append(name)

    def _is_foreign(self, name: str, attributes: str) -> bool:
        """Open an element within a drawing or a formula; tell whether it was one.

        There nothing ends anything but its own end tag, or the slash of a tag, until a tag of HTML
        that may not be there ends them all.
        """
        tags = self.tags
        self.repairs += len(tags)
        if name in _ENDS_FOREIGN and _INTEGRATES.isdisjoint(tags):
            self._cut(next(place for place, tag in enumerate(tags) if tag in _FOREIGN))
            return name in _VOID
        before = attributes[:-2].rstrip()
        # the slash may be a value, or its end
        if not attributes.endswith("/>") or (before and attributes[-3] not in " \n\t\"'"):
            ends_at_once = False
        else:
            ends_at_once = not before.endswith("=")
        if not ends_at_once:
            self.n_foreign += name in _FOREIGN
            tags.append(name)
        return True

    def _end_any(self, names: frozenset[str]) -> None:
        tags = self.tags
        place = last = len(tags) - 1
        while tags[place] in _INLINE:
            place -= 1
        self.repairs += last - place
        if tags[place] in names:
            self._cut(place)
            # a cell ends with its row
            while tags[-1] in names:
                tags.pop()

    def end(self, name: str) -> None:
        """End the element that an end tag names, if it is open."""
        tags = self.tags
        self.repairs += len(tags)
        if self.n_foreign and name not in _FOREIGN:
            if tags[-1] == name:
                tags.pop()
            return
        if name not in tags:
            return
        place = len(tags) - 1
        while tags[place] != name:
            place -= 1
        if name in _INLINE:
            n_blocks = sum(tag not in _INLINE for tag in tags[place + 1 :])
            if name not in _FORMATTING and n_blocks:
                return  # such an end tag is passed over
            if name in _FORMATTING:
                # with more blocks than this a parser gives up moving them out
                if n_blocks < 8:
                    del tags[place]
                    self.floating = max(0, self.floating - 1)
                return
        self._cut(place)

    def _cut(self, place: int) -> None:
        """End an element and all within it; formatting that was left open goes on after it."""
        tags = self.tags
        above = tags[place + 1 :]
        ended = tags[place]
        del tags[place:]
        if self.n_foreign:
            self.n_foreign = sum(tag in _FOREIGN for tag in tags)
        if not above or ended in _CLEARS_FORMATTING:
            return
        self.repairs += 10 * len(above)
        # of those that look the same three go on, at most
        left = {
            tag: 3 * len(self.looks[tag]) - tags.count(tag)
            for tag in _FORMATTING.intersection(above)
        }
        for tag in above:
            if left.get(tag, 0) > 0:
                left[tag] -= 1
                tags.append(tag)
                self.floating += 1


def _refuse_attributes(attributes: str) -> None:
    n_attributes = len(_ONE_ATTRIBUTE.findall(attributes))
    if n_attributes > MAX_ATTRIBUTES:
        raise DocumentError(
            "too many attributes in one tag",
            rule="too_many_attributes",
            found=f"{n_attributes:,}",
            allowed=f"{MAX_ATTRIBUTES:,}",
        )


def _too_deep(max_depth: int) -> DocumentError:
    return DocumentError(
        "the HTML is nested too deep",
        rule="too_deep",
        found=f"more than {max_depth:,} elements open at one time",
        allowed=f"{max_depth:,}",
        hint="mostly a broken or hostile file; raise max_depth if it is real",
    )
