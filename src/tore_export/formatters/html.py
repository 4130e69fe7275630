"""HTML of what Markdown cannot hold: formatted text within a line, and the blocks in a table's cell.

Nothing is written but escaped text and the tags named here, each closed where it was opened. It has no
newline, so that it can stand in a block of HTML within Markdown, which a blank line would end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape, unescape
from typing import Any

from tore_export.formatters.spans import nested

__all__ = ["clean_html", "escaped", "inline_html", "is_safe_address"]

_SPAN_TAGS = {
    "strong": "strong",
    "emphasis": "em",
    "strike": "del",
    "underline": "u",
    "subscript": "sub",
    "superscript": "sup",
    "code": "code",
    "footnote": "sup",
    "link": "a",
}
_BLOCK_TAGS = frozenset({"p", "ul", "ol", "li", "pre", "blockquote", "dl", "dt", "dd"})
_WITHIN = {
    "table": ("", "td", "th"),
    "thead": ("table",),
    "tbody": ("table",),
    "tr": ("table", "thead", "tbody"),
    "td": ("tr",),
    "th": ("tr",),
}
"""What each part of a table may lie in: parsers end the table around a part that lies elsewhere."""

_TAGS = frozenset(_SPAN_TAGS.values()) | _BLOCK_TAGS | _WITHIN.keys()
_ATTRIBUTES = {
    "a": ("href", "title"),
    "ol": ("start",),
    "td": ("rowspan", "colspan", "align"),
    "th": ("rowspan", "colspan", "align"),
}
_VALUES = {
    "start": re.compile(r"[0-9]{1,9}"),
    "rowspan": re.compile(r"[0-9]{1,4}"),
    "colspan": re.compile(r"[0-9]{1,3}"),
    "align": re.compile(r"left|right|center"),
}
_DEEPEST = 50
"""Tags open at one time; the text of deeper ones is kept without them."""

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*:")
_SAFE_SCHEMES = frozenset({"http:", "https:", "mailto:"})
_UNSEEN = re.compile(r"[\x00-\x20\x7f]+")
_NEWLINE = re.compile(r"\r\n|\r|\n")


def escaped(text: str) -> str:
    r"""Return HTML that shows `text`, its newlines as breaks.

    >>> escaped("1 < 2\nAT&T")
    '1 &lt; 2<br>AT&amp;T'
    """
    shown = escape(text, quote=False)
    return _NEWLINE.sub("<br>", shown) if "\n" in shown or "\r" in shown else shown


def is_safe_address(url: str) -> bool:
    r"""Tell whether a link may lead there: the web, mail, or a place relative to the document.

    >>> is_safe_address("a/b#c"), is_safe_address("java\tscript:alert(1)")
    (True, False)
    """
    # browsers drop white space and controls before they look for the scheme
    bare = _UNSEEN.sub("", url)
    scheme = _SCHEME.match(bare)
    return bool(bare) and (scheme is None or scheme[0].lower() in _SAFE_SCHEMES)


def inline_html(text: str, spans: Iterable[Any], images: str = "alt") -> str:
    r"""Return HTML that shows `text` with its spans; see Span in documents/element.py.

    Formulas stand between dollar signs. Of an image there is its text (`alt`), the image (`link`,
    `embed`) or nothing (`skip`). Spans that cross are cut.

    >>> inline_html("see *a*", [{"start": 4, "end": 7, "kind": "link", "url": "https://a.org"}])
    'see <a href="https://a.org">*a*</a>'
    >>> inline_html("H2O", [{"start": 1, "end": 2, "kind": "subscript"}])
    'H<sub>2</sub>O'
    """
    parts: list[str] = []
    open_spans: list[tuple[int, str]] = []  # end and closing tag
    done = 0

    def close_until(place: int) -> None:
        nonlocal done
        while open_spans and open_spans[-1][0] <= place:
            end, closing = open_spans.pop()
            parts.append(escaped(text[done:end]))
            parts.append(closing)
            done = end

    for start, end, kind, said in nested(text, spans, _is_written):
        close_until(start)
        parts.append(escaped(text[done:start]))
        done = start
        if kind == "image":
            parts.append(_image(text[start:end], said, images))
            done = end
        elif kind == "math":
            parts.append(escaped(f"${text[start:end]}$"))
            done = end
        else:
            parts.append(_opening(kind, said))
            open_spans.append((end, f"</{_SPAN_TAGS[kind]}>"))
    close_until(len(text))
    parts.append(escaped(text[done:]))
    return "".join(parts)


def _is_written(span: Mapping[str, Any]) -> bool:
    kind = span["kind"]
    if kind == "link":
        return isinstance(span.get("url"), str) and is_safe_address(span["url"])
    return kind in _SPAN_TAGS or kind in ("image", "math")


def _opening(kind: str, span: Mapping[str, Any]) -> str:
    address = _attribute("href", span["url"]) + _title(span) if kind == "link" else ""
    return f"<{_SPAN_TAGS[kind]}{address}>"


def _image(words: str, span: Mapping[str, Any], images: str) -> str:
    if images == "skip":
        return ""
    url = span.get("url")
    if images == "alt" or not isinstance(url, str) or not is_safe_address(url):
        return escaped(words)
    return f"<img{_attribute('src', url)}{_attribute('alt', words)}{_title(span)}>"


def _title(span: Mapping[str, Any]) -> str:
    title = span.get("title")
    return _attribute("title", title) if title and isinstance(title, str) else ""


def _attribute(name: str, value: str) -> str:
    return f' {name}="{escape(_NEWLINE.sub(" ", value))}"'


# possessive: a broken tag costs one look, not one for each way to part it
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*+)((?:[^<>\"]++|\"[^<\"]*+\")*+)>")
_GIVEN = re.compile(r"\s([a-zA-Z]+)=\"([^<\"]*)\"")
_BARE_AMPERSAND = re.compile(r"&(?!#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)")
_SPACES = re.compile(r"[ \t\r\n\f]+")


def clean_html(html: str, images: str = "link") -> str:
    """Return the content of a cell with nothing in it but known tags, safe addresses and text.

    Other tags are left out and what they hold is kept; what is no tag is text; what is open at the
    end is closed. A part of a table stays only within a table of the cell's own. Newlines become
    spaces, in `<pre>` character references. Images are as in `inline_html`.

    >>> clean_html('<p onclick="x">a <b>b</b> <script>c<a href="javascript:d">e</p></td>')
    '<p>a b ce</p>'
    """
    parts: list[str] = []
    open_tags: list[str] = []
    done = 0
    for found in _TAG.finditer(html):
        parts.append(_text(html[done : found.start()], open_tags))
        done = found.end()
        closing, name, given = found[1], found[2].lower(), found[3]
        if closing:
            parts += _closed(name, open_tags)
        elif name == "br":
            parts.append("<br>")
        elif name == "img":
            said = dict(reversed(_GIVEN.findall(given)))
            image = {"url": unescape(said.get("src", "")), "title": unescape(said.get("title", ""))}
            parts.append(_image(unescape(said.get("alt", "")), image, images))
        elif name in _TAGS and len(open_tags) < _DEEPEST:
            attributes = _kept(name, given)
            if name == "a" and not attributes:
                continue
            if name in _WITHIN:
                parts += _made_room(name, open_tags)
                if _table_part(open_tags) not in _WITHIN[name]:
                    continue
            open_tags.append(name)
            parts.append(f"<{name}{attributes}>")
    parts.append(_text(html[done:], open_tags))
    parts += [f"</{name}>" for name in reversed(open_tags)]
    return "".join(parts).strip()


def _text(text: str, open_tags: list[str]) -> str:
    if not text:
        return ""
    text = _BARE_AMPERSAND.sub("&amp;", text.replace("\0", "\ufffd"))
    text = text.replace("<", "&lt;").replace(">", "&gt;")
    if "pre" in open_tags:
        return _NEWLINE.sub("&#10;", text)
    return _SPACES.sub(" ", text)


def _made_room(name: str, open_tags: list[str]) -> list[str]:
    """Return the closing tags of the cells, rows and parts that end where another one begins."""
    parts: list[str] = []
    if name != "table":
        while (last := _table_part(open_tags)) not in ("", "table", *_WITHIN[name]):
            parts += _closed(last, open_tags)
    return parts


def _table_part(open_tags: list[str]) -> str:
    """Return the innermost part of a table that is open, "" for none."""
    return next((tag for tag in reversed(open_tags) if tag in _WITHIN), "")


def _closed(name: str, open_tags: list[str]) -> list[str]:
    """Return the closing tags of `name` and of what was left open in it; none if it is not open."""
    parts: list[str] = []
    for at in range(len(open_tags) - 1, -1, -1):
        if open_tags[at] == name:
            parts = [f"</{tag}>" for tag in reversed(open_tags[at:])]
            del open_tags[at:]
            break
        if open_tags[at] == "table":  # a table is closed by its own tag only
            break
    return parts


def _kept(name: str, given: str) -> str:
    if name not in _ATTRIBUTES or not given:
        return ""
    said = dict(reversed(_GIVEN.findall(given)))  # of two the first holds
    if name == "a" and not is_safe_address(unescape(said.get("href", ""))):
        return ""
    return "".join(
        _attribute(key, unescape(said[key]))
        for key in _ATTRIBUTES[name]
        if said.get(key) and (key not in _VALUES or _VALUES[key].fullmatch(said[key]))
    )
