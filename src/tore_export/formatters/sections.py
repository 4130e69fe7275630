"""Where a document's sections begin."""

from __future__ import annotations

from tore_export.documents.columns import ElementColumns
from tore_export.documents.schema import CONTAINERS, Kind

__all__ = ["section_starts"]

_TITLE = int(Kind.TITLE)
_CONTAINERS = frozenset(int(kind) for kind in CONTAINERS)


def section_starts(columns: ElementColumns, first: int, last: int) -> list[int]:
    """Return the elements at which sections of a document begin, of those from `first` to `last`.

    A section is a title and what follows up to the next title of any level; what comes before the
    first title is one too. A title within a list item or a quotation begins none.

    >>> from tore_export.documents.element import Element
    >>> kinds = [Kind.PARAGRAPH, Kind.TITLE, Kind.PARAGRAPH, Kind.TITLE]
    >>> section_starts(ElementColumns.from_elements([[Element(kind) for kind in kinds]]), 0, 4)
    [0, 1, 3]
    """
    kinds, parents = columns.kinds, columns.parents
    held = {columns.ids[i] for i in range(first, last) if kinds[i] in _CONTAINERS}
    held.discard(None)
    starts = [first] if first < last else []
    starts += [
        i
        for i in range(first + 1, last)
        if kinds[i] == _TITLE and (not held or parents[i] not in held)
    ]
    return starts
