"""What goes with what in one document: containers, headings with their sections, captions.

Three things must hold of every part of a document that is kept. A container (a list item with what is
nested in it, a quotation) is there as long as something it holds is. A heading is there exactly as long
as something of its section is. A caption is there exactly as long as its table or image.
"""

from __future__ import annotations

from tore_export.documents.columns import ElementColumns
from tore_export.documents.schema import CONTAINERS, Kind

__all__ = ["Structure", "structure_of"]

_TITLE, _TERM, _DEFINITION, _CAPTION, _TABLE, _IMAGE, _CODE = (
    int(kind)
    for kind in (
        Kind.TITLE,
        Kind.TERM,
        Kind.DEFINITION,
        Kind.CAPTION,
        Kind.TABLE,
        Kind.IMAGE,
        Kind.CODE,
    )
)
_ITEMS = frozenset({int(Kind.LIST_ITEM), int(Kind.CHECKBOX)})
_CONTAINERS = frozenset(int(kind) for kind in CONTAINERS)
_CAPTIONED = frozenset({_TABLE, _IMAGE, _CODE, int(Kind.FORMULA)})


class Structure:
    """The tree of one document; every list has one entry an element.

    `holder`
        The place of the innermost container the element lies in, -1 outside of all.
    `parent`
        The place of the element it depends on, -1 without one: its heading or term within the
        container it lies in, else that container. It always comes before the element.
    `bound`
        The place of the table or image that a caption belongs to, else -1.
    `leads`
        Whether the element only stands for what depends on it: headings, terms, and containers
        without a text of their own, as far as anything depends on them.
    """

    __slots__ = ("_loose", "bound", "holder", "leads", "parent", "visible")

    def __init__(
        self,
        visible: bytearray,
        holder: list[int],
        parent: list[int],
        bound: list[int],
        leads: list[bool],
    ) -> None:
        self.visible = visible
        self.holder = holder
        self.parent = parent
        self.bound = bound
        self.leads = leads
        self._loose = max(parent, default=-1) < 0 and max(bound, default=-1) < 0

    def settle(self, kept: bytearray) -> bytearray:
        """Change `kept` (1 or 0 an element) so that what must hold does, and return it.

        What leads nothing any more goes, what holds something stays, captions follow.
        """
        if self._loose:
            return kept
        visible, parent, leads = self.visible, self.parent, self.leads
        for i, owner in enumerate(self.bound):
            if owner >= 0:
                kept[i] = kept[owner]
        holds = bytearray(len(kept))
        for i in range(len(kept) - 1, -1, -1):
            if holds[i]:
                kept[i] = 1
            elif leads[i] or not visible[i]:
                kept[i] &= not leads[i]
                continue
            if kept[i] and parent[i] >= 0:
                holds[parent[i]] = 1
        for i, above in enumerate(parent):
            if above >= 0 and not kept[above]:
                kept[i] = 0
        return kept


def structure_of(columns: ElementColumns, visible: bytearray) -> Structure:
    """Return the tree of the one document in `columns`.

    What is not `visible`, since nothing is written of it, keeps no heading alive.

    >>> from tore_export.documents.element import Element
    >>> kinds = [Kind.TITLE, Kind.LIST_ITEM, Kind.PARAGRAPH, Kind.TABLE, Kind.CAPTION]
    >>> columns = ElementColumns.from_elements([[Element(kind, "a") for kind in kinds]])
    >>> columns.ids[1] = columns.parents[2] = "item"
    >>> found = structure_of(columns, bytearray([1] * 5))
    >>> found.parent, found.bound
    ([-1, 0, 1, 0, 0], [-1, -1, -1, -1, 3])
    """
    n, kinds, texts = len(columns), columns.kinds, columns.texts
    holders = _holders(columns, visible)
    parent = [-1] * n
    # of each container (-1: the document): its open headings as (level, place), its last term
    headings: dict[int, list[tuple[int, int]]] = {}
    terms: dict[int, int] = {}
    for i, (kind, holder) in enumerate(zip(kinds, holders, strict=True)):
        open_titles = headings.get(holder)
        if kind == _TITLE:
            if open_titles is None:
                open_titles = headings[holder] = []
            level = columns.levels[i] or 1
            while open_titles and open_titles[-1][0] >= level:
                open_titles.pop()
        above = open_titles[-1][1] if open_titles else holder
        if kind == _TITLE and open_titles is not None:
            open_titles.append((level, i))
        if kind == _DEFINITION:
            above = terms.get(holder, above)
        elif kind == _TERM:
            # terms that share a definition: each leads to the next
            above = terms.get(holder, above) if i and kinds[i - 1] == _TERM else above
            terms[holder] = i
        elif visible[i]:
            terms.pop(holder, None)
        parent[i] = above
    leads = [False] * n
    for i in range(n):
        above = parent[i]
        if above >= 0 and visible[i] and not leads[above]:
            leads[above] = kinds[above] in (_TITLE, _TERM) or not texts[above]
    return Structure(visible, holders, parent, _owners(columns, holders, visible), leads)


def _holders(columns: ElementColumns, visible: bytearray) -> list[int]:
    """Return the place of the innermost container each element lies in, -1 outside of all.

    An item without a parent lies in the nearest item above it of a lower level, as formatters have it.
    """
    kinds, ids, parents = columns.kinds, columns.ids, columns.parents
    holders = [-1] * len(columns)
    stack: list[tuple[int, int]] = []  # (place, level of an item or -1)
    depths: dict[str, int] = {}  # what lies in open containers → in how many
    depth_of_item = 0
    for i, kind in enumerate(kinds):
        # what is not seen closes no container
        if kind not in _CONTAINERS and not (stack and visible[i]):
            continue
        named = parents[i]
        depth = depths.get(named, 0) if named is not None and stack else 0
        depth = min(depth, len(stack))
        own = ids[i]
        if kind in _ITEMS:
            least = stack[depth - 1][1] + 1 if depth else 0
            said = columns.levels[i]
            depth_of_item = least if said is None or said < least else said
            while depth < len(stack) and 0 <= stack[depth][1] < depth_of_item:
                depth += 1
        for place, _ in stack[depth:]:
            depths.pop(ids[place] or "", None)
        del stack[depth:]
        if stack:
            holders[i] = stack[-1][0]
        else:
            depths.clear()
        if kind in _CONTAINERS:
            stack.append((i, depth_of_item if kind in _ITEMS else -1))
        if own is not None and stack and (kind in _CONTAINERS or kind in (_TABLE, _IMAGE)):
            depths[own] = len(stack)
    return holders


def _owners(columns: ElementColumns, holders: list[int], visible: bytearray) -> list[int]:
    """Return the place of the table or image of each caption, else -1 as for one that is not seen."""
    kinds, owners = columns.kinds, [-1] * len(columns)
    if _CAPTION not in kinds:
        return owners
    places = {
        own: i
        for i, own in enumerate(columns.ids)
        if own is not None and visible[i] and kinds[i] in _CAPTIONED
    }
    for i, kind in enumerate(kinds):
        if kind != _CAPTION:
            continue
        named = columns.parents[i]
        if named is not None and named in places:
            owners[i] = places[named]
            continue
        for near in (i - 1, i + 1):
            is_there = 0 <= near < len(kinds) and kinds[near] in (_TABLE, _IMAGE)
            if is_there and visible[near] and holders[near] == holders[i]:
                owners[i] = near
                break
    return owners
