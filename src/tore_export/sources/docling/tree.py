"""The tree of a DoclingDocument: items by their pointers, each taken once, cycles refused."""

from __future__ import annotations

from collections.abc import Iterable

from tore_export.errors import DocumentError
from tore_export.sources.docling.tables import Placed, placed_cells
from tore_export.sources.docling.types import DoclingItem, DoclingTable, Ref
from tore_export.sources.json_text import shown
from tore_export.sources.table_cells import MAX_AREA

__all__ = ["Tree"]


class Tree:
    """The items of one document, as pointers such as `#/texts/3` name them.

    `rooted` are the pointers that are somebody's child, `owners` says of a caption whose it is,
    `taken` are the pointers that were asked for.
    `n_faults` counts pointers to nothing, items that are children twice, and items nothing leads to.

    **Raises** DocumentError with rule `reference_cycle` where an item is below itself.

    >>> items = {"#/texts/0": DoclingItem("text", text="a"), "#/texts/1": DoclingItem("text")}
    >>> tree = Tree(items, [Ref("#/texts/0"), Ref("#/texts/7")])
    >>> tree.take("#/texts/0").text, tree.take("#/texts/0"), tree.n_faults
    ('a', None, 2)
    """

    __slots__ = ("_items", "_room", "n_faults", "owners", "rooted", "taken")

    def __init__(self, items: dict[str, DoclingItem], roots: Iterable[Ref]) -> None:
        self._items = items
        self.taken: set[str] = set()
        self._room = MAX_AREA
        self.rooted: set[str] = set()
        self.owners: dict[str, str] = {}
        self.n_faults = 0
        pointers = [ref.to for ref in roots]
        if not self._is_plain_tree(pointers):
            self._follow(pointers)

    def take(self, pointer: str) -> DoclingItem | None:
        """Return the item, the first time it is asked for; None if it is not there."""
        if pointer in self.taken:
            return None
        self.taken.add(pointer)
        return self._items.get(pointer)

    def look(self, pointer: str) -> DoclingItem | None:
        """Return the item without taking it."""
        return self._items.get(pointer)

    def placed(self, table: DoclingTable) -> Placed | None:
        """Return a table's cells in their rows; None where it, or all tables so far, are too large.

        Few bytes may claim many places, so all tables of a document share the room that one may have.
        """
        found, n_faults = placed_cells(table, self._room)
        self.n_faults += n_faults
        if found:
            self._room = max(0, self._room - sum(map(len, found)))
        return found

    def parts(self, group: DoclingItem) -> list[DoclingItem]:
        """Take all that lies below an inline group, however deep; return what has no parts itself."""
        found = []
        todo = [ref.to for ref in reversed(group.children or ())]
        while todo:
            item = self.take(todo.pop())
            if item is None:
                continue
            if item.text or not item.children:
                found.append(item)
            if item.children and item.label not in ("picture", "chart"):
                todo.extend(ref.to for ref in reversed(item.children))
        return found

    def _is_plain_tree(self, roots: list[str]) -> bool:
        """Tell whether each item is one child of one other; as most documents are, and quickly told."""
        items, owners = self._items, self.owners
        n_items = len(items)
        children = roots.copy()
        captions: list[str] = []
        # more are appended while these are looked at, no more than there are items
        for pointer in children:
            item = items.get(pointer)
            if item is None or item.footnotes:
                break
            if item.children:
                children += [ref.to for ref in item.children]
                if len(children) > n_items:
                    break
            if item.captions:
                captions += [ref.to for ref in item.captions]
                owners.update((ref.to, pointer) for ref in item.captions if ref.to not in owners)
            if item.data is not None and any(cell.ref for cell in item.data.table_cells or ()):
                break
        else:
            self.rooted.update(children)
            lone = [pointer for pointer in captions if pointer not in self.rooted]
            if (
                len(self.rooted) == len(children)
                and len(children) + len(set(lone)) == n_items
                and not any((item := items.get(p)) is None or item.children for p in lone)
            ):
                return True
        self.rooted.clear()
        owners.clear()
        return False

    def _follow(self, roots: list[str]) -> None:
        """Walk the whole tree once: who is there, who belongs to whom, and that it is a tree."""
        items, rooted = self._items, self.rooted
        reached: set[str] = set()
        above: set[str] = set()
        todo: list[str | None] = [*reversed(roots)]
        rooted.update(roots)
        self.n_faults += len(roots) - len(rooted)
        while todo:
            pointer = todo.pop()
            if pointer is None:
                # all that lies below the one under this mark was walked
                above.discard(todo.pop() or "")
                continue
            if pointer in reached:
                if pointer in above:
                    raise _cycle(pointer)
                continue
            item = items.get(pointer)
            if item is None:
                self.n_faults += 1
                continue
            reached.add(pointer)
            if not (item.children or item.captions or item.footnotes or item.data):
                continue
            above.add(pointer)
            todo.append(pointer)
            todo.append(None)
            todo.extend(reversed(self._below(pointer, item)))
        if len(reached) < len(items):
            # one without a label stands for what could not be read, and was counted there
            self.n_faults += sum(
                1 for pointer, item in items.items() if item.label and pointer not in reached
            )

    def _below(self, pointer: str, item: DoclingItem) -> list[str]:
        below = []
        for ref in item.children or ():
            below.append(ref.to)
            if ref.to in self.rooted:
                self.n_faults += 1
            self.rooted.add(ref.to)
        for ref in item.captions or ():
            below.append(ref.to)
            self.owners.setdefault(ref.to, pointer)
        below.extend(ref.to for ref in item.footnotes or ())
        if item.data is not None:
            below.extend(cell.ref.to for cell in item.data.table_cells or () if cell.ref)
        return below


def _cycle(pointer: str) -> DocumentError:
    return DocumentError(
        "an item lies below itself",
        rule="reference_cycle",
        found=shown(pointer),
        allowed="references from body that form a tree",
    )
