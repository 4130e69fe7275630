"""Strategy temporal: the first split is the oldest."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.splits.tables import HALVES, families, rules
from tore_export.splits.temporal import assign


def test_splits_are_in_order_and_shares_hold() -> None:
    dates = list(range(20_000))
    random.Random(1).shuffle(dates)
    sides = assign(families([1] * 20_000, dates=np.array(dates)), rules("temporal"))
    in_order = sides[np.argsort(dates)]
    assert (np.diff(in_order) >= 0).all()
    assert np.bincount(sides).tolist() == [18_000, 1_000, 1_000]


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.integers(0, 20), st.sampled_from([-1, -1, -1, 0, 1])),
        max_size=40,
    )
)
def test_no_newcomer_is_put_before_what_an_earlier_dataset_has_as_old(
    rows: list[tuple[int, int, int]],
) -> None:
    sizes, dates, fixed = ([row[at] for row in rows] for at in range(3))
    some = families(sizes, fixed=fixed, dates=np.array(dates, np.int64))
    sides = assign(some, rules("temporal", splits=HALVES)).tolist()
    for date, given_side, side in zip(dates, fixed, sides, strict=True):
        if given_side >= 0:
            assert side == given_side
            continue
        older = [f for d, f in zip(dates, fixed, strict=True) if f >= 0 and d < date]
        assert side >= max(older, default=0)
        newer = [s for d, f, s in zip(dates, fixed, sides, strict=True) if f < 0 and d > date]
        assert all(other >= side for other in newer)


def test_documents_of_one_day_may_be_on_both_sides() -> None:
    sides = assign(families([1] * 100, dates=np.zeros(100, np.int64)), rules("temporal"))
    assert np.bincount(sides).tolist() == [90, 5, 5]
