"""Where blocks stand: the list items, quotations and notes around each, their marks and indentation.

Elements come one after the other. Where a source says what lies in what, they name their container as
`parent`; where it does not, list items have a depth and perhaps a number each. Here both become
nested blocks again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["MOST_ROOM", "OpenBlocks", "indented", "own_mark"]

_OWN_BULLET = re.compile(r"[-*+•‣◦▪▫●○■□·∙–—](?:[ \t\n]+|\Z)")
_OWN_NUMBER = re.compile(r"([0-9]{1,9})[.)](?:[ \t\n]+|\Z)")
_THEMATIC = re.compile(r"([-*])(?: +\1){2,}\Z")

MOST = 999_999_999
"""The highest number CommonMark takes for a list item's."""

MOST_ROOM = 18
"""Containers nest no deeper, where an item counts 2 and any other 1: parsers stop there (markdown-it, as
CommonMark, at 20 blocks within each other, of which a list takes two), and indentation would outgrow
the text. Items below stay beside the deepest, quotations and notes add no mark of theirs."""


def own_mark(text: str, meta: Mapping[str, Any]) -> tuple[str, bool, int | None]:
    """Return an item's text without the mark it brings along, whether it is ordered, its number.

    Where `meta` says whether the list is ordered, the source knows its lists, and what looks like a
    mark is text.

    >>> own_mark("• milk", {}), own_mark("2) eggs", {})
    (('milk', False, None), ('eggs', True, 2))
    >>> own_mark("3. floor", {"ordered": False})
    ('3. floor', False, None)
    """
    ordered, number = meta.get("ordered"), meta.get("number")
    if number is not None and not 0 <= number <= MOST:
        number = None
    if ordered is not None:
        return text, bool(ordered), number
    if found := _OWN_BULLET.match(text):
        return text[found.end() :], False, number
    if found := _OWN_NUMBER.match(text):
        own = int(found[1])
        if number is None or number == own:
            return text[found.end() :], True, own
    return text, False, number


def indented(text: str, before: str) -> str:
    r"""Return `text` with `before` at the beginning of each line but the first.

    >>> indented("a\n\nb", "> ")
    'a\n>\n> b'
    """
    if "\n\n" not in text:
        return text.replace("\n", f"\n{before}")
    blank = before.rstrip()
    first, *lines = text.split("\n")
    return "\n".join([first, *[before + line if line else blank for line in lines]])


@dataclass(slots=True)
class _Open:
    """A container that is open. `before` is what its further lines begin with, from the margin.

    `first` is what its first line begins with beyond that of what it lies in; None once it is written.
    """

    index: int
    is_item: bool
    level: int  # of an item; of another container, that of the item around it, else -1
    before: str
    first: str | None
    gap: str
    room: int
    ordered: bool = False
    number: int = 0
    mark: str = ""
    parent: str | None = None


@dataclass(slots=True)
class OpenBlocks:
    r"""The containers of one document that an element can still lie in, from the outermost in.

    `bullets` and `delimiters` are pairs: a list that directly follows another of its sort takes the
    other one of the pair, since a change of mark is what begins a new list in Markdown. `ids` are the
    elements' ids. `pieces` is what is written of each element; an item without text gets its piece when
    what comes next shows whether anything lies in it. `indent` is the number of columns of an item's
    mark, None for as many as the mark needs.

    >>> pieces = ["", "", ""]
    >>> blocks = OpenBlocks(["1", "2", "3"], pieces)
    >>> room = blocks.item(0, 0, None)
    >>> pieces[0] = blocks.write("pumps")
    >>> blocks.enter("1")
    >>> blocks.hold(1, "> ", "> ")
    >>> pieces[1] = blocks.write("a\nb")
    >>> room = blocks.item(2, 0, None, ordered=True)
    >>> blocks.close()
    >>> print("".join(pieces).lstrip())
    - pumps
    <BLANKLINE>
      > a
      > b
    <BLANKLINE>
    1.
    """

    ids: Sequence[str | None]
    pieces: list[str]
    bullets: tuple[str, str] = ("-", "*")
    delimiters: tuple[str, str] = (".", ")")
    indent: int | None = None
    stack: list[_Open] = field(default_factory=list)
    # ids of what lies in a container, or stood for one, and at what depth
    _depths: dict[str, int] = field(default_factory=dict)
    # how many of the open containers the last visible block lies in, too
    _shared: int = 0
    _interrupted: bool = False

    def item(
        self,
        index: int,
        level: int | None,
        parent: str | None,
        *,
        ordered: bool = False,
        number: int | None = None,
        new_list: bool = False,
        empty: bool = False,
        lead: str | None = None,
    ) -> bool:
        """Open a list item; return whether there was room for it.

        It lies in the container it names as its parent, and there (or, without one, in the lists
        that are open) one below the nearest item before it of a lower level. A number that does not
        rise, another parent on the same level, or `new_list` begins another list. `empty` says that it
        has no text; `lead` is written instead of a bullet or number.
        """
        stack = self.stack
        base = self._depth_in(parent) if parent is not None and stack else 0
        least = stack[base - 1].level + 1 if base else 0
        if level is None or level < least:
            level = least
        if base and stack[base - 1].is_item and stack[base - 1].room + 2 > MOST_ROOM:
            base -= 1  # beside what it should lie in
        top = base
        while top < len(stack) and stack[top].is_item:
            top += 1
        while top > base + 1 and stack[top - 1].level > level and stack[top - 2].level >= level:
            top -= 1
        beside = stack[top - 1] if top > base else None
        pair = self.delimiters if ordered else self.bullets
        gap, mark = "\n", pair[0]
        if beside is not None and (level <= beside.level or beside.room + 2 > MOST_ROOM):
            top -= 1
            self._close(top)
            if level > beside.level:
                self._remember(beside.index, top + 1)
            if beside.ordered != ordered:
                gap = "\n\n"
            elif level <= beside.level and (
                new_list
                or (ordered and number is not None and number <= beside.number)
                or (parent != beside.parent and None not in (parent, beside.parent))
            ):
                gap = "\n\n"
                mark = pair[beside.mark == pair[0]]
            else:
                mark = beside.mark
                if number is None:
                    number = min(beside.number + 1, MOST)
        else:
            self._close(top)
            if not top or not stack[-1].is_item:
                gap = "\n\n"
            elif empty or (ordered and number not in (None, 1)):
                gap = "\n\n"  # it would not end the paragraph above it
        room, before = 2, ""
        if top:
            room, before = stack[-1].room + 2, stack[-1].before
            if room > MOST_ROOM:
                self._remember(index, top)
                return False
        if self._interrupted:
            gap = "\n\n"
            self._interrupted = False
        if number is None:
            number = 1
        first = lead if lead is not None else f"{number}{mark} " if ordered else f"{mark} "
        if self.indent is not None:
            first = first.ljust(self.indent)
        before += " " * len(first)
        stack.append(
            _Open(index, True, level, before, first, gap, room, ordered, number, mark, parent)
        )
        return True

    def enter(self, parent: str | None) -> None:
        """Go where an element with this parent lies; containers it does not lie in are closed."""
        if self.stack:
            self._close(self._depth_in(parent))
            self._interrupted = bool(self.stack)
            if not self.stack:
                self._depths.clear()

    def hold(self, index: int, first: str, before: str, gap: str = "\n\n") -> None:
        """Open a container that is no item, where `enter` went.

        Its first line begins with `first`, the others with `before`, beyond what surrounds it; `gap`
        parts it from the block before.
        """
        room, level, outer, written = 1, -1, "", True
        if self.stack:
            around = self.stack[-1]
            room, level, outer = around.room + 1, around.level, around.before
            written = around.first is None
        if room > MOST_ROOM:
            self._remember(index, len(self.stack))
            return
        begins = first if first or not written else None
        self.stack.append(_Open(index, False, level, outer + before, begins, gap, room))

    def contain(self, index: int) -> None:
        """Take note that a block lies here, so that what names it as parent (a caption) does, too."""
        if self.stack:
            self._remember(index, len(self.stack))

    @property
    def pending(self) -> bool:
        """Whether the next block begins on the line of a container's mark."""
        return bool(self.stack) and self.stack[-1].first is not None

    def write(self, body: str, gap: str = "\n\n") -> str:
        """Return a block with what stands before it: newlines, indentation, marks yet to be written.

        `gap` is how many newlines part it from the block before, unless it begins its container.
        """
        stack = self.stack
        if not stack:
            return gap + body
        size = at = len(stack)
        last = stack[-1]
        lead = ""
        while at and (first := stack[at - 1].first) is not None:
            at -= 1
            lead = first + lead
        if at < size:
            gap = stack[at].gap
            if not body:
                lead = lead.rstrip()
                if _THEMATIC.search(lead):
                    # a rule on one line, lists within each other on several
                    steps = [one.before for one in stack[at:]]
                    marks = [(one.first or "").rstrip() for one in stack[at:]]
                    lead = "\n".join(map(str.__add__, ["", *steps], marks))
            for one in stack[at:]:
                one.first = None
        before = f"\n{stack[at - 1].before}" if at else "\n"
        if gap != "\n":
            blank = stack[self._shared - 1].before.rstrip() if self._shared else ""
            before = f"\n{blank}" * (len(gap) - 1) + before
        self._shared = size
        if "\n" in body:
            body = indented(body, last.before)
        return f"{before}{lead}{body}"

    def lead_again(self) -> str:
        """Return what `write` would before an item like the last one; "" if it would vary."""
        last = self.stack[-1]
        if last.ordered or last.first is not None or not last.is_item:
            return ""
        around = self.stack[-2].before if len(self.stack) > 1 else ""
        if self.indent is None:
            return f"\n{around}{last.mark} "
        return f"\n{around}{last.before[len(around) :].replace(' ', last.mark, 1)}"

    def close(self) -> None:
        """End the document: write what was yet to be, and be ready for the next one."""
        self.enter(None)
        self._shared = 0

    def _close(self, depth: int) -> None:
        stack = self.stack
        while len(stack) > depth:
            last = stack[-1]
            if last.first is not None and last.is_item:
                self.pieces[last.index] = self.write("")
            stack.pop()
        self._shared = min(self._shared, depth)

    def _depth_in(self, parent: str | None) -> int:
        """Return how many of the open containers an element with this parent lies in."""
        stack, ids = self.stack, self.ids
        if parent is None:
            return 0
        for depth in range(len(stack), 0, -1):
            if ids[stack[depth - 1].index] == parent:
                return depth
        depth = self._depths.get(parent, 0)
        return depth if depth <= len(stack) else 0

    def _remember(self, index: int, depth: int) -> None:
        identity = self.ids[index]
        if identity is not None:
            self._depths[identity] = depth
