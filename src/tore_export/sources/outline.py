"""How deep headings and list items lie, from whatever a document says about it.

A heading's level is, in this order: its `category_depth` + 1; one more than the level of the nearest
heading above it in its chain of parents; the rank of its font size among the headings that are left
(the largest is 1); else 1, so that a document which says nothing has headings of one level.

A list item's depth is its `category_depth`, counted from the shallowest item of the document (some
writers count from 0, some from 1); else one more than that of the nearest list item in its chain of
parents; else 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from tore_export.documents.schema import Kind
from tore_export.errors import DocumentError

__all__ = ["MAX_DEPTH", "MAX_LEVEL", "levels_of", "resolve_parents"]

MAX_LEVEL = 100
"""No heading or list item is deeper; chains of parents that claim more are cut here."""

MAX_DEPTH = MAX_LEVEL - 1
"""The largest `category_depth` that is believed."""

_TITLE = int(Kind.TITLE)
_LIST_ITEM = int(Kind.LIST_ITEM)
_CHECKBOX = int(Kind.CHECKBOX)


def levels_of(
    kinds: Sequence[int],
    depths: Sequence[int | None],
    parents: Sequence[str | None],
    ids: Sequence[str | None],
    sizes: Sequence[float | None] | None = None,
) -> list[int | None]:
    """Return the level of each element of one document, None for what is no heading or list item.

    `parents` must have passed `resolve_parents`.

    >>> levels_of([0, 1, 0, 2, 2], [0, None, 1, 1, 2], [None] * 5, list("abcde"))
    [1, None, 2, 0, 1]
    """
    if _CHECKBOX in kinds:
        # items of a list of tasks, wherever they stand
        kinds = [_LIST_ITEM if kind == _CHECKBOX else kind for kind in kinds]
    shallowest = 0
    if _LIST_ITEM in kinds:
        items = [d for k, d in zip(kinds, depths, strict=True) if k == _LIST_ITEM and d is not None]
        shallowest = min(items, default=0)
    levels: list[int | None] = [
        (1 if depth is None else depth + 1)
        if kind == _TITLE
        else ((0 if depth is None else depth - shallowest) if kind == _LIST_ITEM else None)
        for kind, depth in zip(kinds, depths, strict=True)
    ]
    if parents.count(None) == len(parents) and sizes is None:
        return levels
    places = {identity: place for place, identity in enumerate(ids)}
    above = [None if parent is None else places[parent] for parent in parents]
    unplaced = _follow_parents(levels, kinds, depths, above)
    if sizes is not None:
        _rank_by_size(levels, unplaced, sizes)
        # what hangs below a heading placed by its size goes one below it
        _follow_parents(levels, kinds, depths, above, set(unplaced))
    return levels


def _follow_parents(
    levels: list[int | None],
    kinds: Sequence[int],
    depths: Sequence[int | None],
    above: Sequence[int | None],
    settled: AbstractSet[int] = frozenset(),
) -> list[int]:
    """Set the levels that follow from parents; return the headings that nothing places."""
    nearest: dict[tuple[int, int], int | None] = {}
    unplaced = []

    def nearest_of(kind: int, place: int) -> int | None:
        # the nearest element of that kind above `place`; every step is walked once a document
        trail = []
        step = above[place]
        while step is not None and kinds[step] != kind and (kind, step) not in nearest:
            trail.append(step)
            step = above[step]
        found = step if step is None or kinds[step] == kind else nearest[kind, step]
        nearest.update({(kind, passed): found for passed in trail})
        return found

    done = set(settled)
    for place, kind in enumerate(kinds):
        if kind not in (_TITLE, _LIST_ITEM) or depths[place] is not None:
            continue
        chain = []
        step: int | None = place
        while step is not None and step not in done and depths[step] is None:
            chain.append(step)
            step = nearest_of(kind, step)
        for link in reversed(chain):
            base = nearest_of(kind, link)
            if base is not None:
                levels[link] = min(MAX_LEVEL, (levels[base] or 0) + 1)
            elif kind == _TITLE:
                unplaced.append(link)
            done.add(link)
    return unplaced


def _rank_by_size(
    levels: list[int | None], unplaced: Sequence[int], sizes: Sequence[float | None]
) -> None:
    found = {size for place in unplaced if (size := sizes[place]) is not None}
    ranks = {size: min(MAX_LEVEL, rank) for rank, size in enumerate(sorted(found, reverse=True), 1)}
    for place in unplaced:
        size = sizes[place]
        if size is not None:
            levels[place] = ranks[size]


def resolve_parents(ids: Sequence[str | None], parents: list[str | None]) -> None:
    """Set to None every parent that names no element of the document.

    **Raises** DocumentError with rule `parent_cycle` where elements are above themselves.

    >>> parents = ["b", None, "nobody"]
    >>> resolve_parents(["a", "b", "c"], parents)
    >>> parents
    ['b', None, None]
    """
    places = {identity: place for place, identity in enumerate(ids)}
    above: list[int | None] = [None] * len(parents)
    for place, parent in enumerate(parents):
        if parent is not None:
            above[place] = places.get(parent)
            if above[place] is None:
                parents[place] = None
    safe = [False] * len(above)
    for start in range(len(above)):
        trail = []
        on_trail: set[int] = set()
        step: int | None = start
        while step is not None and not safe[step]:
            if step in on_trail:
                raise DocumentError(
                    "elements are their own ancestors by parent_id",
                    rule="parent_cycle",
                    found=f"element {ids[step]!r} above itself",
                    allowed="parents that form a tree",
                )
            trail.append(step)
            on_trail.add(step)
            step = above[step]
        for passed in trail:
            safe[passed] = True
