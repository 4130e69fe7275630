"""Elements as plain lists, one list a column: what readers fill and what formatters walk.

A Python object per element costs more than everything that is done with it. A reader therefore
appends to these lists and hands them over as an Arrow table, and a formatter gets them back with one
`to_pylist` a column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any, cast

import pyarrow as pa

from tore_export.documents.cells import Cells, cells_from_arrow, cells_to_arrow
from tore_export.documents.combined import combined
from tore_export.documents.element import Cell, Element, ElementMeta
from tore_export.documents.schema import DOCUMENT, ELEMENT, END_OF_UNIT, REJECT, Kind

__all__ = ["Cells", "DocumentRows", "ElementColumns", "decode_meta", "encode_meta"]


def encode_meta(meta: ElementMeta | dict[str, Any] | None) -> str | None:
    """Return an element's or a document's meta as JSON with sorted keys; None if it says nothing."""
    import msgspec

    return msgspec.json.encode(meta, order="sorted").decode() if meta else None


def decode_meta(meta: str | None) -> dict[str, Any]:
    """Return what `encode_meta` was given."""
    import msgspec

    found: dict[str, Any] = msgspec.json.decode(meta) if meta else {}
    return found


@dataclass(slots=True)
class ElementColumns:
    """Elements of several documents, one after the other; `counts[d]` belong to document d.

    A reader may give a table's cells as an Arrow array of rows, too; they are read as lists.
    """

    counts: list[int] = field(default_factory=list)
    ids: list[str | None] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    levels: list[int | None] = field(default_factory=list)
    parents: list[str | None] = field(default_factory=list)
    pages: list[int | None] = field(default_factory=list)
    confidences: list[float | None] = field(default_factory=list)
    cells: list[Cells | None] = field(default_factory=list)
    metas: list[str | None] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.kinds)

    def lists(self) -> tuple[list[Any], ...]:
        """Return every list that holds one value an element."""
        return (
            self.ids,
            self.kinds,
            self.texts,
            self.levels,
            self.parents,
            self.pages,
            self.confidences,
            self.cells,
            self.metas,
        )

    @property
    def offsets(self) -> list[int]:
        """Where each document's elements begin, and where the last one's end."""
        return list(accumulate(self.counts, initial=0))

    def to_arrow(self) -> pa.ListArray:
        """Return the column `elements` of the row contract."""
        children = [
            pa.array(self.ids, pa.string()),
            pa.array(self.kinds, pa.int8()),
            pa.array(self.texts, pa.string()),
            pa.array(self.levels, pa.int16()),
            pa.array(self.parents, pa.string()),
            pa.array(self.pages, pa.int32()),
            pa.array(self.confidences, pa.float32()),
            cells_to_arrow(self.cells),
            pa.array(self.metas, pa.string()),
        ]
        values = pa.StructArray.from_arrays(children, fields=list(ELEMENT))
        return pa.ListArray.from_arrays(
            pa.array(self.offsets, pa.int32()), values, type=DOCUMENT.field("elements").type
        )

    @classmethod
    def from_arrow(cls, column: pa.Array | pa.ChunkedArray) -> ElementColumns:
        """Read the column `elements`; a null list has no elements."""
        column = combined(column)
        # flatten, not .values: it follows slices and leaves out what null lists cover
        values = column.flatten()
        counts = column.value_lengths().fill_null(0).to_pylist()
        # first, since their tuples set off collections of garbage, which walk every list there is
        cells = cells_from_arrow(values.field("cells"))
        return cls(
            counts=counts,
            ids=values.field("id").to_pylist(),
            kinds=values.field("kind").to_pylist(),
            texts=values.field("text").to_pylist(),
            levels=values.field("level").to_pylist(),
            parents=values.field("parent").to_pylist(),
            pages=values.field("page").to_pylist(),
            confidences=values.field("confidence").to_pylist(),
            cells=cells,
            metas=values.field("meta").to_pylist(),
        )

    @classmethod
    def from_elements(cls, documents: Sequence[Sequence[Element]]) -> ElementColumns:
        """Lay out Python elements as columns, one inner sequence a document."""
        columns = cls(counts=[len(elements) for elements in documents])
        for element in (element for elements in documents for element in elements):
            columns.ids.append(element.id)
            columns.kinds.append(int(element.kind))
            columns.texts.append(element.text)
            columns.levels.append(element.level)
            columns.parents.append(element.parent)
            columns.pages.append(element.page)
            columns.confidences.append(element.confidence)
            columns.cells.append(
                None
                if element.cells is None
                else [
                    [(c.text, c.row_span, c.col_span, c.header) for c in r] for r in element.cells
                ]
            )
            columns.metas.append(encode_meta(element.meta))
        return columns

    def to_elements(self) -> list[list[Element]]:
        """Return Python elements, one list a document."""
        offsets = self.offsets
        return [[self._element(i) for i in range(start, end)] for start, end in pairwise(offsets)]

    def _element(self, i: int) -> Element:
        cells = self.cells[i]
        return Element(
            kind=Kind(self.kinds[i]),
            text=self.texts[i],
            id=self.ids[i],
            level=self.levels[i],
            parent=self.parents[i],
            page=self.pages[i],
            confidence=self.confidences[i],
            cells=None if cells is None else tuple(tuple(Cell(*c) for c in row) for row in cells),
            meta=cast(ElementMeta, decode_meta(self.metas[i])),
        )


@dataclass(slots=True)
class DocumentRows:
    """Rows of the document grain in the making: what a source fills, document by document.

    A reader appends an element's values to `elements`' lists and then closes the document with
    `add`; what was appended since the last row belongs to it. `fail` instead takes those elements
    back and closes the document as one that cannot be read. Where a document's elements lie in
    Arrow already, `add` is told of them, and nothing may have been appended.
    """

    unit: int
    elements: ElementColumns = field(default_factory=ElementColumns)
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    _closed: int = 0  # how many elements belong to rows already
    # stretches of arrays, as [array, start, end]; `elements` are those of the rows behind them
    _laid_out: list[list[Any]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows)

    def add(
        self,
        doc_id: str,
        source: str,
        *,
        place: int | None = None,
        title: str | None = None,
        created_at: str | None = None,
        language: str | None = None,
        meta: str | None = None,
        warnings: int = 0,
        reject: dict[str, Any] | None = None,
        elements: tuple[pa.ListArray, int] | None = None,
    ) -> None:
        """Close a document. `meta` is JSON, see `encode_meta`.

        `elements` are an array like the column `elements` and the document's place in it.
        """
        if elements is None:
            self.elements.counts.append(len(self.elements) - self._closed)
            self._closed = len(self.elements)
        else:
            self._lay_out(*elements)
        self.rows.append(
            (place, doc_id, source, title, created_at, language, meta, warnings, reject)
        )

    def _lay_out(self, array: pa.ListArray, place: int) -> None:
        if self.elements.counts:
            self._laid_out.append([self.elements.to_arrow(), 0, len(self.elements.counts)])
            self.elements = ElementColumns()
            self._closed = 0
        last = self._laid_out[-1] if self._laid_out else None
        if last and last[0] is array and last[2] == place:
            last[2] += 1
        else:
            self._laid_out.append([array, place, place + 1])

    def _all_elements(self) -> pa.ListArray:
        arrays = [array.slice(start, end - start) for array, start, end in self._laid_out]
        if self.elements.counts or not arrays:
            arrays.append(self.elements.to_arrow())
        return arrays[0] if len(arrays) == 1 else pa.concat_arrays(arrays)

    def take_back(self) -> None:
        """Forget the elements appended since the last row."""
        for column in self.elements.lists():
            del column[self._closed :]

    def fail(
        self, doc_id: str, source: str, *, rule: str, detail: str, place: int | None = None
    ) -> None:
        """Close a document that cannot be read, without elements."""
        self.take_back()
        reject = {
            "failed": True,
            "stage": "source",
            "rule": rule,
            "value": None,
            "threshold": None,
            "detail": detail,
        }
        self.add(doc_id, source, place=place, reject=reject)

    def mark_end(self, n_documents: int) -> None:
        """Close the unit, of which `n_documents` were emitted; see schema.py."""
        reject = {
            "failed": False,
            "stage": "source",
            "rule": END_OF_UNIT,
            "value": float(n_documents),
            "threshold": None,
            "detail": None,
        }
        self.add("", "", reject=reject)

    def to_table(self) -> pa.Table:
        """Return the rows as a table of the schema DOCUMENT."""
        places, ids, sources, titles, dates, languages, metas, warnings, rejects = (
            zip(*self.rows, strict=True) if self.rows else ((),) * 9
        )
        arrays = [
            pa.repeat(pa.scalar(self.unit, pa.int32()), len(self.rows)),
            pa.array(places, pa.int64()),
            pa.array(ids, pa.string()),
            pa.array(sources, pa.string()),
            pa.array(titles, pa.string()),
            pa.array(dates, pa.string()),
            pa.array(languages, pa.string()),
            pa.array(metas, pa.string()),
            pa.array(warnings, pa.int32()),
            self._all_elements(),
            pa.array(rejects, REJECT),
        ]
        return pa.Table.from_arrays(arrays, schema=DOCUMENT)
