"""Blocks of plain text, what lies between blank lines, and what kind of element each one is."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import accumulate
from typing import Any, NamedTuple

from tore_export.documents.schema import Kind
from tore_export.sources.builder import Builder
from tore_export.sources.outline import MAX_DEPTH
from tore_export.sources.text.code import is_doctest, is_prose
from tore_export.sources.text.headings import (
    Headings,
    adornment_of,
    heading_of,
    n_heading_lines,
)
from tore_export.sources.text.layout import blocks_of, indent_at, margin_of
from tore_export.sources.text.lists import (
    RULE,
    Item,
    begins_item,
    bullet_of,
    continues,
    indent_of,
    numbered_items,
)
from tore_export.sources.text.open_code import OpenCode
from tore_export.sources.text.quotes import append_quote, is_quoted
from tore_export.sources.text.tables import table_of

__all__ = ["append_text"]

# one line at the margin that begins with a letter, and is no bullet spelled o
_LINE = r"(?!o[ \t])[^\W\d_][^\n]*+"
_PLAIN = re.compile(rf"{_LINE}(?:\n{_LINE})+")
# one line without any mark at its start but perhaps a number's
_WORDS = r"[ \t]*+(?!o[ \t])(?:[^\W_]|[“„«(\[])[^\n]*+"
_UNMARKED = re.compile(rf"{_WORDS}(?:\n{_WORDS})*+")
_TASK = re.compile(r"\[([ xX])\][ \t]+")
_DIRECTIVE = re.compile(r"\.\. (?:code-block|code|sourcecode|highlight)::(?:[ \t]+([\w+#.-]+))?")
_OPTION = re.compile(r"[ \t]*:[\w-]+:.*")

_CODE_INDENT = 4
_LONG_RULE = 10


class _Open(NamedTuple):
    """A list item that may still hold what follows."""

    id: str
    item: Item


def append_text(text: str, build: Builder) -> None:
    """Append the elements of a plain text whose lines end in newlines.

    A form feed ends a page; pages are numbered if there is one.

    **Raises** DocumentError with rule `too_many_elements`.
    """
    headings = Headings(text)
    pages = text.rstrip("\f\n\t ").split("\f")
    for number, page in enumerate(pages, 1):
        if number > 1:
            build.add(Kind.PAGE_BREAK, "", page=number - 1)
        _Page(page, build, headings, number if len(pages) > 1 else None).append()


class _Page:
    """The text of one page on its way to elements."""

    def __init__(self, text: str, build: Builder, headings: Headings, number: int | None) -> None:
        self._text = text
        self._build = build
        self._headings = headings
        self._page = number
        self._open: list[_Open] = []
        self._code = OpenCode(text)
        self._blocks = blocks_of(text)
        self._starts = [(start, indent_at(text, start)) for start, _ in self._blocks]
        self._numbers = numbered_items(text, self._starts)
        self._number_places = sorted(self._numbers)
        self._base = margin_of(text, self._blocks, [indent for _, indent in self._starts])

    def append(self) -> None:
        """Append every block."""
        text = self._text
        for number, (start, end) in enumerate(self._blocks):
            # most blocks are prose at the margin, whose lines need no look each
            is_plain = _PLAIN.fullmatch(text, start, end) is not None
            if is_plain and not self._has_numbers(start, end):
                self._open.clear()
                self._code.is_announced(indent=0)
                self._paragraph(text[start:end].split("\n"), number)
            else:
                self._append_block(text[start:end].split("\n"), start, number)
        self._flush_code()

    def _has_numbers(self, start: int, end: int) -> bool:
        """Tell whether an item of an ordered list begins between these places."""
        places = self._number_places
        return bool(places) and bisect_left(places, start) != bisect_left(places, end)

    def _add(self, kind: Kind, text: str, **said: Any) -> str:
        self._flush_code()
        parent = self._open[-1].id if self._open else None
        return self._build.add(kind, text, page=self._page, **{"parent": parent, **said})

    def _append_block(self, lines: list[str], start: int, number: int) -> None:
        indents = [_indent(line) for line in lines]
        if self._code.is_announced(min(indents)):
            self._code.append(lines, start)
            return
        if not self._is_item(lines, 0, start):
            while self._open and indents[0] <= self._open[-1].item.indent:
                self._open.pop()
            if self._whole(lines, start, number, min(indents)):
                return
        self._append_lines(lines, start, number)

    def _whole(self, lines: list[str], start: int, number: int, indent: int) -> bool:
        """Append a block that is one thing as a whole; tell whether it was."""
        margin = self._open[-1].item.content if self._open else self._base
        table = table_of(lines)
        if table is not None:
            cells, align = table
            self._add(Kind.TABLE, "", cells=cells, meta={"align": align} if align else None)
            return True
        if is_doctest(lines):
            self._code.append(lines, start, language="python")
            return True
        if not self._open and self._is_heading(lines, start, number):
            return True
        if len(lines) == 1 and RULE.fullmatch(lines[0]):
            self._add(Kind.RULE, "")
            return True
        if indent >= margin + _CODE_INDENT and not is_prose(lines, indent - margin):
            self._code.append(lines, start)
            return True
        return self._is_directive(lines, number)

    def _is_heading(self, lines: list[str], start: int, number: int) -> bool:
        """Append the heading that a block begins with and no line underlines; tell whether it does."""
        first, below = lines[0], lines[1] if len(lines) > 1 else None
        if below is not None and (below[:3].strip() or first[:1].isspace()):
            return False
        look = heading_of(first, below=below)
        if look is None:
            return False
        if isinstance(look, tuple) and look[0] == "number":
            if not self._headings.are_numbered or _indent(first) >= self._base + _CODE_INDENT:
                return False
        elif look == "capitals" and not self._stands_out(number, below):
            return False
        self._add(Kind.TITLE, first.strip(), level=self._headings.styles.level(look))
        if below is not None:
            # as in a manual page, whose text is all indented
            self._base = _indent(below)
            self._append_block(lines[1:], start + len(first) + 1, number)
        return True

    def _stands_out(self, number: int, below: str | None) -> bool:
        """Tell whether a line in capitals has text below that is not, and none above that is."""
        if number and self._text[slice(*self._blocks[number - 1])].isupper():
            return False
        if below is not None:
            return not below.isupper()
        following = self._blocks[number + 1 : number + 2]
        return bool(following) and not self._text[slice(*following[0])].isupper()

    def _is_directive(self, lines: list[str], number: int) -> bool:
        """Take reStructuredText's announcement of code; tell whether it is one."""
        found = _DIRECTIVE.fullmatch(lines[0].strip())
        if found is None or not all(map(_OPTION.fullmatch, lines[1:])):
            return False
        return self._announce(_indent(lines[0]), number, found[1])

    def _announce(self, indent: int, number: int, language: str | None = None) -> bool:
        """Make what follows code if it is indented deeper than its announcement; tell whether it is."""
        following = self._starts[number + 1 : number + 2]
        if not following or following[0][1] <= indent:
            return False
        self._flush_code()
        self._code.announce(indent, language)
        return True

    def _append_lines(self, lines: list[str], start: int, number: int) -> None:
        """Append a block line by line: items of lists, headings with their underline, quotes, rules."""
        places = list(accumulate((len(line) + 1 for line in lines), initial=start))
        if not self._has_numbers(start, places[-1]) and _UNMARKED.fullmatch(
            self._text, start, places[-1] - 1
        ):
            self._paragraph(lines, number)
            return
        paragraph: list[str] = []
        item: Item | None = None  # whose text the paragraph is

        def close() -> None:
            nonlocal item
            if item is not None:
                self._append_item(item, paragraph)
            elif paragraph:
                self._paragraph(paragraph, number)
            paragraph.clear()
            item = None

        place = 0
        while place < len(lines):
            line = lines[place]
            n_heading = n_heading_lines(lines, place, is_first=not paragraph)
            if n_heading:
                close()
                self._open.clear()
                title = lines[place + (n_heading == 3)].strip()
                look = (adornment_of(lines[place + n_heading - 1]), n_heading == 3)
                self._add(Kind.TITLE, title, level=self._headings.styles.level(look))
                place += n_heading
                continue
            inside = item is not None or not paragraph or bool(self._open)
            if self._is_item(lines, place, places[place], inside=inside):
                close()
                item = self._numbers.get(places[place]) or bullet_of(line)
                paragraph.append(line[item.length :] if item else line)
            elif is_quoted(line):
                close()
                end = place
                while end < len(lines) and is_quoted(lines[end]):
                    end += 1
                self._append_quoted(lines[place:end])
                place = end
                continue
            elif item is not None and _indent(line) < item.indent:
                close()
                self._open.clear()
                paragraph.append(line)
            elif self._is_rule(line, inside=item is not None):
                close()
                if len(line.strip()) >= _LONG_RULE:
                    self._open.clear()
                self._add(Kind.RULE, "")
            else:
                paragraph.append(line)
            place += 1
        close()

    @staticmethod
    def _is_rule(line: str, *, inside: bool) -> bool:
        """Tell whether a line parts what is above from what is below; in an item it has to be long."""
        if adornment_of(line) is None or not RULE.fullmatch(line):
            return False
        return not inside or len(line.strip()) >= _LONG_RULE

    def _append_quoted(self, lines: list[str]) -> None:
        self._flush_code()
        parent = self._open[-1].id if self._open else None
        append_quote(lines, self._build, parent, self._page)

    def _is_item(self, lines: list[str], place: int, offset: int, *, inside: bool = True) -> bool:
        """Tell whether a list item begins in this line, which lies at `offset` of the page."""
        if offset in self._numbers:
            return True
        return begins_item(lines, place, inside=inside)

    def _append_item(self, item: Item, lines: list[str]) -> None:
        before: Item | None = None
        while self._open and (
            item.indent <= self._open[-1].item.indent + 1 or len(self._open) > MAX_DEPTH
        ):
            before = self._open.pop().item
        meta: dict[str, Any] = {}
        kind = Kind.LIST_ITEM
        text = "\n".join(line.strip() for line in lines)
        is_ordered = item.number is not None or item.style == "#"
        task = _TASK.match(text)
        if task is not None and not is_ordered:
            kind, text = Kind.CHECKBOX, text[task.end() :]
            meta["checked"] = task[1] != " "
        else:
            meta["ordered"] = is_ordered
            if item.number is not None:
                meta["number"] = item.number
        if before is not None and not continues(before, item):
            meta["new_list"] = True
        identity = self._add(kind, text, level=len(self._open), meta=meta)
        self._open.append(_Open(identity, item))

    def _paragraph(self, lines: list[str], number: int) -> None:
        text = "\n".join([line.strip() for line in lines])
        if text.endswith("::") and self._announce(_indent(lines[0]), number):
            text = text[:-2].rstrip() if text[-3:-2].isspace() else text[:-1]
        if text and text != ":":
            self._add(Kind.PARAGRAPH, text)

    def _flush_code(self) -> None:
        found = self._code.take()
        if found is not None:
            code, language = found
            self._add(Kind.CODE, code, meta={"language": language} if language else None)


def _indent(line: str) -> int:
    return indent_of(line[: len(line) - len(line.lstrip())])
