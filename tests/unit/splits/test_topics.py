"""Topics: texts about the same things point the same way."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tore_export.splits.topics import DIMENSIONS, LONGEST, topics_of


def vectors(*texts: str | None) -> list[np.ndarray | None]:
    found = topics_of(pa.array(texts, pa.string()))
    assert found.type == pa.binary(DIMENSIONS)
    return [None if v is None else np.frombuffer(v, np.int8).astype(int) for v in found.to_pylist()]


def likeness(one: str, other: str) -> float:
    a, b = vectors(one, other)
    assert a is not None
    assert b is not None
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def test_the_same_words_in_another_order_and_case_are_the_same() -> None:
    one, other = vectors("Pumps need valves, valves", "VALVES need Valves: pumps")
    assert np.array_equal(one, other)


def test_texts_that_share_words_are_more_alike_than_those_that_do_not() -> None:
    pump = "The pump moves water through the valve into the tank above the boiler."
    valve = "Water flows from the tank when the valve above the pump is opened."
    novel = "She laughed, because nobody believed what her grandfather remembered."
    assert likeness(pump, valve) > likeness(pump, novel) + 0.2


def test_scripts_that_do_not_part_words_are_told_by_their_characters() -> None:
    assert likeness("水泵的阀门打开", "打开水泵的阀门") > 0.999
    assert likeness("水泵的阀门打开", "今天天气很好吗") < 0.7


def test_a_vector_is_as_long_as_it_can_be() -> None:
    (found,) = vectors("pumps valves boilers tanks pipes water")
    assert found is not None
    assert abs(np.linalg.norm(found) - LONGEST) < 4


def test_a_text_without_words_is_zero_and_none_is_none() -> None:
    empty, numbers, none, word = vectors("", "12 + 7 = 19", None, "water")
    assert none is None
    assert word is not None
    assert word.any()
    for zero in (empty, numbers):
        assert zero is not None
        assert not zero.any()


def test_no_texts_have_no_vectors() -> None:
    assert len(topics_of(pa.array([], pa.string()))) == 0


@given(st.lists(st.none() | st.text(max_size=60), max_size=8), st.integers(0, 8))
def test_a_vector_does_not_depend_on_the_other_texts(texts: list[str | None], at: int) -> None:
    whole = topics_of(pa.array(texts, pa.string()))
    parts = [topics_of(pa.array(part, pa.string())) for part in (texts[:at], texts[at:])]
    assert pa.concat_arrays(parts).equals(whole)
    sliced = pa.array(["xxxx", *texts, "yyyy"], pa.string()).slice(1, len(texts))
    assert topics_of(sliced).equals(whole)
