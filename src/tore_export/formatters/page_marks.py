"""Marks where a page begins."""

from __future__ import annotations

from collections.abc import Callable

from tore_export.documents.columns import ElementColumns
from tore_export.documents.schema import CONTAINERS, Kind

__all__ = ["PAGE_MARKS", "with_page_marks"]

PAGE_MARKS = ("none", "comment", "rule")

_CONTAINERS = frozenset(int(kind) for kind in CONTAINERS)
_ITEMS = frozenset({int(Kind.LIST_ITEM), int(Kind.CHECKBOX)})
_BREAK = int(Kind.PAGE_BREAK)


def with_page_marks(
    columns: ElementColumns, pieces: list[str], mark: Callable[[int], str], *, first: bool
) -> None:
    """Put a mark, made of the page's number, before the first piece of each page.

    Within a list, a quotation or another container it would end that or change what lies in it, so
    there it waits for the next block outside. Unless it is also wanted on the `first` page there is
    none before a document's first piece. Where elements have no pages, page breaks count them.
    """
    i = 0
    for count in columns.counts:
        elements = range(i, i + count)
        i += count
        held = {columns.ids[e] for e in elements if columns.kinds[e] in _CONTAINERS} - {None}
        numbered = any(columns.pages[e] is not None for e in elements)
        seen = turned = 1
        shown = 0
        listed = False
        begun = False
        for e in elements:
            kind, page = columns.kinds[e], columns.pages[e]
            if kind == _BREAK:
                turned += 1
            if not numbered:
                seen = turned
            elif page is not None:
                seen = page
            if not pieces[e]:
                continue
            inside = columns.parents[e] in held
            if not inside and not (listed and kind in _ITEMS) and seen != shown:
                if first or begun:
                    pieces[e] = f"\n\n{mark(seen)}{_apart(pieces[e])}"
                shown = seen
            listed = kind in _ITEMS or (listed and inside)
            begun = True


def _apart(piece: str) -> str:
    return "\n\n" + piece.lstrip("\n")
