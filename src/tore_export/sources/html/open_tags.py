"""The elements that an HTML parser has open while it reads tag after tag, and what ends which.

**Source** HTML Living Standard, section 13.2.6, "Tree construction".
"""

from __future__ import annotations

__all__ = ["FOREIGN", "VOID", "OpenTags"]

VOID = frozenset(
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
FOREIGN = frozenset({"svg", "math"})
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


class OpenTags:
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
        self.n_foreign += name in FOREIGN
        tags.append(name)

    def _is_foreign(self, name: str, attributes: str) -> bool:
        """Open an element within a drawing or a formula; tell whether it was one.

        There nothing ends anything but its own end tag, or the slash of a tag, until a tag of HTML
        that may not be there ends them all.
        """
        tags = self.tags
        self.repairs += len(tags)
        if name in _ENDS_FOREIGN and _INTEGRATES.isdisjoint(tags):
            self._cut(next(place for place, tag in enumerate(tags) if tag in FOREIGN))
            return name in VOID
        before = attributes[:-2].rstrip()
        # the slash may be a value, or its end
        if not attributes.endswith("/>") or (before and attributes[-3] not in " \n\t\"'"):
            ends_at_once = False
        else:
            ends_at_once = not before.endswith("=")
        if not ends_at_once:
            self.n_foreign += name in FOREIGN
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
        if self.n_foreign and name not in FOREIGN:
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
            self.n_foreign = sum(tag in FOREIGN for tag in tags)
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
