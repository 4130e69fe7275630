"""Elements of one document in the making, for readers that find them one after the other."""

from __future__ import annotations

from typing import Any

from tore_export.documents.columns import Cells, ElementColumns, encode_meta
from tore_export.documents.schema import Kind
from tore_export.errors import DocumentError
from tore_export.sources.unit import Limits

__all__ = ["Builder", "refuse_too_many"]


class Builder:
    """Appends elements of one document to the columns of a reader's rows.

    Ids that are not given are the elements' numbers in the document. Close the document with
    `document.add_document`.

    **Raises** DocumentError with rule `too_many_elements`, from `add`.

    >>> from tore_export.documents.columns import DocumentRows
    >>> rows = DocumentRows(0)
    >>> build = Builder(rows.elements, Limits())
    >>> item = build.add(Kind.LIST_ITEM, "pumps", level=0)
    >>> build.add(Kind.CODE, "run()", parent=item, meta={"language": "python"})
    '1'
    """

    __slots__ = ("_columns", "_limits", "_start")

    def __init__(self, columns: ElementColumns, limits: Limits) -> None:
        self._columns = columns
        self._limits = limits
        self._start = len(columns)

    def __len__(self) -> int:
        return len(self._columns) - self._start

    def add(
        self,
        kind: Kind,
        text: str,
        *,
        level: int | None = None,
        parent: str | None = None,
        page: int | None = None,
        confidence: float | None = None,
        cells: Cells | None = None,
        meta: dict[str, Any] | None = None,
        id: str | None = None,
    ) -> str:
        """Append an element and return its id; see Element for what the values mean."""
        columns = self._columns
        number = len(columns) - self._start
        if number >= self._limits.max_elements:
            refuse_too_many(number + 1, self._limits)
        if id is None:
            id = str(number)
        columns.ids.append(id)
        columns.texts.append(text)
        columns.levels.append(level)
        columns.parents.append(parent)
        columns.pages.append(page)
        columns.confidences.append(confidence)
        columns.cells.append(cells)
        columns.metas.append(encode_meta(meta) if meta else None)
        columns.kinds.append(int(kind))
        return id

    def extend(
        self,
        kinds: list[int],
        texts: list[str],
        *,
        ids: list[str],
        levels: list[int | None],
        parents: list[str | None],
        pages: list[int | None],
        metas: list[str | None],
    ) -> None:
        """Append elements without cells, given column by column; `metas` are JSON, see `encode_meta`."""
        columns = self._columns
        number = len(self) + len(kinds)
        if number > self._limits.max_elements:
            refuse_too_many(number, self._limits)
        nothing = [None] * len(kinds)
        columns.ids += ids
        columns.texts += texts
        columns.levels += levels
        columns.parents += parents
        columns.pages += pages
        columns.confidences += nothing
        columns.cells += nothing
        columns.metas += metas
        columns.kinds += kinds


def refuse_too_many(n_elements: int, limits: Limits) -> None:
    """Refuse a document of more elements than allowed, with rule `too_many_elements`."""
    if n_elements > limits.max_elements:
        raise DocumentError(
            "too many elements",
            rule="too_many_elements",
            found=f"{n_elements:,}",
            allowed=f"{limits.max_elements:,}",
        )
