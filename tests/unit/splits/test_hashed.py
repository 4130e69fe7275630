"""Strategies random and group: by hash, or by the order of hashes."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.splits.tables import HALVES, families, rules
from tore_export.splits.hashed import assign, in_hash_order

N = 20_000


def shares_of(sides: np.ndarray, weights: list[int], n_splits: int = 3) -> list[float]:
    counts = np.bincount(sides, weights, n_splits)
    return (counts / sum(weights)).tolist()


def test_hashed_shares_hold_within_half_a_point() -> None:
    sides = assign(families([1] * N), rules())
    assert shares_of(sides, [1] * N) == pytest.approx([0.9, 0.05, 0.05], abs=0.005)


def test_a_family_lands_where_it_does_whatever_else_is_there() -> None:
    alone = assign(families([1] * 100), rules())
    among = assign(families([1] * N), rules())
    assert alone.tolist() == among[:100].tolist()


def test_exact_shares_are_off_by_at_most_the_largest_family() -> None:
    assert np.bincount(assign(families([1] * N), rules(exact_ratios=True))).tolist() == [
        18_000,
        1_000,
        1_000,
    ]
    sizes = [1 + number % 50 for number in range(2_000)]
    sides = assign(families(sizes), rules(exact_ratios=True))
    wanted = [share * sum(sizes) for share in (0.9, 0.05, 0.05)]
    assert np.bincount(sides, sizes).tolist() == pytest.approx(wanted, abs=50)


def test_most_families_land_where_their_hash_says_also_with_exact_shares() -> None:
    hashed = assign(families([1] * N), rules())
    exact = assign(families([1] * N), rules(exact_ratios=True))
    assert (hashed == exact).mean() > 0.99


def test_what_an_earlier_dataset_fixed_stays() -> None:
    fixed = [1, -1] * 50
    for exact in (False, True):
        sides = assign(families([1] * 100, fixed=fixed), rules(exact_ratios=exact, splits=HALVES))
        assert sides[::2].tolist() == [1] * 50


def test_the_order_of_hashes_depends_on_the_seed_and_comes_last() -> None:
    some = families([1] * 50)
    assert in_hash_order(some, 0).tolist() != in_hash_order(some, 1).tolist()
    first = np.array([number // 10 for number in range(50)])
    second = np.array([-(number % 2) for number in range(50)])
    order = in_hash_order(some, 0, first, second)
    assert first[order].tolist() == sorted(first.tolist())
    for ten in range(5):
        assert second[order][ten * 10 : ten * 10 + 10].tolist() == [-1] * 5 + [0] * 5


def test_no_families_no_sides() -> None:
    assert assign(families([]), rules()).tolist() == []
    assert assign(families([]), rules(exact_ratios=True)).tolist() == []
