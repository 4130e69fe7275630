"""Hashing: a key's place depends on key and seed alone, and places are spread evenly."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tore_export.splits.hashing import bounds_of, position_of, side_of


@given(st.integers(), st.binary())
def test_a_position_lies_in_the_unit_interval_and_is_always_the_same(seed: int, key: bytes) -> None:
    position = position_of(seed, key)
    assert 0 <= position < 1
    assert position == position_of(seed, key)


def test_positions_are_spread_evenly() -> None:
    positions = [position_of(0, b"%d" % number) for number in range(10_000)]
    for tenth in range(10):
        n = sum(tenth / 10 <= position < (tenth + 1) / 10 for position in positions)
        assert abs(n - 1_000) < 120


def test_a_position_on_a_bound_belongs_to_the_split_that_begins_there() -> None:
    bounds = bounds_of([0.5, 0.25, 0.25])
    assert [side_of(at, bounds) for at in (0.0, 0.49, 0.5, 0.74, 0.75, 0.999)] == [0, 0, 1, 1, 2, 2]


def test_one_split_takes_all() -> None:
    assert side_of(0.99999, bounds_of([1.0])) == 0
