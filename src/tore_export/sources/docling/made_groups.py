"""Groups that are made anew for items of docling which name them, where they are not given."""

from __future__ import annotations

from collections.abc import Sequence

from tore_export.sources.docling.types import DoclingItem, Ref

__all__ = ["MadeGroups"]


class MadeGroups:
    """Adds to `items` the groups that `parents`, of each in turn, name and that are not there.

    docling leaves groups out where it lists items, unless it is asked for them. What holds list items
    is a list again; one that goes on behind another lies around it. One that goes on behind what is in
    no group is made twice, so that all stay in their order. What an item without a text begins with is
    a line in pieces; other lines in pieces cannot be told from paragraphs.

    `order` are all names, a group before its first item.

    >>> items = {f"#/texts/{n}": DoclingItem("list_item", text=str(n)) for n in range(3)}
    >>> MadeGroups(items, ["#/groups/0", "#/groups/1", "#/groups/0"]).order
    ['#/groups/0', '#/texts/0', '#/groups/1', '#/texts/1', '#/texts/2']
    >>> [ref.to for ref in items["#/groups/0"].children]
    ['#/texts/0', '#/groups/1', '#/texts/2']
    """

    __slots__ = ("_around", "_depths", "_items", "_last", "_made", "_named", "order")

    def __init__(self, items: dict[str, DoclingItem], parents: Sequence[str | None]) -> None:
        given = list(items.items())
        missing = [
            parent if parent and parent.startswith("#/groups/") and parent not in items else None
            for parent in parents
        ]
        self.order: list[str] = []
        self._items = items
        self._named = {ref.to for _, item in given for ref in item.children or ()}
        self._last = {group: place for place, group in enumerate(missing) if group}
        self._made: dict[str, DoclingItem] = {}
        # the groups around the next item, each with what it is called, and how many are around each
        self._around: list[tuple[str, DoclingItem, list[Ref]]] = []
        self._depths: dict[str, int] = {}
        for place, ((name, item), group) in enumerate(zip(given, missing, strict=True)):
            if group:
                self._put(name, item, group, place)
            elif parents[place] not in items:
                self._leave(0)
            self.order.append(name)
        for _, item in given:
            first = self._made.get(item.children[0].to) if item.children else None
            if first is not None and not item.text and first.label == "unspecified":
                first.label = "inline"

    def _put(self, name: str, item: DoclingItem, group: str, place: int) -> None:
        if group in self._depths:
            self._leave(self._depths[group] + 1)
        else:
            while self._around and self._last[self._around[-1][0]] < place:
                self._leave(len(self._around) - 1)
            self._begin(group, place)
        _, made, children = self._around[-1]
        if item.label == "list_item":
            made.label = "list"
        children.append(Ref(name))

    def _begin(self, group: str, place: int) -> None:
        name = group if group not in self._made else f"{group}/{place}"
        children: list[Ref] = []
        made = DoclingItem("unspecified", children=children)
        self._items[name] = self._made[name] = made
        if self._around and name not in self._named:
            self._around[-1][2].append(Ref(name))
        self._depths[group] = len(self._around)
        self._around.append((group, made, children))
        self.order.append(name)

    def _leave(self, n_around: int) -> None:
        """Leave groups until so many are left around the next item."""
        while len(self._around) > n_around:
            del self._depths[self._around.pop()[0]]
