"""Apportioning: how far a split may be from its share."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tore_export.splits.apportion import cut, deal

SHARES = st.sampled_from([[0.9, 0.05, 0.05], [0.5, 0.5], [1.0], [0.6, 0.3, 0.1]])
WEIGHTS = st.lists(st.integers(1, 1_000), min_size=1, max_size=60)


def free(n: int) -> np.ndarray:
    return np.full(n, -1)


def off_by(weights: list[int], shares: list[float], sides: np.ndarray) -> list[float]:
    total = sum(weights)
    found = [
        sum(w for w, s in zip(weights, sides, strict=True) if s == k) for k in range(len(shares))
    ]
    return [abs(n - share * total) for n, share in zip(found, shares, strict=True)]


@given(WEIGHTS, SHARES)
def test_a_cut_is_off_by_at_most_the_largest_item(weights: list[int], shares: list[float]) -> None:
    sides = cut(np.array(weights), shares, free(len(weights)))
    assert max(off_by(weights, shares, sides)) <= max(weights) + 1e-6
    assert all(one <= other for one, other in pairwise(sides.tolist()))


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(-1, 1)), min_size=1, max_size=50))
def test_what_is_fixed_stays_and_the_rest_fills_up_what_it_leaves(
    rows: list[tuple[int, int]],
) -> None:
    weights, fixed = np.array([w for w, _ in rows]), np.array([side for _, side in rows])
    for lay in (cut, deal):
        sides = lay(weights, [0.5, 0.5], fixed)
        assert (sides[fixed >= 0] == fixed[fixed >= 0]).all()
        assert set(sides.tolist()) <= {0, 1}
    taken = [int(weights[fixed == side].sum()) for side in (0, 1)]
    left = int(weights[fixed < 0].sum())
    if abs(taken[0] - taken[1]) <= left:  # then the free ones can make it even
        sides = cut(weights, [0.5, 0.5], fixed)
        assert max(off_by(weights.tolist(), [0.5, 0.5], sides)) <= weights.max() + 1e-6


def test_a_split_that_has_more_than_its_share_already_gets_no_more() -> None:
    fixed = np.array([1] * 6 + [-1] * 4)
    assert cut(np.ones(10, np.int64), [0.5, 0.5], fixed)[6:].tolist() == [0] * 4
    assert deal(np.ones(10, np.int64), [0.5, 0.5], fixed)[6:].tolist() == [0] * 4


def test_nothing_is_laid_out_nowhere() -> None:
    assert cut(np.array([], np.int64), [0.5, 0.5], free(0)).tolist() == []
    assert deal(np.array([], np.int64), [0.5, 0.5], free(0)).tolist() == []


def test_items_without_weight_have_a_place_too() -> None:
    assert set(cut(np.zeros(3, np.int64), [0.5, 0.5], free(3)).tolist()) <= {0, 1}


@given(WEIGHTS, SHARES)
def test_dealt_shares_hold_for_every_beginning(weights: list[int], shares: list[float]) -> None:
    sides = deal(np.array(weights), shares, free(len(weights)))
    for n in range(1, len(weights) + 1):
        # a split is never given more than it lacked, but for one item; what it lacks the others have
        assert (
            max(off_by(weights[:n], shares, sides[:n])) <= (len(shares) - 1) * max(weights) + 1e-6
        )


def test_dealt_stretches_are_alike() -> None:
    sides = deal(np.ones(10_000, np.int64), [0.9, 0.05, 0.05], free(10_000))
    for start in range(0, 10_000, 500):
        counts = np.bincount(sides[start : start + 500], minlength=3)
        assert counts.tolist() == pytest.approx([450, 25, 25], abs=2)


def test_a_large_item_is_made_up_for_by_what_follows() -> None:
    weights = np.array([1_000] + [1] * 3_000)
    sides = deal(weights, [0.5, 0.5], free(3_001))
    assert sides[0] == 0
    assert (sides[1:1_000] == 1).all()
    assert off_by(weights.tolist(), [0.5, 0.5], sides)[0] <= 1
