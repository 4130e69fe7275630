"""Items of lists in plain text: bullets, and numbers that count on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

__all__ = [
    "RULE",
    "Item",
    "begins_item",
    "bullet_of",
    "continues",
    "indent_of",
    "numbered_items",
]

RULE = re.compile(r"[ \t]*([-*_=~+#━─═])(?:[ \t]*\1){2,}[ \t]*")
"""A line of one sign, three times or more; what looks like a bullet may be one."""

_BULLET = re.compile(r"([ \t]*)([-*+•‣◦▪–o])([ \t]+)(?=\S)")
_NUMBER = re.compile(
    r"^([ \t]*)(\(?)(\d{1,9}|#|[A-Za-z]|[ivxlc]{2,8}|[IVXLC]{2,8})([.)])([ \t]+)(?=\S)",
    re.MULTILINE,
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_IS_ROMAN = re.compile(r"c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")


class Item(NamedTuple):
    """The mark of a list item: columns of the mark and of the text behind it, and what it is.

    `style` tells lists of one depth apart; `number` is that of an item which has one.
    """

    indent: int
    content: int
    style: str
    number: int | None
    length: int  # characters from the start of the line to the text


def indent_of(space: str) -> int:
    r"""Return the columns that white space at the start of a line takes.

    >>> indent_of("  "), indent_of(" \t")
    (2, 8)
    """
    return len(space.expandtabs(8)) if "\t" in space else len(space)


def bullet_of(line: str) -> Item | None:
    """Return the bullet at the start of a line; None where there is none.

    >>> bullet_of("  - a")
    Item(indent=2, content=4, style='-', number=None, length=4)
    """
    found = _BULLET.match(line)
    if found is None:
        return None
    whole = found[0]
    return Item(indent_of(found[1]), indent_of_text(whole), found[2], None, len(whole))


def begins_item(lines: Sequence[str], place: int, *, inside: bool) -> bool:
    """Tell whether a line of a block begins with a bullet that is one.

    `inside` tells that the line before is one of a list, or none: in the middle of a paragraph a dash
    may be a dash.

    >>> begins_item(["so:", "- a"], 1, inside=False), begins_item(["so", "- a"], 1, inside=False)
    (True, False)
    """
    bullet = bullet_of(lines[place])
    if bullet is None:
        return False
    if inside and bullet.style not in "–o":
        return not RULE.fullmatch(lines[place])
    if place and lines[place - 1].rstrip().endswith(":"):
        return True
    around = [*lines[max(0, place - 20) : place], *lines[place + 1 : place + 20]]
    others = (bullet_of(line) for line in around)
    return any(other is not None and other.style == bullet.style for other in others)


def indent_of_text(start: str) -> int:
    """Return the column at which the text behind `start` begins."""
    return len(start.expandtabs(8)) if "\t" in start else len(start)


def continues(before: Item, item: Item) -> bool:
    """Tell whether an item belongs to the list of the one before it at its place."""
    if before.number is not None and item.number is not None and before.style == item.style:
        return item.number == before.number + 1
    return before.style == item.style or (before.number is None) != (item.number is None)


class _Counted(NamedTuple):
    place: int
    item: Item
    readings: tuple[tuple[str, int], ...]  # (style, value) of each way to read the mark


def numbered_items(text: str, starts: Sequence[tuple[int, int]]) -> dict[int, Item]:
    r"""Return the items of ordered lists, by the offset of their line.

    An item is numbered only if another one of its list counts on from it or up to it: `1. a` alone
    may be a heading, `2019. It was` is a sentence. `starts` are offset and indentation of the first
    line of each block; one that is not indented deeper than an item ends its list.

    >>> {place: item.number for place, item in numbered_items("1. a\n2. b\n", [(0, 0)]).items()}
    {0: 1, 5: 2}
    """
    marks = list(_marks(text))
    found: dict[int, Item] = {}
    if len(marks) < 2 and not any(mark.item.style == "#" for mark in marks):
        return found
    places = {mark.place for mark in marks}
    open_marks: list[_Counted] = []
    events: list[tuple[int, int, _Counted | None]] = [
        (place, indent, None) for place, indent in starts if place not in places
    ]
    events += [(mark.place, mark.item.indent, mark) for mark in marks]
    events.sort(key=lambda event: event[0])
    for place, indent, mark in events:
        if mark is None:
            while open_marks and open_marks[-1].item.indent >= indent:
                open_marks.pop()
            continue
        while open_marks and open_marks[-1].item.indent > indent + 1:
            open_marks.pop()
        before = open_marks[-1] if open_marks else None
        if before is not None and abs(before.item.indent - indent) <= 1:
            open_marks.pop()
            link = _link(before, mark)
            if link is not None:
                style, value = link
                found.setdefault(
                    before.place, before.item._replace(style=style, number=max(0, value - 1))
                )
                mark = mark._replace(readings=(link,))  # noqa: PLW2901
                found[place] = mark.item._replace(style=style, number=value)
        if mark.item.style == "#":
            found.setdefault(place, mark.item._replace(number=None))
        open_marks.append(mark)
    return found


def _marks(text: str) -> Iterator[_Counted]:
    for match in _NUMBER.finditer(text):
        space, opening, mark, closing, _ = match.groups()
        if opening and closing == ".":
            continue
        signs = opening + closing
        readings = tuple((f"{signs}{style}", value) for style, value in _readings(mark))
        item = Item(
            indent_of(space),
            indent_of_text(match[0]),
            mark if mark == "#" else signs,
            None,
            len(match[0]),
        )
        yield _Counted(match.start(), item, readings)


def _readings(mark: str) -> Iterator[tuple[str, int]]:
    if mark.isdecimal():
        yield "1", int(mark)
        return
    case = "A" if mark.isupper() else "a"
    lower = mark.lower()
    if len(lower) == 1 and lower.isalpha():
        yield case, ord(lower) - ord("a") + 1
    if lower and _IS_ROMAN.fullmatch(lower):
        values = [_ROMAN[letter] for letter in lower]
        following = [*values[1:], 0]
        yield f"{case}i", sum(v if v >= f else -v for v, f in zip(values, following, strict=True))


def _link(before: _Counted, mark: _Counted) -> tuple[str, int] | None:
    """Return how to read a mark so that it counts on from the one before; None if it does not."""
    known = dict(before.readings)
    for style, value in mark.readings:
        if style in known and known[style] + 1 == value:
            return style, value
    return None
