"""Keys and values of forms: the graphs of older schemas, the field items of newer ones."""

from __future__ import annotations

from collections.abc import Iterable

from tore_export.sources.docling.inline import said_text
from tore_export.sources.docling.types import DoclingGraph, DoclingItem

__all__ = ["lines_of_pairs", "pairs_of_fields", "pairs_of_graph"]

Pairs = list[list[str]]


def pairs_of_graph(graph: DoclingGraph) -> Pairs:
    """Return [key, value] of each link between the two; a cell that nothing links stands alone.

    >>> from tore_export.sources.docling.types import GraphCell, GraphLink
    >>> cells = [GraphCell(0, "key", "Name"), GraphCell(1, "value", "Ada"), GraphCell(2, "key", "Age")]
    >>> pairs_of_graph(DoclingGraph(cells, [GraphLink("to_key", 1, 0)]))
    [['Name', 'Ada'], ['Age', '']]
    """
    cells = graph.cells or []
    texts = {
        cell.cell_id: (cell.text if cell.text is not None else cell.orig or "") for cell in cells
    }
    values: dict[int | None, dict[int | None, None]] = {}
    linked = set()
    for link in graph.links or []:
        key, value = link.source_cell_id, link.target_cell_id
        if link.label == "to_key":
            key, value = value, key
        elif link.label != "to_value":
            continue
        if key in texts and value in texts:
            values.setdefault(key, {})[value] = None
            linked.add(value)
    pairs: Pairs = []
    for cell in cells:
        text = texts[cell.cell_id].strip()
        if cell.cell_id in values:
            pairs.extend([text, texts[value].strip()] for value in values[cell.cell_id])
        elif cell.cell_id not in linked and text:
            pairs.append([text, ""] if cell.label == "key" else ["", text])
    return pairs


def pairs_of_fields(parts: Iterable[DoclingItem]) -> Pairs:
    """Return [key, value] of what a field item holds: a key, and perhaps several values.

    >>> parts = [DoclingItem("field_key", text="Name:"), DoclingItem("field_value", text="Ada")]
    >>> pairs_of_fields(parts)
    [['Name:', 'Ada']]
    """
    keys: list[str] = []
    values: list[str] = []
    for part in parts:
        text = said_text(part).strip()
        if text:
            (keys if part.label in ("field_key", "marker") else values).append(text)
    key = " ".join(keys)
    return [[key, value] for value in values] or ([[key, ""]] if key else [])


def lines_of_pairs(pairs: Pairs) -> str:
    r"""Return pairs as lines `key: value`.

    >>> lines_of_pairs([["Name:", "Ada"], ["Age", ""], ["", "x"]])
    'Name: Ada\nAge:\nx'
    """
    lines = []
    for key, value in pairs:
        if key:
            key = key if key.endswith(":") else f"{key}:"  # noqa: PLW2901
        lines.append(f"{key} {value}".strip())
    return "\n".join(lines)
