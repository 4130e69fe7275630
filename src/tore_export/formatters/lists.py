"""Where list items stand: which list each belongs to, its mark and its indentation.

Elements come flat, with a depth and perhaps a number each; here they become nested lists again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["OpenLists", "own_mark"]

_OWN_BULLET = re.compile(r"[-*+•‣◦▪▫●○■□·∙–—](?:[ \t\n]+|\Z)")
_OWN_NUMBER = re.compile(r"([0-9]{1,9})[.)](?:[ \t\n]+|\Z)")

MOST = 999_999_999
"""The highest number CommonMark takes for a list item's."""


def own_mark(text: str, meta: Mapping[str, Any]) -> tuple[str, bool, int | None]:
    """Return an item's text without the mark it brings along, whether it is ordered, its number.

    What `meta` says goes before what the text looks like: where it says the list is not ordered, or
    the number is another one, a number in the text is text.

    >>> own_mark("• milk", {}), own_mark("2) eggs", {})
    (('milk', False, None), ('eggs', True, 2))
    >>> own_mark("3. floor", {"ordered": False})
    ('3. floor', False, None)
    """
    ordered, number = meta.get("ordered"), meta.get("number")
    if number is not None and not 0 <= number <= MOST:
        number = None
    if found := _OWN_BULLET.match(text):
        return text[found.end() :], bool(ordered), number
    if ordered is not False and (found := _OWN_NUMBER.match(text)):
        own = int(found[1])
        if number is None or number == own:
            return text[found.end() :], True, own
    return text, bool(ordered), number


DEEPEST = 9
"""Lists nest no deeper, since parsers stop there (markdown-it, as CommonMark, at 20 blocks within each
other, of which a list takes two) and indentation would outgrow the text; items below stay there."""


@dataclass(slots=True)
class _OpenItem:
    """The last item of a list that is open. `content` is the column its text begins in."""

    index: int
    level: int
    indent: int
    content: int
    ordered: bool
    number: int
    mark: str
    parent: str | None


@dataclass(slots=True)
class OpenLists:
    """The lists of one document that an element can still belong to, from the outermost in.

    `bullets` and `delimiters` are pairs: a list that directly follows another of its sort takes the
    other one of the pair, since a change of mark is what begins a new list in Markdown.
    """

    bullets: tuple[str, str]
    delimiters: tuple[str, str]
    stack: list[_OpenItem]
    interrupted: bool = False

    def add(
        self, index: int, level: int, ordered: bool, number: int | None, parent: str | None
    ) -> str:
        """Return what stands before an item's text: newlines, indentation and mark.

        An item lies one below the nearest item before it of a lower level. A number that does not
        rise, or another parent on the same level, begins another list.
        """
        stack = self.stack
        while len(stack) > 1 and stack[-1].level > level and stack[-2].level >= level:
            stack.pop()
        last = stack[-1] if stack else None
        separator = "\n"
        mark = (self.delimiters if ordered else self.bullets)[0]
        if last is None:
            indent = 0
            separator = "\n\n"
        elif level > last.level and len(stack) < DEEPEST:
            indent = last.content
            # a number other than 1 does not end the paragraph above it
            if ordered and number not in (None, 1):
                separator = "\n\n"
        else:
            stack.pop()
            indent = last.indent
            elsewhere = parent != last.parent and parent is not None and last.parent is not None
            if last.ordered != ordered:
                separator = "\n\n"
            elif elsewhere or (ordered and number is not None and number <= last.number):
                separator = "\n\n"
                pair = self.delimiters if ordered else self.bullets
                mark = pair[last.mark == pair[0]]
            else:
                mark = last.mark
                if number is None:
                    number = min(last.number + 1, MOST)
        if self.interrupted:
            separator = "\n\n"
            self.interrupted = False
        if number is None:
            number = 1
        shown = f"{number}{mark} " if ordered else f"{mark} "
        content = indent + len(shown)
        stack.append(_OpenItem(index, level, indent, content, ordered, number, mark, parent))
        return f"{separator}{' ' * indent}{shown}"

    def lead_again(self) -> str:
        """Return what `add` would before an item like the last one; "" if it would vary."""
        last = self.stack[-1]
        return "" if last.ordered else f"\n{' ' * last.indent}{last.mark} "

    @property
    def content(self) -> int:
        """The column the last item's text begins in."""
        return self.stack[-1].content

    def inside(self, parent: str | None, ids: list[str | None]) -> int:
        """Return the column for a block that is no item: that of the item it belongs to, else 0.

        Lists it does not belong to are closed by it.
        """
        if parent is not None:
            for depth in range(len(self.stack), 0, -1):
                item = self.stack[depth - 1]
                if ids[item.index] == parent:
                    del self.stack[depth:]
                    self.interrupted = True
                    return item.content
        self.stack.clear()
        self.interrupted = False
        return 0

    def level_below(self, parent: str | None, ids: list[str | None]) -> int:
        """Return the level of an item that gives none: one below the open item it belongs to."""
        if parent is not None:
            for item in reversed(self.stack):
                if ids[item.index] == parent:
                    return item.level + 1
        return 0
