"""The walk over a docling tree that makes elements of its items, without recursion."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tore_export.documents.columns import Cells, encode_meta
from tore_export.documents.schema import Kind
from tore_export.sources.builder import Builder
from tore_export.sources.docling.inline import joined, said_text, text_of
from tore_export.sources.docling.lists import Neighbours, OpenGroup
from tore_export.sources.docling.tables import words_of
from tore_export.sources.docling.tree import Tree
from tore_export.sources.docling.types import DoclingItem, Ref
from tore_export.sources.elements import MAX_PAGE
from tore_export.sources.unit import Limits

__all__ = ["PLAIN", "Handler", "Line", "Place", "Walk"]

Line = tuple[str, list[dict[str, Any]]]
"""A text and its spans."""

PLAIN = frozenset(
    {
        "text",
        "paragraph",
        "reference",
        "handwritten_text",
        "grading_scale",
        "empty_value",
        "field_heading",
        "field_key",
        "field_value",
        "field_hint",
        "marker",
    }
)
"""Labels of items that are paragraphs."""

_GATHERING = frozenset({"field_region"})
"""Labels of items that are no groups and only hold others."""


@dataclass(slots=True)
class Place:
    """Where items stand: the container they lie in, how many list items that is, in which list.

    `aside` is set where all there is belongs to the page and not to the text. Places are shared and
    never changed; to freeze them would make each cost three times as much.
    """

    container: str | None = None
    depth: int = 0
    group: OpenGroup | None = None
    aside: Kind | None = None

    def inside(self) -> Place:
        """Return where something stands that is a child of a list, and no item: in the item before."""
        if self.group is None:
            return self
        if self.group.last is None:
            return Place(self.container, self.depth, None, self.aside)
        return Place(self.group.last, self.depth + 1, None, self.aside)


@dataclass(slots=True)
class _Gathered:
    """Elements without cells that were found since the last table, column by column."""

    kinds: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    levels: list[int | None] = field(default_factory=list)
    parents: list[str | None] = field(default_factory=list)
    pages: list[int | None] = field(default_factory=list)
    metas: list[str | None] = field(default_factory=list)


class Walk:
    """Makes elements of the items of one tree, in reading order.

    `handlers` say by its label what is done with an item; they append its element and `push` its
    children, which come next. `title` is the text of the first title, `n_faults` the number of items
    read only in part.
    """

    __slots__ = (
        "_build",
        "_gathered",
        "_handlers",
        "_todo",
        "limits",
        "n_faults",
        "neighbours",
        "title",
        "tree",
    )

    def __init__(
        self, tree: Tree, build: Builder, limits: Limits, handlers: Mapping[str, Handler]
    ) -> None:
        self._handlers = handlers
        self.tree = tree
        self._build = build
        self.limits = limits
        self.neighbours = Neighbours()
        self._todo: list[tuple[str, Place]] = []
        self._gathered = _Gathered()
        self.title: str | None = None
        self.n_faults = 0

    def run(self, roots: Sequence[Ref], aside: Kind | None = None) -> None:
        """Append the elements of what lies below these; with `aside` all of it belongs to the page."""
        tree, todo = self.tree, self._todo
        handlers, owners = self._handlers, tree.owners
        taken, look, neighbours, add = tree.taken, tree.look, self.neighbours, self.add
        self.push(roots, _TOP if aside is None else Place(aside=aside))
        while todo:
            pointer, place = todo.pop()
            if pointer in taken or (pointer in owners and owners[pointer] not in taken):
                continue  # a caption comes with what it belongs to
            item = look(pointer)
            if item is None:
                continue
            taken.add(pointer)
            label = item.label or ""
            if (
                label in PLAIN
                and place is _TOP
                and item.content_layer == "body"
                and not item.children
                and item.formatting is None
                and item.hyperlink is None
                and item.text
                and not item.text.isspace()
                and "\n" not in item.text
            ):
                # most items of most documents; the long way does the same
                neighbours.interrupt(None)
                add(Kind.PARAGRAPH, pointer, item, None, (item.text, _NO_SPANS))
                continue
            aside = _aside(item, place)
            if aside is not None:
                self._put_aside(pointer, item, place, aside)
                continue
            handle = handlers.get(label)
            if handle is not None:
                handle(self, pointer, item, place)
            else:
                self._put_unknown(pointer, item, place.inside())
        self._put_gathered()

    def _put_gathered(self) -> None:
        found, self._gathered = self._gathered, _Gathered()
        self._build.extend(
            found.kinds,
            found.texts,
            ids=found.ids,
            levels=found.levels,
            parents=found.parents,
            pages=found.pages,
            metas=found.metas,
        )

    def push(self, refs: Sequence[Ref] | None, place: Place) -> None:
        """Have these items handled next, at a place."""
        if refs:
            self._todo.extend([(ref.to, place) for ref in reversed(refs)])

    def add(
        self,
        kind: Kind,
        pointer: str,
        item: DoclingItem,
        container: str | None,
        line: Line,
        meta: dict[str, Any] | None = None,
        level: int | None = None,
    ) -> None:
        """Append an element without cells."""
        text, spans = line
        if spans:
            meta = {**(meta or {}), "spans": spans}
        found = self._gathered
        found.kinds.append(kind)
        found.texts.append(text)
        found.ids.append(pointer)
        found.levels.append(level)
        found.parents.append(container)
        found.pages.append(_page(item))
        found.metas.append(encode_meta(meta) if meta else None)

    def block(
        self,
        kind: Kind,
        pointer: str,
        item: DoclingItem,
        place: Place,
        line: Line,
        meta: dict[str, Any] | None = None,
        level: int | None = None,
    ) -> None:
        """Append an element without cells that is no list item."""
        self.neighbours.interrupt(place.container)
        self.add(kind, pointer, item, place.container, line, meta, level)

    def table(
        self,
        pointer: str,
        item: DoclingItem,
        place: Place,
        cells: Cells,
        meta: dict[str, Any] | None,
    ) -> None:
        """Append a table."""
        self.neighbours.interrupt(place.container)
        self._put_gathered()
        page, parent = _page(item), place.container
        self._build.add(
            Kind.TABLE, "", id=pointer, parent=parent, page=page, cells=cells, meta=meta
        )

    def line(self, item: DoclingItem) -> tuple[Line, Sequence[Ref]]:
        """Return an item's line, be it in an inline group below it, and its other children."""
        children = item.children or ()
        if children and not said_text(item):
            first = self.tree.look(children[0].to)
            if first is not None and first.label == "inline":
                group = self.tree.take(children[0].to)
                return joined(self.tree.parts(group)) if group else ("", []), children[1:]
        return text_of(item), children

    def _put_unknown(self, pointer: str, item: DoclingItem, place: Place) -> None:
        """Look through a group that only gathers; take a text of an unknown label for a paragraph."""
        line, children = self.line(item)
        if not pointer.startswith("#/groups/") and item.label not in _GATHERING:
            self.n_faults += 1
        if line[0].strip():
            self.block(Kind.PARAGRAPH, pointer, item, place, line)
        self.push(children, place)

    def _put_aside(self, pointer: str, item: DoclingItem, place: Place, aside: Kind) -> None:
        """Append what belongs to the page as plain lines; what pictures show of it is left out."""
        label = item.label
        children: Sequence[Ref] = item.children or ()
        line: Line = ("", [])
        if label == "inline":
            line, children = joined(self.tree.parts(item)), ()
        elif item.data is not None:
            line, children = (words_of(item.data), []), ()
        elif label in ("picture", "chart"):
            children = ()
        elif not pointer.startswith("#/groups/"):
            line, children = self.line(item)
        if line[0].strip():
            self.add(aside, pointer, item, None, line)
        self.push(children, Place(aside=aside))


_TOP = Place()
_NO_SPANS: list[dict[str, Any]] = []


def _page(item: DoclingItem) -> int | None:
    page = item.prov[0].page_no if item.prov else None
    return page if page is not None and 0 < page <= MAX_PAGE else None


def _aside(item: DoclingItem, place: Place) -> Kind | None:
    """Return the kind of what belongs to the page, None for what belongs to the text."""
    label, layer = item.label, item.content_layer
    if label == "page_footer":
        return Kind.FOOTER
    if label == "page_header":
        return Kind.HEADER
    if layer is None or layer == "body":
        return place.aside
    if layer == "furniture":
        if "footer" in (item.name or ""):
            return Kind.FOOTER
        return place.aside or Kind.HEADER
    return Kind.NOTE if layer in ("notes", "background", "invisible") else place.aside


Handler = Callable[[Walk, str, DoclingItem, Place], None]
