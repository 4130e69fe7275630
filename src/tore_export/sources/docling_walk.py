"""The walk over a docling tree that makes elements of its items, without recursion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tore_export.documents.schema import Kind
from tore_export.sources.builder import Builder
from tore_export.sources.docling_cells import RichContent
from tore_export.sources.docling_inline import joined, said_text, text_of
from tore_export.sources.docling_lists import Neighbours, OpenGroup, mark_of
from tore_export.sources.docling_pictures import picture_meta, table_of_chart
from tore_export.sources.docling_tables import Placed, placed_cells, rows_of
from tore_export.sources.docling_tree import Tree
from tore_export.sources.docling_types import DoclingItem, DoclingTable, Ref
from tore_export.sources.docling_values import lines_of_pairs, pairs_of_fields, pairs_of_graph
from tore_export.sources.elements import MAX_PAGE
from tore_export.sources.outline import MAX_LEVEL
from tore_export.sources.unit import Limits

__all__ = ["Place", "Walk"]

Line = tuple[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where items stand: the container they lie in, how many list items that is, in which list.

    `aside` is set where all there is belongs to the page and not to the text.
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


class Walk:
    """Makes elements of the items of one tree, in reading order.

    `title` is the text of the first title, `n_faults` the number of items read only in part.
    """

    __slots__ = ("_build", "_limits", "_neighbours", "_todo", "_tree", "n_faults", "title")

    def __init__(self, tree: Tree, build: Builder, limits: Limits) -> None:
        self._tree = tree
        self._build = build
        self._limits = limits
        self._neighbours = Neighbours()
        self._todo: list[tuple[str, Place]] = []
        self.title: str | None = None
        self.n_faults = 0

    def run(self, roots: Sequence[Ref], place: Place) -> None:
        """Append the elements of what lies below these."""
        tree, todo = self._tree, self._todo
        owners = tree.owners
        self._push(roots, place)
        while todo:
            pointer, place = todo.pop()
            if pointer in owners and not tree.is_taken(owners[pointer]):
                continue  # it comes with what it is the caption of
            item = tree.take(pointer)
            if item is None:
                continue
            aside = _aside(item, place)
            if aside is not None:
                self._put_aside(pointer, item, place, aside)
                continue
            handle = _HANDLERS.get(item.label or "")
            if handle is not None:
                handle(self, pointer, item, place)
            elif pointer.startswith("#/groups/"):
                self._push(item.children, place.inside())
            else:
                self.n_faults += 1
                self._paragraph(pointer, item, place)

    def _push(self, refs: Sequence[Ref] | None, place: Place) -> None:
        if refs:
            self._todo.extend([(ref.to, place) for ref in reversed(refs)])

    def _add(
        self,
        kind: Kind,
        pointer: str,
        item: DoclingItem,
        container: str | None,
        line: Line,
        meta: dict[str, Any] | None = None,
        **more: Any,
    ) -> None:
        text, spans = line
        if spans:
            meta = {**(meta or {}), "spans": spans}
        prov = item.prov
        page = prov[0].page_no if prov else None
        if page is not None and not 0 < page <= MAX_PAGE:
            page = None
        self._build.add(kind, text, id=pointer, parent=container, page=page, meta=meta, **more)

    def _block(
        self, kind: Kind, pointer: str, item: DoclingItem, place: Place, line: Line, **more: Any
    ) -> None:
        self._neighbours.interrupt(place.container)
        self._add(kind, pointer, item, place.container, line, **more)

    def _line(self, item: DoclingItem) -> tuple[Line, Sequence[Ref]]:
        """Return an item's line, be it in an inline group below it, and its other children."""
        children = item.children or ()
        if children and not said_text(item):
            first = self._tree.look(children[0].to)
            if first is not None and first.label == "inline":
                group = self._tree.take(children[0].to)
                return joined(self._tree.parts(group)) if group else ("", []), children[1:]
        return text_of(item), children

    def _put_aside(self, pointer: str, item: DoclingItem, place: Place, aside: Kind) -> None:
        """Append what belongs to the page as plain lines; what pictures show of it is left out."""
        label = item.label
        children: Sequence[Ref] = item.children or ()
        line: Line = ("", [])
        if label == "inline":
            line, children = joined(self._tree.parts(item)), ()
        elif item.data is not None:
            line, children = (_lines_of(item.data), []), ()
        elif label in ("picture", "chart"):
            children = ()
        elif not pointer.startswith("#/groups/"):
            line, children = self._line(item)
        if line[0].strip():
            self._add(aside, pointer, item, None, line)
        self._push(children, Place(aside=aside))

    def _list(self, pointer: str, item: DoclingItem, place: Place) -> None:
        place = place.inside()
        group = OpenGroup(ordered=item.label == "ordered_list")
        self._push(item.children, Place(place.container, place.depth, group, place.aside))

    def _inline(self, pointer: str, item: DoclingItem, place: Place) -> None:
        line = joined(self._tree.parts(item))
        if line[0]:
            self._block(Kind.PARAGRAPH, pointer, item, place.inside(), line)

    def _comments(self, pointer: str, item: DoclingItem, place: Place) -> None:
        self._push(item.children, Place(aside=Kind.NOTE))

    def _paragraph(self, pointer: str, item: DoclingItem, place: Place) -> None:
        self._simple(Kind.PARAGRAPH, pointer, item, place.inside())

    def _simple(self, kind: Kind, pointer: str, item: DoclingItem, place: Place) -> None:
        line, children = self._line(item)
        if line[0] and not line[0].isspace():
            self._block(kind, pointer, item, place, line)
        self._push(children, place)

    def _caption(self, pointer: str, item: DoclingItem, place: Place) -> None:
        self._simple(Kind.CAPTION, pointer, item, place.inside())

    def _footnote(self, pointer: str, item: DoclingItem, place: Place) -> None:
        place = place.inside()
        line, children = self._line(item)
        if line[0].strip() or children:
            self._block(Kind.FOOTNOTE, pointer, item, place, line)
            self._push(children, Place(pointer, place.depth, None, place.aside))

    def _heading(self, pointer: str, item: DoclingItem, place: Place) -> None:
        (text, spans), children = self._line(item)
        place = place.inside()
        if "\n" in text:
            text = text.replace("\n", " ")
            spans = [span for span in spans if span["kind"] != "break"]
        if text.strip():
            if item.label == "title":
                level = 1
                self.title = self.title or text.strip()
            else:
                level = min(max(item.level or 1, 1) + 1, MAX_LEVEL)
            self._block(Kind.TITLE, pointer, item, place, (text, spans), level=level)
        self._push(children, place)

    def _item(self, pointer: str, item: DoclingItem, place: Place) -> None:
        (text, spans), children = self._line(item)
        if not text and children:
            first = self._tree.look(children[0].to)
            if first is not None and first.label in ("text", "paragraph") and not first.children:
                own = self._tree.take(children[0].to)
                (text, spans), children = text_of(own) if own else ("", []), children[1:]
        ordered, number, mark = mark_of(item, place.group)
        if mark and not text.startswith(mark):
            text = mark + text
            spans = [
                {**span, "start": span["start"] + len(mark), "end": span["end"] + len(mark)}
                for span in spans
            ]
        self._put_item(
            Kind.LIST_ITEM, pointer, item, place, (text, spans), children, ordered, number
        )

    def _checkbox(self, pointer: str, item: DoclingItem, place: Place) -> None:
        line, children = self._line(item)
        self._put_item(Kind.CHECKBOX, pointer, item, place, line, children, False, None)

    def _put_item(
        self,
        kind: Kind,
        pointer: str,
        item: DoclingItem,
        place: Place,
        line: Line,
        children: Sequence[Ref],
        ordered: bool,
        number: int | None,
    ) -> None:
        if not line[0].strip() and not children:
            return
        meta = self._neighbours.meta_of(place.container, place.group, ordered, number)
        if kind == Kind.CHECKBOX:
            meta["checked"] = item.label == "checkbox_selected"
        elif not ordered and line[0][:1].isdigit():
            meta["ordered"] = False  # else the number would be taken for the item's
        self._add(kind, pointer, item, place.container, line, meta, level=place.depth)
        if place.group is not None:
            place.group.last = pointer
        self._push(children, Place(pointer, place.depth + 1, None, place.aside))

    def _code(self, pointer: str, item: DoclingItem, place: Place) -> None:
        place = place.inside()
        text = item.text or item.orig or ""
        if text.strip():
            language = (item.code_language or "").lower()
            meta = {"language": language} if language not in ("", "unknown") else None
            self._block(Kind.CODE, pointer, item, place, (text, []), meta=meta)
        self._captions(pointer, item, place)
        self._push(item.children, place)

    def _formula(self, pointer: str, item: DoclingItem, place: Place) -> None:
        place = place.inside()
        text = item.text or item.orig or ""
        if text.strip():
            meta: dict[str, Any] = {"display": True}
            if item.text:
                meta["latex"] = item.text
            self._block(Kind.FORMULA, pointer, item, place, (text, []), meta=meta)
        self._push(item.children, place)

    def _captions(self, pointer: str, item: DoclingItem, place: Place) -> None:
        for ref in item.captions or ():
            caption = self._tree.take(ref.to)
            if caption is None:
                continue
            line, children = self._line(caption)
            if line[0].strip():
                self._neighbours.interrupt(place.container)
                self._add(Kind.CAPTION, ref.to, caption, pointer, line)
            self._push(children, place)

    def _table(self, pointer: str, item: DoclingItem, place: Place) -> None:
        place = place.inside()
        self._captions(pointer, item, place)
        self._put_table(pointer, item, place, item.data)
        rooted = self._tree.rooted
        self._push(item.children, place)
        for refs in (item.references, item.footnotes):
            self._push([ref for ref in refs or () if ref.to not in rooted], place)

    def _put_table(
        self, pointer: str, item: DoclingItem, place: Place, data: DoclingTable | None
    ) -> None:
        placed, n_faults = placed_cells(data) if data else ([], 0)
        self.n_faults += n_faults
        if placed is None:
            self._block(Kind.TABLE, pointer, item, place, (_lines_of(data), []))
        elif placed:
            rich = self._rich(placed)
            meta = {"rich": rich} if rich else None
            self._block(
                Kind.TABLE, pointer, item, place, ("", []), meta=meta, cells=rows_of(placed)
            )

    def _rich(self, placed: Placed) -> list[dict[str, Any]]:
        """Put the words of rich cells into them; return what these hold beyond words."""
        rich = []
        for number, row in enumerate(placed):
            for at, (cell, _, _) in enumerate(row):
                if cell.ref is None:
                    continue
                content = RichContent(self._tree, [cell.ref.to])
                cell.text = content.text or cell.text
                if content.html:
                    rich.append({"row": number, "place": at, "html": content.html})
                elif content.spans:
                    rich.append({"row": number, "place": at, "spans": content.spans})
        return rich

    def _picture(self, pointer: str, item: DoclingItem, place: Place) -> None:
        place = place.inside()
        self._captions(pointer, item, place)
        meta = picture_meta(item, self._limits)
        self._block(Kind.IMAGE, pointer, item, place, ("", []), meta=meta or None)
        chart = table_of_chart(item)
        if chart is not None:
            self._put_table(f"{pointer}/chart", item, place, chart)
        rooted = self._tree.rooted
        for refs in (item.references, item.footnotes):
            self._push([ref for ref in refs or () if ref.to not in rooted], place)

    def _graph(self, pointer: str, item: DoclingItem, place: Place) -> None:
        place = place.inside()
        self._captions(pointer, item, place)
        graph = item.graph
        rooted = self._tree.rooted
        if graph is not None and graph.cells:
            said = [
                cell.item_ref is not None and cell.item_ref.to in rooted for cell in graph.cells
            ]
            if not all(said):  # else every word of it stands in the text
                self._pairs(pointer, item, place, pairs_of_graph(graph))
        self._push(item.children, place)

    def _field(self, pointer: str, item: DoclingItem, place: Place) -> None:
        self._pairs(pointer, item, place.inside(), pairs_of_fields(self._tree.parts(item)))

    def _pairs(self, pointer: str, item: DoclingItem, place: Place, pairs: list[list[str]]) -> None:
        if pairs:
            line: Line = (lines_of_pairs(pairs), [])
            self._block(Kind.KEY_VALUE, pointer, item, place, line, meta={"pairs": pairs})


Handler = Callable[[Walk, str, DoclingItem, Place], None]

_HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(("list", "ordered_list"), Walk._list),
    "inline": Walk._inline,
    "comment_section": Walk._comments,
    **dict.fromkeys(
        (
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
        ),
        Walk._paragraph,
    ),
    **dict.fromkeys(("title", "section_header"), Walk._heading),
    "list_item": Walk._item,
    **dict.fromkeys(("checkbox_selected", "checkbox_unselected"), Walk._checkbox),
    "caption": Walk._caption,
    "footnote": Walk._footnote,
    "code": Walk._code,
    "formula": Walk._formula,
    **dict.fromkeys(("table", "document_index"), Walk._table),
    **dict.fromkeys(("picture", "chart"), Walk._picture),
    **dict.fromkeys(("form", "key_value_region"), Walk._graph),
    "field_item": Walk._field,
    "field_region": lambda walk, pointer, item, place: walk._push(item.children, place.inside()),
}


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


def _lines_of(data: DoclingTable | None) -> str:
    """Return a table's cells as text, a row a line."""
    rows: dict[int, list[str]] = {}
    for cell in (data.table_cells if data else None) or ():
        if cell.text:
            rows.setdefault(cell.start_row_offset_idx or 0, []).append(cell.text)
    return "\n".join(" ".join(rows[number]) for number in sorted(rows))
