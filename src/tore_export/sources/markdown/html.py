"""Blocks of HTML within Markdown, read apart and put in where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from tore_export.documents.columns import ElementColumns, decode_meta
from tore_export.documents.schema import Kind
from tore_export.errors import DocumentError
from tore_export.sources.builder import Builder
from tore_export.sources.markdown.line import PAGE_MARK
from tore_export.sources.unit import Limits

__all__ = ["HtmlBlocks", "take_first_paragraph"]

_UNSAID = re.compile(
    r"<!--[^-]*+(?:-(?!->)[^-]*+)*+(?:-->|\Z)"
    r"|<\?[^?]*+(?:\?(?!>)[^?]*+)*+(?:\?>|\Z)"
    r"|<![A-Za-z\[][^>]*+>?"
)
"""Comments, processing instructions, declarations: they end where CommonMark ends them."""

_TAG = re.compile(r"</?[A-Za-z][^<>]*>?")
_HIDING = re.compile(r"<(?=/?(?:title|textarea|xmp|plaintext)\b)", re.I)
"""Tags that GFM shows as text, as far as they would hide words that are meant to be read."""

_TOO_COSTLY = frozenset({"too_deep", "too_many_attributes"})


@dataclass(slots=True)
class HtmlBlocks:
    """Reads pieces of HTML. `n_warnings` counts those of which only parts, or the words, could be."""

    limits: Limits
    n_warnings: int = 0

    def read(self, html: str, page: int | None, level: int) -> tuple[ElementColumns, int | None]:
        """Return the elements of a piece, and the page on which it ends.

        `page` is that on which it begins, `level` the number of list items it lies in.
        """
        found = ElementColumns()
        build = Builder(found, self.limits)
        begin = 0
        for mark in PAGE_MARK.finditer(html):
            self._append(html[begin : mark.start()], build, found, page, level)
            page = int(mark[1])
            begin = mark.end()
        self._append(html[begin:], build, found, page, level)
        return found, page

    def _append(
        self, html: str, build: Builder, found: ElementColumns, page: int | None, level: int
    ) -> None:
        html = html.strip()
        if html.startswith("<!--") and html.find("-->") in (-1, len(html) - 3):
            return  # what most are: one comment
        if "<!" in html or "<?" in html:
            html = _UNSAID.sub("", html).strip()
        if not html:
            return
        from tore_export.sources.html.reader import append_fragment

        html = _HIDING.sub("&lt;", html)
        start = len(found)
        try:
            self.n_warnings += append_fragment(html, build, self.limits, None, level)
        except DocumentError as error:
            if error.rule not in _TOO_COSTLY:
                raise
            for column in found.lists():
                del column[start:]
            self.n_warnings += 1
            if words := " ".join(unescape(_TAG.sub(" ", html)).split()):
                build.add(Kind.PARAGRAPH, words)
        found.pages[start:] = [page] * (len(found) - start)


def take_first_paragraph(found: ElementColumns) -> tuple[str, list[dict[str, Any]]]:
    """Take the first element out if it is a paragraph; return its text and spans."""
    if found.kinds[0] != Kind.PARAGRAPH:
        return "", []
    text, meta = found.texts[0], decode_meta(found.metas[0])
    for column in found.lists():
        del column[0]
    return text, meta.get("spans", [])
