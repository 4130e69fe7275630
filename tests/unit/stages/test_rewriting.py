"""Texts at fault are written again, in whichever column they lie; all others stay what they are."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.stages.rewriting import Way, rewritten

TEXTS = st.lists(st.none() | st.text("ab!", max_size=3), max_size=6)


def shouted(texts: pl.Series) -> pl.Series:
    return texts.str.replace_all("!", "?", literal=True)


def test_a_column_without_a_fault_is_the_very_same() -> None:
    well, faulty = pa.array(["a", None, "b"]), pa.array(["a!", "b"])
    found = rewritten([well, faulty], Way(np.arange(5), "!", shouted))
    assert found[0] is well
    assert found[1].to_pylist() == ["a?", "b"]


def test_what_is_not_chosen_is_left_alone() -> None:
    texts = pa.array(["a!", "b!"])
    [found] = rewritten([texts], Way(np.array([1]), "!", shouted))
    assert found.to_pylist() == ["a!", "b?"]


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=3), st.data())
def test_places_count_through_all_columns(
    columns: list[list[str | None]], data: st.DataObject
) -> None:
    n_texts = sum(map(len, columns))
    chosen = data.draw(st.lists(st.booleans(), min_size=n_texts, max_size=n_texts))
    one = Way(np.flatnonzero(np.array(chosen, np.bool_)), "!", shouted)
    other = Way(np.flatnonzero(~np.array(chosen, np.bool_)), "a", lambda texts: texts + "+")
    arrays = [pa.array(texts, pa.string()) for texts in columns]
    found = [text for column in rewritten(arrays, one, other) for text in column.to_pylist()]
    flat = [text for texts in columns for text in texts]
    assert found == [
        text
        if text is None
        else text.replace("!", "?")
        if is_chosen
        else text + "+" * ("a" in text)
        for text, is_chosen in zip(flat, chosen, strict=True)
    ]
