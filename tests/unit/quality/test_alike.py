"""Equal numbers among many."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.quality.alike import first_alike

NUMBERS = st.lists(st.integers(0, 12) | st.integers(0, 2**64 - 1), max_size=60)


@settings(deadline=None)
@given(NUMBERS)
def test_each_number_finds_the_first_that_equals_it(numbers: list[int]) -> None:
    found = first_alike(np.array(numbers, np.uint64))
    assert found.tolist() == [numbers.index(number) for number in numbers]


@settings(deadline=None)
@given(NUMBERS, st.integers(1, 5))
def test_whatever_slots_they_have_first(numbers: list[int], n_slots: int) -> None:
    keys = np.array(numbers, np.uint64)
    slots = np.array([number % n_slots for number in numbers], np.int64)
    assert first_alike(keys, slots, n_slots).tolist() == first_alike(keys).tolist()


def test_many_numbers_that_are_all_different_are_all_the_first() -> None:
    keys = np.arange(100_000, dtype=np.uint64) << np.uint64(20)
    assert (first_alike(keys) == np.arange(100_000)).all()
