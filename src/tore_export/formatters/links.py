"""Links within a text: `meta.links` says which words lead where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from tore_export.formatters.escape import LINK_CLOSE, LINK_OPEN

__all__ = ["destination", "linked", "spans_of"]

_PRIVATE = re.compile("[\ue000-\ue003]")  # both of these, and the brackets inside them
_TO_PRIVATE = str.maketrans("[]", "\ue002\ue003")
_FROM_PRIVATE = str.maketrans({"\ue002": "\\[", "\ue003": "\\]"})
_ENTITY = re.compile(r"&(?=#?\w+;)")
_UNSAFE = re.compile(r"[\x00-\x20\x7f<>\\]")


def spans_of(text: str, links: Iterable[Any]) -> list[tuple[int, int, str]]:
    """Return (start, end, address) of the links found in `text`, in order, none over another.

    A link is looked for at its `start`, else (sources count differently) from the end of the one
    before. Embedded data is no address.

    >>> spans_of("see docs and code", [{"text": "docs", "url": "d", "start": 4}])
    [(4, 8, 'd')]
    """
    spans = []
    done = 0
    for link in links:
        if not isinstance(link, dict):
            continue
        words, url = link.get("text"), link.get("url")
        if not words or not isinstance(words, str) or not isinstance(url, str):
            continue
        if not url or url.startswith("data:") or "\n\n" in words:
            continue
        start = link.get("start")
        if not isinstance(start, int) or start < done or not text.startswith(words, start):
            start = text.find(words, done)
        if start >= 0:
            done = start + len(words)
            spans.append((start, done, url))
    return spans


def linked(text: str, links: Iterable[Any], escape: Callable[[str], str]) -> str:
    r"""Return `text` escaped, with its links as Markdown.

    >>> from tore_export.formatters.escape import escape_text
    >>> linked("see [1] *now*", [{"text": "[1]", "url": "a (b)"}], escape_text)
    'see [\\[1\\]](a%20%28b%29) \\*now\\*'
    """
    spans = [] if _PRIVATE.search(text) else spans_of(text, links)
    parts, urls, done = [], [], 0
    for start, end, url in spans:
        words = text[start:end].translate(_TO_PRIVATE)
        parts += [text[done:start], LINK_OPEN, words, LINK_CLOSE]
        urls.append(destination(url))
        done = end
    escaped = escape("".join([*parts, text[done:]]))
    if not urls:
        return escaped
    pieces = escaped.split(LINK_CLOSE)
    closed = [f"{piece}]({url})" for piece, url in zip(pieces, urls, strict=False)]
    shown = "".join([*closed, pieces[-1]]).replace(LINK_OPEN, "[")
    return shown.translate(_FROM_PRIVATE)


def destination(url: str) -> str:
    """Return an address as Markdown takes it between parentheses.

    >>> destination("https://a.org/b c_(d)")
    'https://a.org/b%20c_%28d%29'
    """
    url = _UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", url.strip())
    url = url.replace("(", "%28").replace(")", "%29")
    return _ENTITY.sub("&amp;", url)
