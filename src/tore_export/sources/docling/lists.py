"""Lists of docling: what an item's marker says, and where one list ends and the next begins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tore_export.sources.docling.types import DoclingItem

__all__ = ["Neighbours", "OpenGroup", "mark_of"]

_NUMBER = re.compile(r"([0-9]{1,9})[.)]")


@dataclass(slots=True)
class OpenGroup:
    """A list group while its children are walked; `last` is the id of the item before."""

    ordered: bool = False
    last: str | None = None


def mark_of(item: DoclingItem, group: OpenGroup | None) -> tuple[bool, int | None, str]:
    """Return whether an item is ordered, its number, and what of its marker is text.

    Markdown and HTML know plain numbers. A marker like `1.1.` or `a)` says more than they can, so it
    goes before the text of a bullet, as docling writes it.

    >>> mark_of(DoclingItem("list_item", enumerated=True, marker="3."), None)
    (True, 3, '')
    >>> mark_of(DoclingItem("list_item", enumerated=True, marker="2.1."), None)
    (False, None, '2.1. ')
    """
    if item.marker:
        number, mark = _parsed(item.marker)
        if number is not None or mark:
            return number is not None, number, mark
    ordered = item.enumerated
    if ordered is None:
        ordered = group is not None and group.ordered
    return ordered, None, ""


@lru_cache(maxsize=4_096)
def _parsed(marker: str) -> tuple[int | None, str]:
    """Return the number a marker is, or what of it is text; neither for a mere bullet."""
    marker = marker.strip()
    if found := _NUMBER.fullmatch(marker):
        return int(found[1]), ""
    return None, f"{marker} " if any(map(str.isalnum, marker)) else ""


class Neighbours:
    """Tells, item by item, whether a list directly follows another of its sort at the same place."""

    __slots__ = ("_open",)

    def __init__(self) -> None:
        self._open: dict[str | None, tuple[OpenGroup | None, bool, int | None]] = {}

    def interrupt(self, container: str | None) -> None:
        """Say that something else than an item stands in `container`."""
        if self._open:
            self._open.pop(container, None)

    def meta_of(
        self, container: str | None, group: OpenGroup | None, ordered: bool, number: int | None
    ) -> dict[str, Any]:
        """Return what an item says about its list: `ordered`, `number`, `new_list`.

        A list whose numbers go on where the one before it ended is that list, cut by a page.
        """
        meta: dict[str, Any] = {}
        if ordered:
            meta["ordered"] = True
            if number is not None:
                meta["number"] = number
        before = self._open.get(container)
        if before is not None and before[0] is not group and before[1] == ordered:
            goes_on = number is not None and before[2] is not None and number == before[2] + 1
            if not goes_on:
                meta["new_list"] = True
        if number is None and before is not None and before[0] is group and before[2] is not None:
            number = before[2] + 1
        self._open[container] = (group, ordered, number)
        return meta
