"""Parents and levels by columns are those of each document alone."""

from __future__ import annotations

import time
from itertools import chain

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tore_export.documents.schema import Kind
from tore_export.sources.outline import MAX_LEVEL, levels_of, resolve_parents
from tore_export.sources.outline_columns import (
    levels_of_rows,
    places_of_parents,
    rows_with_twins,
)

KINDS = st.sampled_from([int(k) for k in (Kind.TITLE, Kind.LIST_ITEM, Kind.CHECKBOX, Kind.TABLE)])
ELEMENT = st.tuples(
    KINDS, st.none() | st.none() | st.integers(0, 99), st.none() | st.integers(-9, 9)
)


def ids_of(*ids: str) -> pa.DictionaryArray:
    return pa.array(ids).dictionary_encode()


@given(st.lists(st.lists(ELEMENT, max_size=9), max_size=4))
def test_levels_are_those_of_the_outline_of_each_document(
    documents: list[list[tuple[int, int | None, int | None]]],
) -> None:
    expected, ids, parents, rows = [], [], [], []
    for row, elements in enumerate(documents):
        own = [f"e{place}" for place in range(len(elements))]
        # behind its parent, or with one that is not there
        above = [
            None if up is None else f"e{place - up}" if 0 < up <= place else f"z{up}"
            for place, (_, _, up) in enumerate(elements)
        ]
        parents += above
        resolved: list[str | None] = list(above)
        resolve_parents(own, resolved)
        kinds, depths = [one[0] for one in elements], [one[1] for one in elements]
        expected += levels_of(kinds, depths, resolved, own)
        ids += own
        rows += [row] * len(own)
    every = list(chain.from_iterable(documents))
    places = np.array(rows, np.int64)
    found = None
    if any(parents):
        found = places_of_parents(ids_of(*ids), pa.array(parents, pa.string()), places)
    levels = levels_of_rows(
        np.array([one[0] for one in every], np.int64),
        pa.array([one[1] for one in every], pa.int64()),
        found,
        places,
        len(documents),
    )
    assert levels.to_pylist() == expected


def test_a_parent_is_looked_for_in_its_own_row() -> None:
    ids = ids_of("a", "b", "b", "c", "a")
    parents = pa.array(["b", "a", "a", "b", "x"])
    rows = np.array([0, 0, 1, 1, 2])
    assert places_of_parents(ids, parents, rows).tolist() == [1, 0, -1, 2, -1]


def test_rows_in_which_an_id_comes_twice_have_twins() -> None:
    assert rows_with_twins(ids_of("a", "b", "b", "c", "c"), np.array([0, 0, 1, 1, 1])).tolist() == [
        1
    ]
    assert rows_with_twins(ids_of("a", "b"), np.array([0, 0])).tolist() == []


def test_a_chain_as_long_as_its_document_is_cut_and_costs_little() -> None:
    n = 300_000
    kinds = np.full(n, int(Kind.TITLE))
    kinds[1::2] = int(Kind.TABLE)
    begin = time.process_time()
    levels = levels_of_rows(kinds, pa.nulls(n, pa.int64()), np.arange(-1, n - 1), kinds * 0, 1)
    assert time.process_time() - begin < 2
    assert levels[:5].to_pylist() == [1, None, 2, None, 3]
    assert levels[n - 2].as_py() == MAX_LEVEL
