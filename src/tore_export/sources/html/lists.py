"""What holds what on a page: items of lists, definitions and quotes, and the lists themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tore_export.documents.schema import Kind

if TYPE_CHECKING:
    from tore_export.sources.builder import Builder

__all__ = ["Holder", "Lists"]

_MAX_NUMBER = 999_999_999


class Holder:
    """A container that is open. It is pending until its first paragraph, or block, is known."""

    __slots__ = ("after", "id", "kind", "level", "meta")

    def __init__(
        self, kind: Kind, *, level: int | None = None, meta: dict[str, Any] | None = None
    ) -> None:
        self.kind = kind
        self.level = level
        self.meta = meta or {}
        self.id: str | None = None
        self.after: bool | None = None  # whether a list that just ended in it was ordered


class _List:
    """A list that is open."""

    __slots__ = ("holder", "in_item", "is_new", "last_item", "number", "step", "within_last")

    def __init__(self, holder: Holder, number: int | None, step: int) -> None:
        self.holder = holder
        self.number = number  # of the next item; None without an order
        self.step = step
        self.is_new = False
        self.in_item = False
        self.last_item: Holder | None = None
        self.within_last = False  # written beside the item it belongs to


class Lists:
    """The containers and lists that are open, and the way of elements into them."""

    __slots__ = ("_build", "_depth", "_held", "_lists", "_n_items")

    def __init__(self, build: Builder, parent: str | None, level: int) -> None:
        self._build = build
        root = Holder(Kind.RAW)
        root.id = parent
        self._held = [root]
        self._depth = level
        self._lists: list[_List] = []
        self._n_items: dict[int, int] = {}

    @property
    def is_pending(self) -> bool:
        """Whether the innermost container has nothing in it yet."""
        return len(self._held) > 1 and self._held[-1].id is None

    def add(
        self,
        kind: Kind,
        text: str,
        *,
        level: int | None = None,
        meta: dict[str, Any] | None = None,
        parent: str | None = None,
        cells: Any = None,
    ) -> str:
        """Append an element to the innermost container and return its id."""
        holder = self._held[-1]
        if holder.id is None and len(self._held) > 1:
            self._settle()
        holder.after = None
        return self._build.add(
            kind, text, level=level, parent=parent or holder.id, cells=cells, meta=meta
        )

    def add_paragraph(self, text: str, meta: dict[str, Any] | None) -> None:
        """Append a paragraph; the first one of a container is the container's own text."""
        if not self.is_pending:
            self.add(Kind.PARAGRAPH, text, meta=meta)
            return
        holder = self._held.pop()
        if self.is_pending:
            self._settle()
        self._held.append(holder)
        if meta:
            holder.meta.update(meta)
        self._put(holder, self._held[-2], text)

    def _settle(self) -> None:
        """Append the containers that are pending, which begin with something else than a paragraph."""
        first = len(self._held) - 1
        while first > 1 and self._held[first - 1].id is None:
            first -= 1
        for place in range(first, len(self._held)):
            self._put(self._held[place], self._held[place - 1], "")

    def _put(self, holder: Holder, outer: Holder, text: str) -> None:
        holder.id = self._build.add(
            holder.kind, text, level=holder.level, parent=outer.id, meta=holder.meta
        )
        outer.after = None

    def hold(self, holder: Holder) -> None:
        """Open a container."""
        self._held.append(holder)

    def release(self) -> None:
        """Close the innermost container; one with nothing in it never was."""
        if len(self._held) == 1:
            return
        holder = self._held.pop()
        if holder.level is not None:
            self._depth -= 1
            if self._lists and self._lists[-1].in_item:
                self._lists[-1].in_item = False
                if holder.id is not None:
                    self._lists[-1].last_item = holder

    def begin(
        self,
        said: dict[str, str] | None = None,
        pieces: Sequence[str] = (),
        place: int = 0,
    ) -> None:
        """Open a list: one in order if `said`, its attributes, are given."""
        outer = self._lists[-1] if self._lists else None
        within_last = False
        if outer and not outer.in_item and outer.last_item and self._held[-1] is outer.holder:
            # the common mistake: a list beside the item it belongs to
            self.hold(outer.last_item)
            self._depth += 1
            within_last = True
        holder = self._held[-1]
        number, step = None, 1
        if said is not None:
            step = -1 if "reversed" in said else 1
            number = _number(said.get("start"))
            if number is None:
                number = 1 if step == 1 else self._count(pieces, place)
        opened = _List(holder, number, step)
        opened.is_new = holder.after is not None and holder.after == (number is not None)
        opened.within_last = within_last
        self._lists.append(opened)

    def end(self) -> None:
        """Close the innermost list."""
        if not self._lists:
            return
        ended = self._lists.pop()
        if ended.last_item is not None:
            ended.holder.after = ended.number is not None
        if ended.within_last:
            self._held.pop()
            self._depth -= 1

    def begin_item(self, said: dict[str, str]) -> None:
        """Open an item of the innermost list; without one it has no order."""
        meta: dict[str, Any] = {"ordered": False}
        opened = self._lists[-1] if self._lists else None
        if opened is not None:
            opened.in_item = True
            if opened.number is not None:
                number = _number(said.get("value"))
                if number is None:
                    number = opened.number
                opened.number = number + opened.step
                meta = {"ordered": True, "number": number}
            if opened.is_new:
                meta["new_list"] = True
                opened.is_new = False
        self.hold(Holder(Kind.LIST_ITEM, level=self._depth, meta=meta))
        self._depth += 1

    def check(self, checked: bool) -> None:
        """Make the item that was just opened, if there is one, an item to tick off."""
        holder = self._held[-1]
        if holder.kind is not Kind.LIST_ITEM or holder.id is not None:
            return
        holder.kind = Kind.CHECKBOX
        new_list = holder.meta.get("new_list")
        holder.meta = {"checked": checked, **({"new_list": True} if new_list else {})}

    def _count(self, pieces: Sequence[str], place: int) -> int:
        """Return how many items a list has; all lists after this one are counted with it, once."""
        if place not in self._n_items:
            begun: list[int] = []
            for number in range(place, len(pieces)):
                start = pieces[number][:3]
                if start in ("ol>", "ol ", "ul>", "ul "):
                    begun.append(number)
                    self._n_items[number] = 0
                elif start in ("li>", "li ") and begun:
                    self._n_items[begun[-1]] += 1
                elif start in ("/ol", "/ul") and begun:
                    begun.pop()
        return self._n_items[place]


def _number(said: str | None) -> int | None:
    try:
        number = int(said or "")
    except ValueError:
        return None
    return number if abs(number) <= _MAX_NUMBER else None
