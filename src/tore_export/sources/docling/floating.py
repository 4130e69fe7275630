"""Elements of docling's floating items: tables, pictures, code, forms, with their captions."""

from __future__ import annotations

from typing import Any

from tore_export.documents.schema import Kind
from tore_export.sources.docling.cells import RichContent
from tore_export.sources.docling.pictures import picture_meta, table_of_chart
from tore_export.sources.docling.tables import Placed, rows_of, words_of
from tore_export.sources.docling.types import DoclingItem
from tore_export.sources.docling.values import lines_of_pairs, pairs_of_fields, pairs_of_graph
from tore_export.sources.docling.walk import Handler, Line, Place, Walk

__all__ = ["FLOATING"]


def _code(walk: Walk, pointer: str, item: DoclingItem, place: Place) -> None:
    place = place.inside()
    text = item.text or item.orig or ""
    there = bool(text.strip())
    if there:
        language = (item.code_language or "").lower()
        meta = {"language": language} if language not in ("", "unknown") else None
        walk.block(Kind.CODE, pointer, item, place, (text, []), meta=meta)
    _captions(walk, pointer if there else None, item, place)
    walk.push(item.children, place)


def _captions(walk: Walk, owner: str | None, item: DoclingItem, place: Place) -> None:
    for ref in item.captions or ():
        caption = walk.tree.take(ref.to)
        if caption is None:
            continue
        line, children = walk.line(caption)
        if line[0].strip():
            walk.neighbours.interrupt(place.container)
            walk.add(Kind.CAPTION, ref.to, caption, owner or place.container, line)
        walk.push(children, place)


def _footnotes(walk: Walk, item: DoclingItem, place: Place) -> None:
    """Have the footnotes handled next that no place in the tree is given to."""
    rooted = walk.tree.rooted
    walk.push([ref for ref in item.footnotes or () if ref.to not in rooted], place)


def _table(walk: Walk, pointer: str, item: DoclingItem, place: Place) -> None:
    place = place.inside()
    placed = walk.tree.placed(item.data) if item.data else []
    _captions(walk, None if placed == [] else pointer, item, place)
    _put_table(walk, pointer, item, place, placed)
    walk.push(item.children, place)
    _footnotes(walk, item, place)


def _put_table(
    walk: Walk, pointer: str, item: DoclingItem, place: Place, placed: Placed | None
) -> None:
    if placed is None:
        words = words_of(item.data) if item.data else ""
        walk.block(Kind.TABLE, pointer, item, place, (words, []))
    elif placed:
        rich = _rich(walk, placed)
        meta = {"rich": rich} if rich else None
        walk.table(pointer, item, place, rows_of(placed), meta)


def _rich(walk: Walk, placed: Placed) -> list[dict[str, Any]]:
    """Put the words of rich cells into them; return what these hold beyond words."""
    rich = []
    for number, row in enumerate(placed):
        for at, (cell, _, _) in enumerate(row):
            if cell.ref is None:
                continue
            content = RichContent(walk.tree, [cell.ref.to])
            cell.text = content.text or cell.text
            if content.html:
                rich.append({"row": number, "place": at, "html": content.html})
            elif content.spans:
                rich.append({"row": number, "place": at, "spans": content.spans})
    return rich


def _picture(walk: Walk, pointer: str, item: DoclingItem, place: Place) -> None:
    place = place.inside()
    _captions(walk, pointer, item, place)
    meta = picture_meta(item, walk.limits)
    walk.block(Kind.IMAGE, pointer, item, place, ("", []), meta=meta or None)
    chart = table_of_chart(item)
    if chart is not None:
        item.data = chart
        _put_table(walk, f"{pointer}/chart", item, place, walk.tree.placed(chart))
    _footnotes(walk, item, place)


def _graph(walk: Walk, pointer: str, item: DoclingItem, place: Place) -> None:
    place = place.inside()
    pairs: list[list[str]] = []
    rooted = walk.tree.rooted
    cells = (item.graph and item.graph.cells) or []
    if item.graph and not all(cell.item_ref and cell.item_ref.to in rooted for cell in cells):
        # where all of them are in the tree, every word stands in the text
        pairs = pairs_of_graph(item.graph)
    _captions(walk, pointer if pairs else None, item, place)
    _pairs(walk, pointer, item, place, pairs)
    walk.push(item.children, place)


def _field(walk: Walk, pointer: str, item: DoclingItem, place: Place) -> None:
    _pairs(walk, pointer, item, place.inside(), pairs_of_fields(walk.tree.parts(item)))


def _pairs(
    walk: Walk, pointer: str, item: DoclingItem, place: Place, pairs: list[list[str]]
) -> None:
    if pairs:
        line: Line = (lines_of_pairs(pairs), [])
        walk.block(Kind.KEY_VALUE, pointer, item, place, line, meta={"pairs": pairs})


FLOATING: dict[str, Handler] = {
    "code": _code,
    **dict.fromkeys(("table", "document_index"), _table),
    **dict.fromkeys(("picture", "chart"), _picture),
    **dict.fromkeys(("form", "key_value_region"), _graph),
    "field_item": _field,
}
"""What is done with an item, by its label."""
