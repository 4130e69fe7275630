"""Strategy stratified: shares hold in each stratum."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.splits.tables import families, rules
from tore_export.splits.stratified import assign


def test_shares_hold_within_a_hundredth_of_the_whole_in_each_stratum() -> None:
    strata = np.array(random.Random(1).choices([0, 1, 2, -1], [70, 20, 9, 1], k=20_000))
    sides = assign(families([1] * 20_000, strata=strata), rules("stratified"))
    assert (np.bincount(sides) / 20_000).tolist() == pytest.approx([0.9, 0.05, 0.05], abs=0.0005)
    for stratum in (0, 1, 2, -1):
        inside = sides[strata == stratum]
        counts = np.bincount(inside, minlength=3)
        wanted = [share * len(inside) for share in (0.9, 0.05, 0.05)]
        assert counts.tolist() == pytest.approx(wanted, abs=2)


def test_a_thousand_strata_of_four_add_up() -> None:
    strata = np.arange(4_000) // 4
    sides = assign(families([1] * 4_000, strata=strata), rules("stratified"))
    assert np.bincount(sides).tolist() == pytest.approx([3_600, 200, 200], abs=2)


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 3)), min_size=1, max_size=80))
def test_a_stratum_is_off_by_a_few_families_at_most(rows: list[tuple[int, int]]) -> None:
    sizes, strata = [size for size, _ in rows], np.array([stratum for _, stratum in rows])
    sides = assign(families(sizes, strata=strata), rules("stratified"))
    for stratum in set(strata.tolist()):
        inside = strata == stratum
        weights = np.array(sizes)[inside]
        counts = np.bincount(sides[inside], weights, 3)
        for count, share in zip(counts, (0.9, 0.05, 0.05), strict=True):
            assert abs(count - share * weights.sum()) <= 4 * max(sizes)


def test_what_is_fixed_counts_for_its_stratum() -> None:
    strata = np.zeros(200, np.int64)
    fixed = [1] * 10 + [-1] * 190
    sides = assign(families([1] * 200, fixed=fixed, strata=strata), rules("stratified"))
    assert np.bincount(sides).tolist() == pytest.approx([180, 10, 10], abs=2)
