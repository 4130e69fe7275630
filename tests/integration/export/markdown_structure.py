"""What a Markdown text holds, as a parser sees it: words, headings, list items and tables' cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from html.parser import HTMLParser
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

WORD = re.compile(r"[^\W_]+")
BOX = re.compile(r"- \[[x ]\]")

Item = tuple[int, str, str]
Grid = list[list[str]]


def words_of(text: str) -> list[str]:
    return WORD.findall(text)


def letters_of(text: str) -> str:
    """What is left of a text when marks, white space and boxes are not looked at."""
    return "".join(words_of(BOX.sub(" ", text)))


@dataclass
class Structure:
    words: list[str] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    tables: list[Grid] = field(default_factory=list)


@dataclass
class _HtmlCell:
    down: int
    right: int
    text: str = ""


class _Html(HTMLParser):
    """Words of HTML, and the outermost tables in it as rows of cells."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tables: list[list[list[_HtmlCell]]] = []
        self._depth = 0
        self._cell: _HtmlCell | None = None
        self._numbers: list[int | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                self.tables.append([])
        elif tag == "tr" and self._depth == 1:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self._depth == 1:
            self._cell = _HtmlCell(int(said.get("rowspan") or 1), int(said.get("colspan") or 1))
            self.tables[-1][-1].append(self._cell)
        elif tag in ("ol", "ul"):
            self._numbers.append(0 if tag == "ol" else None)
        elif tag == "li" and self._numbers and (number := self._numbers[-1]) is not None:
            self._numbers[-1] = number + 1
            self.handle_data(f" {number + 1}. ")
        elif tag == "img":
            self.handle_data(said.get("alt") or "")
        if tag in ("p", "li", "br", "td", "th", "tr", "table"):
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._depth -= 1
        elif tag in ("ol", "ul"):
            self._numbers.pop()
        if tag in ("p", "li", "td", "th", "tr"):
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self._cell is not None and self._depth:
            self._cell.text += data


def structure_of(markdown: str) -> Structure:
    """Parse a Markdown text with CommonMark's grammar, GitHub's tables and strike-through."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    found = Structure()
    lists: list[str] = []
    heading = 0
    waiting = False  # for the first line of a list item
    html: list[str] = []
    for token in parser.parse(markdown):
        kind = token.type
        if html and kind != "html_block":
            _put_html(found, "".join(html))
            html = []
        if kind == "heading_open":
            heading = int(token.tag[1])
        elif kind in ("bullet_list_open", "ordered_list_open"):
            lists.append(kind.partition("_")[0])
        elif kind in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif kind == "list_item_open":
            waiting = True
        elif kind == "list_item_close":
            waiting = False
        elif kind == "table_open":
            found.tables.append([])
        elif kind == "tr_open":
            found.tables[-1].append([])
        elif kind in ("td_open", "th_open"):
            heading = -1
        elif kind == "inline":
            text = _visible(token)
            found.words += words_of(BOX.sub(" ", text))
            if heading > 0:
                found.headings.append((heading, letters_of(text)))
            elif heading < 0:
                found.tables[-1][-1].append(letters_of(text))
            elif waiting:
                found.items.append((len(lists), lists[-1], letters_of(text)))
            waiting, heading = False, 0
        elif kind in ("fence", "code_block"):
            found.words += words_of(token.content)
        elif kind == "html_block":
            html.append(token.content)
    if html:
        _put_html(found, "".join(html))
    return found


def _visible(token: Token) -> str:
    parts = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type == "html_inline":
            if child.content.startswith("<br"):
                parts.append(" ")
        else:
            parts.append(child.content)
    return "".join(parts)


def _put_html(found: Structure, html: str) -> None:
    seen = _Html()
    seen.feed(html)
    seen.close()
    found.words += words_of(BOX.sub(" ", "".join(seen.text)))
    found.tables += [_repeated(table) for table in seen.tables]


def _repeated(rows: list[list[_HtmlCell]]) -> Grid:
    """Return a table's letters with a merged cell in each of its places."""
    places: dict[tuple[int, int], str] = {}
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while (number, column) in places:
                column += 1
            for down in range(cell.down):
                for right in range(cell.right):
                    places[number + down, column + right] = letters_of(cell.text)
            column += cell.right
    width = 1 + max((column for _, column in places), default=-1)
    return [[places.get((row, column), "") for column in range(width)] for row in range(len(rows))]


@dataclass(frozen=True)
class Scores:
    """How much of what one text holds the other has as well, each in [0, 1]."""

    words: float
    headings: float
    items: float
    cells: float

    @property
    def lowest(self) -> float:
        return min(self.words, self.headings, self.items, self.cells)


def compared(ours: Structure, theirs: Structure) -> Scores:
    return Scores(
        SequenceMatcher(None, ours.words, theirs.words, autojunk=False).ratio(),
        _recall(ours.headings, theirs.headings),
        _recall(ours.items, theirs.items),
        _equal_cells(ours.tables, theirs.tables),
    )


def _recall(ours: Sequence[Any], theirs: Sequence[Any]) -> float:
    """Return the share of theirs that stands in ours, in the same order."""
    if not theirs:
        return 1.0
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / len(theirs)


def _equal_cells(ours: list[Grid], theirs: list[Grid]) -> float:
    """Return the share of places of all tables that hold the same; rows of blanks are not looked at."""
    mine, other = (
        {
            (table, row, column): text
            for table, grid in enumerate(tables)
            for row, cells in enumerate(cells for cells in grid if any(cells))
            for column, text in enumerate(cells)
        }
        for tables in (ours, theirs)
    )
    if not mine and not other:
        return 1.0
    equal = Counter(mine.get(place) == text for place, text in other.items())
    return equal[True] / len(mine.keys() | other.keys())
