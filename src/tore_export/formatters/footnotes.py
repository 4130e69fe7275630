"""Which footnotes of a document are referred to, and by what label Markdown knows each."""

from __future__ import annotations

from collections.abc import Sequence

from tore_export.documents.columns import ElementColumns, decode_meta
from tore_export.documents.schema import Kind
from tore_export.formatters.atoms import label_of

__all__ = ["notes_of"]

_FOOTNOTE = int(Kind.FOOTNOTE)


def notes_of(columns: ElementColumns, elements: Sequence[int]) -> dict[str, str]:
    """Return the labels of the footnotes some reference names, each with its label in Markdown.

    >>> from tore_export.documents.element import Element
    >>> seen = {"start": 1, "end": 2, "kind": "footnote", "label": "a b"}
    >>> elements = [
    ...     Element(Kind.PARAGRAPH, "x1", meta={"spans": [seen]}),
    ...     Element(Kind.FOOTNOTE, "y", meta={"label": "a b"}),
    ... ]
    >>> notes_of(ElementColumns.from_elements([elements]), range(2))
    {'a b': 'a-b'}
    """
    labels = dict.fromkeys(
        label
        for i in elements
        if columns.kinds[i] == _FOOTNOTE
        and (meta := columns.metas[i]) is not None
        and isinstance(label := decode_meta(meta).get("label"), str)
    )
    if not labels:
        return {}
    referred: set[object] = set()
    for i in elements:
        meta = columns.metas[i]
        if meta is None or '"footnote"' not in meta:
            continue
        said = decode_meta(meta)
        for spans in (said.get("spans"), *(cell.get("spans") for cell in said.get("rich") or ())):
            referred |= {span.get("label") for span in spans or () if span["kind"] == "footnote"}
    notes: dict[str, str] = {}
    counts: dict[str, int] = {}
    for label in labels:
        if label in referred:
            name = label_of(label)
            count = counts[name.lower()] = counts.get(name.lower(), 0) + 1
            notes[label] = name if count == 1 else f"{name}--{count}"
    return notes
