"""Blocks of HTML within Markdown, read apart and put in where they stand."""

from __future__ import annotations

import re
from typing import Any

from tore_export.documents.columns import ElementColumns, decode_meta
from tore_export.documents.schema import Kind
from tore_export.sources.builder import Builder
from tore_export.sources.markdown_line import PAGE_MARK
from tore_export.sources.unit import Limits

__all__ = ["read_html", "take_first_paragraph"]

_UNSAID = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<![A-Za-z\[].*?(?:>|\Z)", re.S)
"""Comments, processing instructions, declarations: they end where CommonMark ends them."""


def read_html(
    html: str, limits: Limits, page: int | None, level: int
) -> tuple[ElementColumns, int | None]:
    """Return the elements of a piece of HTML, and the page on which it ends.

    `page` is that on which it begins, `level` the number of list items it lies in.
    """
    found = ElementColumns()
    build = Builder(found, limits)
    begin = 0
    for mark in PAGE_MARK.finditer(html):
        _append(html[begin : mark.start()], build, found, limits, page, level)
        page = int(mark[1])
        begin = mark.end()
    _append(html[begin:], build, found, limits, page, level)
    return found, page


def take_first_paragraph(found: ElementColumns) -> tuple[str, list[dict[str, Any]]]:
    """Take the first element out if it is a paragraph; return its text and spans."""
    if found.kinds[0] != Kind.PARAGRAPH:
        return "", []
    text, meta = found.texts[0], decode_meta(found.metas[0])
    for column in found.lists():
        del column[0]
    return text, meta.get("spans", [])


def _append(
    html: str,
    build: Builder,
    found: ElementColumns,
    limits: Limits,
    page: int | None,
    level: int,
) -> None:
    if "<!" in html or "<?" in html:
        html = _UNSAID.sub("", html)
    if not html.strip():
        return
    from tore_export.sources.html_table import cells_of_html

    start = len(found)
    if "<table" in html.lower() and (cells := cells_of_html(html)):
        build.add(Kind.TABLE, "", cells=cells)
    elif words := " ".join(re.sub(r"<[^>]*>", " ", html).split()):
        build.add(Kind.PARAGRAPH, words)
    found.pages[start:] = [page] * (len(found) - start)
