"""Rows of plain elements as our own columns at once: a few calls for all elements of a batch.

Plain is a row all of whose elements are as their dialect says, with ids of their own and behind their
parents. What it says of a document is what `elements.py` says, which reads the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.documents.cells import placed_cells, tables_to_arrow
from tore_export.documents.schema import DOCUMENT, ELEMENT, Kind
from tore_export.sources.document import add_document
from tore_export.sources.element_details import details
from tore_export.sources.elements import MAX_PAGE, language_of
from tore_export.sources.key_values import JOINED
from tore_export.sources.kinds import KINDS
from tore_export.sources.outline import MAX_DEPTH
from tore_export.sources.outline_columns import (
    levels_of_rows,
    places_of_parents,
    rows_with_twins,
)
from tore_export.sources.reader import Task
from tore_export.sources.unit import Limits

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

__all__ = ["LaidOut", "Said", "lay_out"]

_NOT_PLAIN = -1
_TABLE = int(Kind.TABLE)
_PLAIN_KINDS = {
    # what key-values say is their text, too
    name: _NOT_PLAIN if name in JOINED or kind == Kind.KEY_VALUE else kind
    for name, kind in KINDS.items()
}


@dataclass(frozen=True, slots=True)
class Said:
    """What the elements of a batch say, an array a field; None where no element says it.

    `values` are the elements themselves. Elements of `speaking_kinds`, and those that are
    `always_speaking`, may have details; `tables` are those of tables, if HTML is all they may have.
    """

    values: pa.StructArray
    ids: pa.Array
    types: pa.Array
    texts: pa.Array
    pages: pa.Array | None
    parents: pa.Array | None
    depths: pa.Array | None
    confidences: pa.Array | None
    languages: pa.Array | None
    speaking_kinds: frozenset[int]
    always_speaking: pa.BooleanArray | None
    tables: pa.Array | None


@dataclass(frozen=True, slots=True)
class LaidOut:
    """The column `elements` of a batch; for each row whether it is plain, its warnings, its language.

    The elements of a row that is not plain mean nothing.
    """

    elements: pa.ListArray
    is_plain: list[bool]
    n_warnings: list[int]
    languages: list[str | None]

    def add(self, row: int, values: dict[str, Any], task: Task, place: int | None) -> None:
        """Put in the document of a plain row; `values` are its other fields."""
        elements = self.elements, row
        add_document(values, task, place, self.n_warnings[row], self.languages[row], elements)


def lay_out(column: pa.ListArray, said: Said, limits: Limits) -> LaidOut:
    """Return the rows of `column`, of whose values `said` tells, as far as they are plain."""
    import numpy as np

    counts = column.value_lengths().fill_null(0).to_numpy()
    rows = np.repeat(np.arange(len(column)), counts)
    odd = _flags(column.is_null()) | (counts > limits.max_elements)
    try:
        column.validate(full=True)  # else texts that are no UTF-8 would go on
        ids, types, texts = (
            array.cast(pa.string()) for array in (said.ids, said.types, said.texts)
        )
        (parents,) = _cast(pa.string(), len(rows), said.parents)
        pages, depths = _cast(pa.int64(), len(rows), said.pages, said.depths)
        (confidences,) = _cast(pa.float64(), len(rows), said.confidences)
    except pa.ArrowInvalid:
        return LaidOut(column, [False] * len(column), [0] * len(column), [None] * len(column))
    kinds = _kinds(types)
    odd[rows[kinds == _NOT_PLAIN]] = True
    odd[rows[_flags(texts.is_null())]] = True
    odd[rows[_flags(pc.equal(pc.binary_length(ids).fill_null(0), 0))]] = True
    odd[rows[_outside(pages, 1, MAX_PAGE)]] = True
    odd[rows[_outside(depths, 0, MAX_DEPTH)]] = True
    odd[rows[_outside(confidences, 0, 1)]] = True
    codes = ids.dictionary_encode()
    odd[rows_with_twins(codes, rows)] = True
    above = None
    if parents.null_count < len(rows):
        above = places_of_parents(codes, parents, rows)
        is_behind = above >= np.arange(len(rows))
        odd[rows[is_behind]] = True
        above[is_behind] = -1
        parents = pc.if_else(pa.array(above >= 0), parents, pa.scalar(None, pa.string()))
    pages = pc.if_else(pa.array(odd[rows]), pa.scalar(None, pa.int64()), pages)
    is_plain = ~odd[rows]
    speaking = np.isin(kinds, list(said.speaking_kinds)) & is_plain
    tables = (kinds == _TABLE) & is_plain
    if said.always_speaking is not None:
        always = _flags(said.always_speaking)
        speaking |= always & is_plain
        tables &= ~always
    cells, metas, faulty = _details(
        said, kinds, np.flatnonzero(speaking), np.flatnonzero(tables), limits
    )
    children = [
        ids,
        pa.array(kinds.astype(np.int8)),
        texts,
        levels_of_rows(kinds, depths, above, rows, len(column)),
        parents,
        pages.cast(pa.int32()),
        confidences.cast(pa.float32()),
        cells,
        metas,
    ]
    elements = pa.ListArray.from_arrays(
        pa.array(np.append(0, np.cumsum(counts)), pa.int32()),
        pa.StructArray.from_arrays(children, fields=list(ELEMENT)),
        type=DOCUMENT.field("elements").type,
    )
    return LaidOut(
        elements,
        (~odd).tolist(),
        np.bincount(rows[faulty], minlength=len(column)).tolist(),
        _languages(said.languages, counts),
    )


def _cast(kind: pa.DataType, n_elements: int, *arrays: pa.Array | None) -> list[pa.Array]:
    return [pa.nulls(n_elements, kind) if a is None else a.cast(kind) for a in arrays]


def _kinds(types: pa.Array) -> Numbers:
    """Return the kind of each type name, `_NOT_PLAIN` for one that is odd."""
    import numpy as np

    codes = types.dictionary_encode()
    names = codes.dictionary.to_pylist()
    kinds = [_PLAIN_KINDS.get(name, _NOT_PLAIN) for name in names]
    # null names nothing, and is the last
    places = codes.indices.fill_null(len(kinds)).to_numpy()
    found: Numbers = np.array([*kinds, _NOT_PLAIN])[places]
    return found


def _outside(values: pa.Array, low: float, high: float) -> Flags:
    """Tell which values are not within the bounds; null is."""
    if values.null_count == len(values):
        return _flags(values.is_valid())
    within = pc.and_(pc.greater_equal(values, low), pc.less_equal(values, high))
    return ~_flags(within.fill_null(True))


def _details(
    said: Said, kinds: Numbers, places: Numbers, tables: Numbers, limits: Limits
) -> tuple[pa.Array, pa.Array, list[int]]:
    """Return the cells and metas of all elements, and the places of those not read in full.

    Details are looked for at `places`; at `tables` of them there may be those of tables only.
    """
    import numpy as np

    at, cells = np.zeros(0, np.int64), tables_to_arrow([])
    if said.tables is not None and len(tables) and not limits.keep_html:
        from tore_export.sources.html.plain_tables import plain_tables

        plain, cells = plain_tables(said.tables.take(pa.array(tables)).cast(pa.string()))
        at = tables[plain]
    others: dict[int, Any] = {}
    metas: dict[int, str] = {}
    faulty: list[int] = []
    left = np.setdiff1d(places, at, assume_unique=True)
    elements = said.values.take(pa.array(left)).to_pylist()
    for place, element in zip(left.tolist(), elements, strict=True):
        own, meta, well = details(int(kinds[place]), element, element.get("metadata") or {}, limits)
        if own is not None:
            others[place] = own
        if meta is not None:
            metas[place] = meta
        if not well:
            faulty.append(place)
    if others:
        at = np.append(at, list(others))
        order = np.argsort(at)
        cells = pa.concat_arrays([cells, tables_to_arrow(list(others.values()))])
        at, cells = at[order], cells.take(pa.array(order))
    n_elements = len(said.values)
    return placed_cells(cells, at, n_elements), _placed(metas, n_elements), faulty


def _placed(metas: dict[int, str], n_elements: int) -> pa.Array:
    if not metas:
        return pa.nulls(n_elements, pa.string())
    return pa.array(map(metas.get, range(n_elements)), pa.string(), size=n_elements)


def _languages(languages: pa.Array | None, counts: Numbers) -> list[str | None]:
    """Return the language each row's first element names."""
    import numpy as np

    found: list[str | None] = [None] * len(counts)
    if languages is None or languages.null_count == len(languages):
        return found
    rows = np.flatnonzero(counts)
    firsts: Iterable[Any] = languages.take(pa.array((np.cumsum(counts) - counts)[rows])).to_pylist()
    for row, said in zip(rows.tolist(), firsts, strict=True):
        found[row] = language_of(said)
    return found


def _flags(values: pa.BooleanArray) -> Flags:
    flags: Flags = values.to_numpy(zero_copy_only=False)
    return flags
