"""Quotes as e-mails mark them: `>` before each line, one for each writer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tore_export.documents.schema import Kind
from tore_export.sources.builder import Builder

__all__ = ["append_quote", "is_quoted"]

_MARKS = re.compile(r"[ \t]*>(?:[ \t]?>)*(?:[ \t]|$)")

MAX_QUOTES = 100
"""Marks before one line that are believed."""


def is_quoted(line: str) -> bool:
    """Tell whether a line is quoted.

    >>> is_quoted("> a"), is_quoted(">>b"), is_quoted(">"), is_quoted("a > b")
    (True, False, True, False)
    """
    return _MARKS.match(line) is not None


def append_quote(
    lines: Sequence[str], build: Builder, parent: str | None, page: int | None
) -> None:
    """Append quoted lines: a QUOTE for each depth, paragraphs and deeper quotes within it."""
    open_quotes: list[str] = []
    paragraph: list[str] = []
    depth = 0

    def close_paragraph() -> None:
        text = "\n".join(paragraph)
        paragraph.clear()
        if not text:
            return
        del open_quotes[depth:]
        holder = open_quotes[-1] if open_quotes else parent
        if depth == len(open_quotes):
            build.add(Kind.PARAGRAPH, text, parent=holder, page=page)
        while len(open_quotes) < depth:
            is_innermost = len(open_quotes) + 1 == depth
            words = text if is_innermost else ""
            holder = build.add(Kind.QUOTE, words, parent=holder, page=page)
            open_quotes.append(holder)

    for line in lines:
        found = _MARKS.match(line)
        marks = found[0] if found else ""
        said = line[len(marks) :].strip()
        found_depth = min(MAX_QUOTES, marks.count(">")) if found else depth
        if paragraph and (found_depth != depth or not said):
            close_paragraph()
        depth = found_depth
        if said:
            paragraph.append(said)
    close_paragraph()
