"""Strategy content_based: what is alike is on one side, and shares hold."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.splits.tables import HALVES, families, rules
from tore_export.splits.content_based import assign, topics
from tore_export.splits.families import Families


def about(n_subjects: int, n_each: int, noise: float = 0.2) -> tuple[Families, np.ndarray]:
    """Families about some subjects, in mixed order, and the subject of each."""
    chance = np.random.default_rng(5)
    centres = chance.normal(size=(n_subjects, 64))
    subject = chance.permutation(np.repeat(np.arange(n_subjects), n_each))
    rows = centres[subject] + chance.normal(size=(len(subject), 64)) * noise
    rows *= 127 / np.linalg.norm(rows, axis=1, keepdims=True)
    found = families([1] * len(subject), vectors=np.rint(rows).astype(np.int8))
    return found, subject


def test_documents_about_one_thing_are_on_one_side() -> None:
    some, subject = about(200, 20)
    sides = assign(some, rules("content_based"))
    together = sum(len(set(sides[subject == number].tolist())) == 1 for number in range(200))
    assert together >= 180  # of 200; by chance it would be 25
    assert (np.bincount(sides) / 4_000).tolist() == pytest.approx([0.9, 0.05, 0.05], abs=0.01)


def test_two_subjects_in_two_halves_part_where_they_part() -> None:
    some, subject = about(2, 500)
    assert some.vectors is not None
    pieces = topics(some.vectors.astype(np.float32), some.documents, 500)
    assert sorted(len(piece) for piece in pieces) == [500, 500]
    assert all(len(set(subject[piece].tolist())) == 1 for piece in pieces)


@given(
    st.lists(st.lists(st.integers(-127, 127), min_size=64, max_size=64), max_size=20),
    st.integers(1, 9),
)
@settings(max_examples=50)
def test_topics_hold_every_row_once_and_weigh_no_more_than_allowed(
    rows: list[list[int]], most: int
) -> None:
    vectors = np.array(rows, np.float32).reshape(-1, 64)
    weights = np.arange(len(rows)) % 3 + 1
    pieces = topics(vectors, weights, most)
    assert sorted(row for piece in pieces for row in piece.tolist()) == list(range(len(rows)))
    assert all(weights[piece].sum() <= most or len(piece) == 1 for piece in pieces)


def test_texts_that_are_all_alike_are_parted_all_the_same() -> None:
    alike = families([1] * 1_000, vectors=np.full((1_000, 64), 9, np.int8))
    sides = assign(alike, rules("content_based"))
    assert np.bincount(sides).tolist() == pytest.approx([900, 50, 50], abs=15)


def test_one_family_that_is_nearly_all_lies_in_the_largest_split() -> None:
    some = families([900] + [1] * 100, vectors=about(1, 101)[0].vectors)
    sides = assign(some, rules("content_based"))
    assert sides[0] == 0
    assert set(sides[1:].tolist()) == {1, 2}


def test_what_is_fixed_stays_and_the_rest_fills_up() -> None:
    fixed = [1] * 400 + [-1] * 600
    some = families([1] * 1_000, fixed=fixed, vectors=about(50, 20)[0].vectors)
    sides = assign(some, rules("content_based", splits=HALVES))
    assert sides[:400].tolist() == [1] * 400
    assert np.bincount(sides).tolist() == pytest.approx([500, 500], abs=130)


def test_no_families_and_one_family() -> None:
    assert (
        assign(families([], vectors=np.zeros((0, 64), np.int8)), rules("content_based")).size == 0
    )
    one = families([3], vectors=np.zeros((1, 64), np.int8))
    assert assign(one, rules("content_based")).tolist() == [0]


def test_a_product_in_single_precision_is_exact() -> None:
    # what makes the result independent of the library that multiplies, and of its threads
    worst = np.full((1, 64), 140, np.float32)
    assert int((worst @ worst.T)[0, 0]) == 64 * 140 * 140
    assert 2 * 64 * 140 * 140 < 2**24


def test_parting_takes_time_in_proportion() -> None:
    def seconds(n: int) -> float:
        some, _ = about(10, n // 10)
        started = time.process_time()
        assign(some, rules("content_based"))
        return time.process_time() - started

    seconds(1_000)
    assert seconds(40_000) < 16 * max(seconds(10_000), 0.05)
