"""Equal numbers among many."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.quality.alike import Alike, alike

NUMBERS = st.lists(st.integers(0, 12) | st.integers(0, 2**64 - 1), max_size=60)


def as_lists(found: Alike) -> tuple[list[int], list[int]]:
    return found.places.tolist(), found.opens.tolist()


@settings(deadline=None)
@given(NUMBERS)
def test_each_number_that_is_there_twice_finds_the_first_that_equals_it(numbers: list[int]) -> None:
    places = [place for place, number in enumerate(numbers) if numbers.count(number) > 1]
    opens = [numbers.index(numbers[place]) for place in places]
    assert as_lists(alike(np.array(numbers, np.uint64))) == (places, opens)


@settings(deadline=None)
@given(NUMBERS, st.integers(1, 5))
def test_whatever_slots_they_have_first(numbers: list[int], n_slots: int) -> None:
    keys = np.array(numbers, np.uint64)
    slots = np.array([number % n_slots for number in numbers], np.int64)
    assert as_lists(alike(keys, slots, n_slots)) == as_lists(alike(keys))


@settings(deadline=None)
@given(NUMBERS)
def test_again_is_where_a_number_was_there_before(numbers: list[int]) -> None:
    again = [place for place, number in enumerate(numbers) if number in numbers[:place]]
    assert alike(np.array(numbers, np.uint64)).again.tolist() == again


def test_equal_numbers_in_different_slots_are_not_equal() -> None:
    found = alike(np.array([5, 5, 5], np.uint64), np.array([0, 1, 0]), 2)
    assert as_lists(found) == ([0, 2], [0, 0])


def test_of_many_numbers_that_are_all_different_there_are_none() -> None:
    keys = np.arange(100_000, dtype=np.uint64) << np.uint64(20)
    assert as_lists(alike(keys)) == ([], [])
