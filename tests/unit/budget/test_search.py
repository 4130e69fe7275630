"""The smallest number of changes that is enough."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tore_export.budget.search import MOST_COUNTS, smallest_enough


def search(saved, budget, estimates=None):
    before = sum(saved) + 5
    asked = []

    def count(n):
        asked.append(n)
        return before - sum(saved[:n])

    return smallest_enough(estimates or saved, before, budget, count), asked, before


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 60)), min_size=1, max_size=60),
    st.integers(5, 500),
)
def test_fewer_changes_would_not_be_enough(pairs, budget):
    saved = [real for real, _ in pairs]
    (n, left), asked, before = search(saved, budget, [guess for _, guess in pairs])
    if budget >= before:
        return
    assert left == before - sum(saved[:n]) <= budget
    assert left + saved[n - 1] > budget
    assert len(asked) <= MOST_COUNTS + 1


def test_all_of_them_where_all_are_not_enough():
    (n, left), _, _ = search([3, 3], 2)
    assert (n, left) == (2, 5)


def test_an_estimate_that_holds_is_proven_with_two_countings():
    _, asked, _ = search([2] * 100_000, 100_001)
    assert len(asked) == 2


def test_estimates_that_say_nothing_cost_some_countings_more():
    asked = []

    def count(n):
        asked.append(n)
        return 100 if n < 70_000 else 0

    n, left = smallest_enough([1] * 100_000, 100, 50, count)
    assert left == 0
    assert 70_000 <= n < 70_050
    assert len(asked) <= MOST_COUNTS
