"""Strategy balanced: shares hold in tokens."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tests.unit.splits.tables import families, rules
from tore_export.splits.balanced import assign


def lengths(n: int) -> list[int]:
    """Lengths as documents have them: most short, a few very long."""
    chance = random.Random(3)
    return [int(chance.paretovariate(1.1) * 100) for _ in range(n)]


def test_shares_hold_in_tokens() -> None:
    tokens = lengths(20_000)
    sides = assign(families([1] * 20_000, tokens), rules("balanced"))
    found = np.bincount(sides, tokens) / sum(tokens)
    assert found.tolist() == pytest.approx([0.9, 0.05, 0.05], abs=0.0005)


def test_every_split_has_long_and_short_documents_in_proportion() -> None:
    tokens = np.array([1 + number % 1_000 for number in range(20_000)])
    sides = assign(families([1] * 20_000, tokens.tolist()), rules("balanced"))
    means = [tokens[sides == side].mean() for side in range(3)]
    assert means == pytest.approx([tokens.mean()] * 3, rel=0.02)


def test_one_document_that_is_nearly_all_lies_in_the_largest_split() -> None:
    sides = assign(families([1] * 101, [1_000_000] + [1] * 100), rules("balanced"))
    assert sides[0] == 0
    assert set(sides[1:].tolist()) == {1, 2}


def test_free_ones_fill_up_what_fixed_ones_leave() -> None:
    tokens = [10] * 1_000
    fixed = [0] * 500 + [-1] * 500
    sides = assign(families([1] * 1_000, tokens, fixed), rules("balanced"))
    assert np.bincount(sides).tolist() == pytest.approx([900, 50, 50], abs=1)


def test_documents_without_tokens_have_a_side() -> None:
    assert set(assign(families([1] * 5, [0] * 5), rules("balanced")).tolist()) <= {0, 1, 2}
