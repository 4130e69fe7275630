"""Elements of docling's texts and lists: headings, paragraphs, items, checkboxes, formulas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tore_export.documents.schema import Kind
from tore_export.sources.docling.inline import joined, text_of
from tore_export.sources.docling.lists import OpenGroup, mark_of
from tore_export.sources.docling.types import DoclingItem, Ref
from tore_export.sources.docling.walk import PLAIN, Handler, Line, Place, Walk
from tore_export.sources.outline import MAX_LEVEL

__all__ = ["TEXTS"]


def _list(walk: Walk, pointer: str, item: DoclingItem, place: Place) -> None:
    place = place.inside()
    group = OpenGroup(ordered=item.label == "ordered_list")
    walk.push(item.children, Place(place.container, place.depth, group, place.aside))


def _inline(walk: Walk, pointer: str, item: DoclingItem, place: Place) -> None:
    line = joined(walk.tree.parts(item))
    if line[0]:
        walk.block(Kind.PARAGRAPH, pointer, item, place.inside(), line)


def _comments(walk: Walk, pointer: str, item: DoclingItem, place: Place) -> None:
    walk.push(item.children, Place(aside=Kind.NOTE))


def _paragraph(walk: Walk, pointer: str, item: DoclingItem, place: Place) -> None:
    _simple(walk, Kind.PARAGRAPH, pointer, item, place.inside())


def _simple(walk: Walk, kind: Kind, pointer: str, item: DoclingItem, place: Place) -> None:
    line, children = walk.line(item)
    if line[0] and not line[0].isspace():
        walk.block(kind, pointer, item, place, line)
    walk.push(children, place)


def _caption(walk: Walk, pointer: str, item: DoclingItem, place: Place) -> None:
    _simple(walk, Kind.CAPTION, pointer, item, place.inside())


def _footnote(walk: Walk, pointer: str, item: DoclingItem, place: Place) -> None:
    place = place.inside()
    line, children = walk.line(item)
    if line[0].strip() or children:
        walk.block(Kind.FOOTNOTE, pointer, item, place, line)
        walk.push(children, Place(pointer, place.depth, None, place.aside))


def _heading(walk: Walk, pointer: str, item: DoclingItem, place: Place) -> None:
    (text, spans), children = walk.line(item)
    place = place.inside()
    if "\n" in text:
        text = text.replace("\n", " ")
        spans = [span for span in spans if span["kind"] != "break"]
    if text.strip():
        if item.label == "title":
            level = 1
            walk.title = walk.title or text.strip()
        else:
            level = min(max(item.level or 1, 1) + 1, MAX_LEVEL)
        walk.block(Kind.TITLE, pointer, item, place, (text, spans), level=level)
    walk.push(children, place)


def _item(walk: Walk, pointer: str, item: DoclingItem, place: Place) -> None:
    (text, spans), children = walk.line(item)
    if not text and children:
        first = walk.tree.look(children[0].to)
        if first is not None and first.label in ("text", "paragraph") and not first.children:
            own = walk.tree.take(children[0].to)
            (text, spans), children = text_of(own) if own else ("", []), children[1:]
    ordered, number, mark = mark_of(item, place.group)
    if mark and not text.startswith(mark):
        text = mark + text
        spans = [
            {**span, "start": span["start"] + len(mark), "end": span["end"] + len(mark)}
            for span in spans
        ]
    _put_item(walk, Kind.LIST_ITEM, pointer, item, place, (text, spans), children, ordered, number)


def _checkbox(walk: Walk, pointer: str, item: DoclingItem, place: Place) -> None:
    line, children = walk.line(item)
    _put_item(walk, Kind.CHECKBOX, pointer, item, place, line, children, False, None)


def _put_item(
    walk: Walk,
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
    meta = walk.neighbours.meta_of(place.container, place.group, ordered, number)
    if kind == Kind.CHECKBOX:
        meta["checked"] = item.label == "checkbox_selected"
    elif not ordered and item.marker and line[0][:1].isdigit():
        # it has a mark, so a number its text begins with is not another one
        meta["ordered"] = False
    walk.add(kind, pointer, item, place.container, line, meta, level=place.depth)
    if place.group is not None:
        place.group.last = pointer
    if children:
        walk.push(children, Place(pointer, place.depth + 1, None, place.aside))


def _formula(walk: Walk, pointer: str, item: DoclingItem, place: Place) -> None:
    place = place.inside()
    text = item.text or item.orig or ""
    if text.strip():
        meta: dict[str, Any] = {"display": True}
        if item.text:
            meta["latex"] = item.text
        walk.block(Kind.FORMULA, pointer, item, place, (text, []), meta=meta)
    walk.push(item.children, place)


TEXTS: dict[str, Handler] = {
    **dict.fromkeys(("list", "ordered_list"), _list),
    "inline": _inline,
    "comment_section": _comments,
    **dict.fromkeys(PLAIN, _paragraph),
    **dict.fromkeys(("title", "section_header"), _heading),
    "list_item": _item,
    **dict.fromkeys(("checkbox_selected", "checkbox_unselected"), _checkbox),
    "caption": _caption,
    "footnote": _footnote,
    "formula": _formula,
}
"""What is done with an item, by its label."""
