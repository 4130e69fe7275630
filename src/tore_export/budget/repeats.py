"""The first two steps: what belongs to the page, and what the document says twice."""

from __future__ import annotations

from tore_export.budget.draft import Change, Draft
from tore_export.documents.columns import decode_meta
from tore_export.documents.schema import FURNITURE, Kind

__all__ = ["LEAST_REPEAT", "furniture", "repeats"]

LEAST_REPEAT = 8
"""Repeats of fewer tokens stay: `yes` may be the answer twice."""

_FURNITURE = frozenset(int(kind) for kind in FURNITURE)
_UNREPEATED = _FURNITURE | {int(Kind.TITLE), int(Kind.RULE)}


def furniture(draft: Draft) -> list[Change]:
    """Return running headers, footers, page numbers, breaks and notes, as far as they are written."""
    kinds = draft.columns.kinds
    return [
        Change(i, draft.costs[i])
        for i, alone in enumerate(draft.is_alone())
        if alone and kinds[i] in _FURNITURE
    ]


def repeats(draft: Draft) -> list[Change]:
    """Return elements that say, to the word, what one of their kind before them says.

    Headings may repeat, and so may what is shorter than LEAST_REPEAT tokens; an element that holds
    others is no repeat.
    """
    columns = draft.columns
    seen: set[tuple[object, ...]] = set()
    found = []
    for i, alone in enumerate(draft.is_alone()):
        if not alone or columns.kinds[i] in _UNREPEATED or draft.costs[i] < LEAST_REPEAT:
            continue
        said = _said(draft, i)
        if said in seen:
            found.append(Change(i, draft.costs[i]))
        seen.add(said)
    return found


def _said(draft: Draft, i: int) -> tuple[object, ...]:
    text, cells, meta = draft.content(i)
    kind = draft.columns.kinds[i]
    if cells:
        return kind, tuple(tuple((cell[0] or "").split()) for row in cells for cell in row)
    if kind in (Kind.IMAGE, Kind.FORMULA, Kind.KEY_VALUE, Kind.CODE):
        said = decode_meta(meta) if meta else {}
        more = [said.get(key) for key in ("alt", "caption", "url", "latex", "pairs")]
        return kind, text, str(more)
    return kind, " ".join(text.split())
