"""Parents and levels of many documents at once, by columns: what `outline.py` says of one of them.

An element is known by its place among those of all documents; `rows` tells the document of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.documents.schema import Kind
from tore_export.sources.outline import MAX_LEVEL

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

__all__ = ["levels_of_rows", "places_of_parents", "rows_with_twins"]

_TITLE, _LIST_ITEM, _CHECKBOX = int(Kind.TITLE), int(Kind.LIST_ITEM), int(Kind.CHECKBOX)


def rows_with_twins(ids: pa.DictionaryArray, rows: Numbers) -> Numbers:
    """Return the rows in which two elements have one id."""
    import numpy as np

    n_ids = len(ids.dictionary)
    if n_ids == len(rows):
        return rows[:0]
    keys = np.sort(_keys(ids, rows))
    twins: Numbers = keys[1:][keys[1:] == keys[:-1]]
    return twins // max(1, n_ids)


def places_of_parents(ids: pa.DictionaryArray, parents: pa.Array, rows: Numbers) -> Numbers:
    """Return the place of each element's parent, -1 where its row has no such element.

    In rows with twins it may be the place of any of them.
    """
    import numpy as np

    named = pc.index_in(parents, value_set=ids.dictionary).fill_null(-1).to_numpy()
    keys = _keys(ids, rows)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    wanted = rows * len(ids.dictionary) + named
    nearest = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found: Numbers = np.where((named >= 0) & (keys[nearest] == wanted), order[nearest], -1)
    return found


def _keys(ids: pa.DictionaryArray, rows: Numbers) -> Numbers:
    keys: Numbers = rows * len(ids.dictionary) + ids.indices.fill_null(0).to_numpy()
    return keys


def levels_of_rows(
    kinds: Numbers, depths: pa.Array, above: Numbers | None, rows: Numbers, n_rows: int
) -> pa.Array:
    """Return what `outline.levels_of` does where nothing has a size.

    `above` are the places of parents, each before those below it; None if nothing has one.
    """
    import numpy as np

    is_title = kinds == _TITLE
    is_item = (kinds == _LIST_ITEM) | (kinds == _CHECKBOX)
    said = depths.fill_null(-1).to_numpy()
    levels = np.maximum(said, 0) + is_title
    placed = is_item & (said >= 0)
    if said[placed].any():
        shallowest = np.full(n_rows, np.iinfo(np.int64).max)
        np.minimum.at(shallowest, rows[placed], said[placed])
        levels[placed] -= shallowest[rows[placed]]
    if above is not None:
        for is_one in (is_title, is_item):
            _follow_parents(levels, is_one, np.flatnonzero(is_one & (said < 0)), above)
    return pa.array(levels.astype(np.int16), mask=~(is_title | is_item))


def _follow_parents(levels: Numbers, is_one: Flags, unplaced: Numbers, above: Numbers) -> None:
    """Set the levels of `unplaced` headings (or items) to one more than of the nearest above them."""
    import numpy as np

    unplaced = unplaced[above[unplaced] >= 0]
    if not len(unplaced):
        return
    own = np.arange(len(above) + 1)
    nothing = len(above)
    nearest = np.append(np.where(above < 0, nothing, above), nothing)
    nearest[:-1][is_one] = own[:-1][is_one]
    # each round looks twice as far, so that a chain as long as a document takes few
    while ((further := nearest[nearest]) != nearest).any():
        nearest = further
    bases = own.copy()
    bases[unplaced] = nearest[above[unplaced]]
    bases[bases == nothing] = own[bases == nothing]
    steps = (bases != own).astype(np.int64)
    while ((further := bases[bases]) != bases).any():
        steps += steps[bases]
        bases = further
    levels[unplaced] = np.minimum(MAX_LEVEL, levels[bases[unplaced]] + steps[unplaced])
