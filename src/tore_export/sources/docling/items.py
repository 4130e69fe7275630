"""Items of a docling document that are given without the document that holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tore_export.documents.columns import ElementColumns
from tore_export.errors import DocumentError
from tore_export.sources.builder import Builder, refuse_too_many
from tore_export.sources.docling.fields import encoded
from tore_export.sources.json_text import shown
from tore_export.sources.unit import Limits

if TYPE_CHECKING:
    from tore_export.sources.docling.types import DoclingItem

__all__ = ["append_items"]


def append_items(
    values: Sequence[Mapping[str, Any]], columns: ElementColumns, limits: Limits
) -> tuple[str | None, int]:
    """Append the elements of items of one document; return the first title and the number of warnings.

    They stand in the order given, but for what lies in, or is a caption of, another of them. Groups
    that are not given are made, see MadeGroups; other pointers to what is not given are left out.

    **Raises** DocumentError with rule `duplicate_ids` for items of several documents,
    `reference_cycle` or `too_many_elements`.
    """
    # whoever gives other elements asks here, too, and has no use for the rest of docling
    from tore_export.sources.docling.floating import FLOATING
    from tore_export.sources.docling.made_groups import MadeGroups
    from tore_export.sources.docling.texts import TEXTS
    from tore_export.sources.docling.tree import Tree
    from tore_export.sources.docling.types import DoclingItem, Ref, decoded
    from tore_export.sources.docling.walk import Walk

    refuse_too_many(len(values), limits)
    # what holds all else is listed with the groups
    values = [value for value in values if value["self_ref"] not in ("#/body", "#/furniture")]
    names = [str(value["self_ref"]) for value in values]
    _refuse_several_documents(names)
    found, n_warnings = decoded(encoded(list(values)), list[DoclingItem])
    items: dict[str, DoclingItem] = dict(zip(names, found, strict=True))
    order = MadeGroups(items, [_parent_of(value) for value in values]).order
    below = {pointer for item in items.values() for pointer in _pointers_kept(item, items)}
    # where pointers go in a circle nothing may be left to begin with; the tree says what is wrong
    roots = [Ref(name) for name in order if name not in below] or [Ref(name) for name in order]
    tree = Tree(items, roots)
    walk = Walk(tree, Builder(columns, limits), limits, {**TEXTS, **FLOATING})
    walk.run(roots)
    return walk.title, n_warnings + tree.n_faults + walk.n_faults


def _refuse_several_documents(names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise DocumentError(
                "several items have one place",
                rule="duplicate_ids",
                found=shown(name),
                allowed="items of one document",
                hint="give the documents, or a list of items for each",
            )
        seen.add(name)


def _parent_of(value: Mapping[str, Any]) -> str | None:
    parent = value.get("parent")
    pointer = parent.get("$ref") if isinstance(parent, Mapping) else None
    return pointer if isinstance(pointer, str) else None


def _pointers_kept(item: DoclingItem, items: Mapping[str, DoclingItem]) -> list[str]:
    """Take away what points to nothing, and return where the rest leads."""
    item.children = [ref for ref in item.children or () if ref.to in items]
    item.captions = [ref for ref in item.captions or () if ref.to in items]
    item.footnotes = [ref for ref in item.footnotes or () if ref.to in items]
    kept = [ref.to for ref in (*item.children, *item.captions, *item.footnotes)]
    for cell in (item.data.table_cells if item.data else None) or ():
        if cell.ref is not None and cell.ref.to in items:
            kept.append(cell.ref.to)
        else:
            cell.ref = None
    return kept
