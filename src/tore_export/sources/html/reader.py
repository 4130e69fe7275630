"""HTML pages: the main content of each, as browsers would show it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from tore_export.sources.builder import Builder
from tore_export.sources.document import add_document
from tore_export.sources.encoding import decoded
from tore_export.sources.head import Head
from tore_export.sources.reader import Reader, Task
from tore_export.sources.unit import Limits

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

__all__ = ["READER", "append_fragment", "append_page"]

SUFFIXES = (".html", ".htm", ".xhtml")

_MARKDOWN_SUFFIXES = (".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd")
"""A Markdown file may begin with a tag; only a whole page in it is no Markdown."""

_DECLARED_BYTES = 1_024
_PREAMBLE = re.compile(
    rb"(?:\s++|<!--.*?-->|<\?(?:xml|php)[^>]*>|<!doctype\s+html[^>]*>)*+(<[a-z!?/][^\s/>]*)?",
    re.DOTALL | re.IGNORECASE,
)
_DOCTYPE = re.compile(rb"<!doctype\s+html\b", re.IGNORECASE)
_PAGE_TAGS = frozenset({b"<html", b"<head", b"<body"})
_TAGS = _PAGE_TAGS | {
    b"<" + name
    for name in (
        b"title meta link style script base a address article aside b blockquote br center code dd"
        b" details div dl dt em figure font footer form h1 h2 h3 h4 h5 h6 header hr i img li main nav"
        b" noscript ol p pre section span strong table tbody td th tr tt u ul"
    ).split()
}
_CHARSET = re.compile(rb"<meta[^>]*?charset\s*=\s*[\"']?\s*([^\s\"'/>;]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"\A\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)")
_DATES = (
    "article:published_time",
    "date",
    "dc.date",
    "dcterms.created",
    "dcterms.date",
    "dc.date.issued",
    "pubdate",
)
_AUTHORS = ("author", "dc.creator", "dcterms.creator", "article:author")
_MOST_METAS = 200


def recognises(head: Head) -> bool:
    """Tell whether this is a page, by its first tag, or by its name if it is a text with tags."""
    if head.first != b"<":
        return head.suffix in SUFFIXES and head.is_text and head.first not in (b"", b"{", b"[")
    found = _PREAMBLE.match(head.data)
    tag = (found[1] or b"").lower() if found else b""
    if tag in _PAGE_TAGS or _DOCTYPE.search(head.data[: found.end() if found else 0]):
        return True
    if head.suffix in SUFFIXES:
        return tag not in (b"<svg", b"<?xml") and head.is_text
    return tag in _TAGS and head.suffix not in _MARKDOWN_SUFFIXES


def read(task: Task) -> Iterator[pa.Table]:
    """Put in the one document of the file."""
    task.opened.read_all(task.limits)
    data = task.opened.head.data
    values, n_warnings = append_page(
        data, Builder(task.out.rows.elements, task.limits), task.limits
    )
    add_document(values, task, None, n_warnings)
    task.out.closed(len(data))
    if task.out.is_full:
        yield task.out.take()


def append_page(data: bytes, build: Builder, limits: Limits) -> tuple[dict[str, Any], int]:
    """Append the elements of a page's content.

    Return what the page says of itself (`title`, `language`, `created_at`, `author`) and how many
    elements could only be read in part.

    **Raises** DocumentError with rule `not_utf8`, `unknown_encoding`, `too_deep`,
    `too_many_attributes` or `too_many_elements`.
    """
    from tore_export.sources.html.blocks import append_blocks
    from tore_export.sources.html.content import content_of
    from tore_export.sources.html.nesting import parsed

    parser = parsed(decoded(data, _declared(data)), limits)
    return _values(parser), append_blocks(content_of(parser), build, limits)


def append_fragment(
    html: str, build: Builder, limits: Limits, parent: str | None = None, level: int = 0
) -> int:
    """Append the elements of a piece of HTML; return how many could only be read in part.

    `parent` is the element that holds them, `level` the number of list items around them.

    **Raises** DocumentError with rule `too_deep`, `too_many_attributes` or `too_many_elements`.
    """
    from tore_export.sources.html.blocks import append_blocks
    from tore_export.sources.html.nesting import parsed

    parser = parsed(html, limits)
    body: Any = parser.body
    return append_blocks(body.html or "", build, limits, parent, level) if body is not None else 0


def _declared(data: bytes) -> str | None:
    """Return the encoding that a page says it is in."""
    start = data[:_DECLARED_BYTES]
    found = _XML_ENCODING.search(start) or _CHARSET.search(start)
    return found[1].decode("ascii", "replace") if found else None


def _values(parser: LexborHTMLParser) -> dict[str, Any]:
    """Return what a page says of itself: title, language, date, author."""
    values: dict[str, Any] = {}
    head: Any = parser.head
    title = None if head is None else head.css_first("title")
    if title is not None and (text := " ".join(title.text().split())):
        values["title"] = text
    root: Any = parser.root
    if root is not None:
        said = root.attributes
        language = said.get("lang") or said.get("xml:lang")
        if language and language.strip():
            values["language"] = language.strip()
    metas: dict[str, str] = {}
    for node in [] if head is None else head.css("meta")[:_MOST_METAS]:
        said = node.attributes
        name, content = said.get("name") or said.get("property"), said.get("content")
        if name and content and content.strip():
            metas.setdefault(name.lower(), " ".join(content.split()))
    for names, column in ((_DATES, "created_at"), (_AUTHORS, "author")):
        value = next((metas[name] for name in names if name in metas), None)
        if value is not None:
            values[column] = value
    return values


READER = Reader("html", recognises, read, description="HTML and XHTML pages", suffixes=SUFFIXES)
