"""Hashing: a key's place depends on key and seed alone, and places are spread evenly."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tore_export.splits.hashing import positions_of, sides_of


@given(st.integers(), st.lists(st.binary(), max_size=5))
def test_a_position_lies_in_the_unit_interval_and_depends_on_seed_and_key_alone(
    seed: int, keys: list[bytes]
) -> None:
    positions = positions_of(seed, keys)
    assert ((positions >= 0) & (positions < 1)).all()
    assert positions.tolist() == [positions_of(seed, [key])[0] for key in keys]


def test_it_is_the_first_53_bits_of_a_hash() -> None:
    bits = int(sha256(b"7\0a key").hexdigest(), 16) >> 256 - 53
    assert positions_of(7, [b"a key"]).tolist() == [bits / 2**53]


def test_positions_are_spread_evenly() -> None:
    positions = positions_of(0, [b"%d" % number for number in range(10_000)])
    counts, _ = np.histogram(positions, bins=10, range=(0, 1))
    assert (abs(counts - 1_000) < 120).all()


def test_a_position_on_a_bound_belongs_to_the_split_that_begins_there() -> None:
    positions = np.array([0.0, 0.49, 0.5, 0.74, 0.75, 0.999])
    assert sides_of(positions, [0.5, 0.25, 0.25]).tolist() == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize("shares", [[1.0], [0.9, 0.1]])
def test_the_last_split_takes_all_that_is_left(shares: list[float]) -> None:
    assert sides_of(np.array([0.99999]), shares).tolist() == [len(shares) - 1]
