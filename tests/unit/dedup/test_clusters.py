"""Clusters: what is alike is together, under the first of it."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import prose
from tests.unit.dedup.test_minhash import with_changes
from tore_export.dedup import clusters
from tore_export.dedup.clusters import bands_for, clusters_of, least_agreement
from tore_export.dedup.minhash import FINGERPRINT, PLACES, fingerprints_of


def table_of(texts: Sequence[str | None]) -> pa.Table:
    array = pa.array(texts, pa.string())
    hashes = [None if text is None else sha256(text.encode()).digest()[:16] for text in texts]
    return pa.table(
        {"text_hash": pa.array(hashes, pa.binary(16)), "minhash": fingerprints_of(array)}
    )


def table_of_prints(prints: np.ndarray[Any, Any]) -> pa.Table:
    """Return documents of different texts with these fingerprints."""
    values = [row.tobytes() for row in prints.astype(np.uint8)]
    hashes = [n.to_bytes(16, "big") for n in range(len(values))]
    return pa.table(
        {"text_hash": pa.array(hashes, pa.binary(16)), "minhash": pa.array(values, FINGERPRINT)}
    )


def by_comparing_all(prints: np.ndarray[Any, Any], least: int) -> list[int]:
    """Return representatives as found by comparing each with each."""
    roots = list(range(len(prints)))
    for one in range(len(prints)):
        for other in range(one):
            if (prints[one] == prints[other]).sum() >= least and roots[one] != roots[other]:
                low, high = sorted((roots[one], roots[other]))
                roots = [low if root == high else root for root in roots]
    return roots


def test_copies_have_the_first_of_them_as_representative() -> None:
    texts = [prose(1), prose(2), prose(1), prose(3), prose(2), prose(1)]
    assert clusters_of(table_of(texts), 0.9, map).tolist() == [0, 1, 0, 3, 1, 0]


def test_near_copies_are_found_and_others_left_alone() -> None:
    texts = [prose(number, 30) for number in range(100)]
    near = [with_changes(text, 0.02, n) for n, text in enumerate(texts)]
    loose = [with_changes(text, 0.05, n) for n, text in enumerate(texts)]
    far = [with_changes(text, 0.5, n) for n, text in enumerate(texts)]
    found = clusters_of(table_of([*texts, *near, *loose, *far]), 0.7, map)
    assert found[:300].tolist() == [*range(100)] * 3
    assert found[300:].tolist() == [*range(300, 400)]


def test_likeness_is_handed_on() -> None:
    first = prose(1, 60).split()
    other = prose(2, 60).split()
    steps = [" ".join(other[:n] + first[n:]) for n in range(0, len(first), 40)]
    assert set(clusters_of(table_of(steps), 0.7, map).tolist()) == {0}


def test_a_document_without_text_is_alone_and_one_without_words_has_only_its_copies() -> None:
    texts = ["…", None, "…", None, "!", "word", ""]
    assert clusters_of(table_of(texts), 0.5, map).tolist() == [0, 1, 0, 3, 4, 5, 6]


def test_no_document_makes_no_cluster() -> None:
    assert clusters_of(table_of([]), 0.7, map).tolist() == []


def test_texts_that_differ_only_in_case_and_marks_are_together_at_threshold_one() -> None:
    texts = ["One, two, three!", "four five six", "ONE TWO THREE", "one two threes"]
    assert clusters_of(table_of(texts), 1.0, map).tolist() == [0, 1, 0, 3]


prints_of_families = st.integers(0, 2**32).map(
    lambda seed: np.concatenate(
        [
            np.where(
                np.random.default_rng(seed + family).random((7, PLACES))
                < np.random.default_rng(seed + family + 100).random((7, 1)) * 0.4,
                np.random.default_rng(seed + family).integers(0, 256, (7, PLACES)),
                np.random.default_rng(seed + family).integers(0, 256, (1, PLACES)),
            )
            for family in range(4)
        ]
    )
)


@settings(deadline=None)
@given(prints_of_families, st.sampled_from([0.3, 0.5, 0.7, 0.8, 0.9]))
def test_what_is_joined_is_what_comparing_all_with_all_joins(
    prints: np.ndarray[Any, Any], threshold: float
) -> None:
    found = clusters_of(table_of_prints(prints), threshold, map).tolist()
    wanted = by_comparing_all(prints, least_agreement(threshold))
    for one, root in enumerate(found):  # never more
        assert wanted[one] == wanted[root]
    surely = by_comparing_all(prints, int(PLACES * min(threshold + 0.05, 1)))
    for one, root in enumerate(surely):  # and all that is surely as similar
        assert found[one] == found[root]


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False))
def test_clusters_do_not_depend_on_the_order_of_documents(random_: random.Random) -> None:
    texts = [with_changes(prose(n % 5, 20), 0.01 * (n // 5), n) for n in range(30)]
    order = random_.sample(range(30), 30)
    found = clusters_of(table_of(texts), 0.7, map)
    shuffled = clusters_of(table_of([texts[n] for n in order]), 0.7, map)
    for one in range(30):
        for other in range(one):
            together = found[order[one]] == found[order[other]]
            assert (shuffled[one] == shuffled[other]) == together


def test_a_table_in_chunks_and_comparisons_in_pieces_give_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = [with_changes(prose(n % 40, 20), 0.01 * (n // 40), n) for n in range(200)]
    table = table_of(texts)
    whole = clusters_of(table, 0.7, map)
    chunked = pa.concat_tables([table.slice(0, 33), table.slice(33, 0), table.slice(33)])
    assert clusters_of(chunked, 0.7, map).tolist() == whole.tolist()
    monkeypatch.setattr(clusters, "PIECE_ROWS", 12)
    sizes = []

    def in_pieces(function: Any, items: Any) -> Any:
        for item in items:
            sizes.append(len(item.rows))
            yield function(item)

    assert clusters_of(table, 0.7, in_pieces).tolist() == whole.tolist()
    assert max(sizes) <= 12


def test_a_boiler_plate_that_many_share_costs_no_square() -> None:
    def seconds(n_documents: int) -> float:
        numbers = np.random.default_rng(1).integers(0, 256, (n_documents, PLACES))
        numbers[:, : PLACES // 2] = 7  # the same bands for all, and not similar enough
        table = table_of_prints(numbers)
        begin = time.process_time()
        assert len(set(clusters_of(table, 0.7, map).tolist())) == n_documents
        return time.process_time() - begin

    seconds(100)
    assert seconds(6_000) < 8 * seconds(1_500) + 0.2


def test_a_million_copies_cost_what_sorting_them_costs() -> None:
    texts = [prose(n, 5) for n in range(5)]
    few = table_of(texts)
    many = few.take(pa.array(np.arange(1_000_000) % 5))
    begin = time.process_time()
    found = clusters_of(many, 0.7, map)
    assert time.process_time() - begin < 10
    assert np.array_equal(found, np.arange(1_000_000) % 5)


def test_members_of_a_large_family_find_each_other_beyond_their_neighbours() -> None:
    random_ = np.random.default_rng(2)
    heads = random_.integers(0, 256, (6, PLACES))
    members = heads[np.arange(600) % 6].copy()
    members[:, :60] = 9  # one bucket for all families
    noise = random_.random((600, PLACES)) < 0.1
    members[noise] = random_.integers(0, 256, int(noise.sum()))
    found = clusters_of(table_of_prints(members), 0.75, map)
    assert np.array_equal(found, np.arange(600) % 6)


@pytest.mark.parametrize("threshold", [0.05, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0])
def test_bands_find_a_pair_at_the_threshold_with_99_in_100(threshold: float) -> None:
    count, width = bands_for(threshold)
    assert count * width <= PLACES
    assert 1 - (1 - threshold**width) ** count >= 0.99
    if width < PLACES:
        wider = width + 1
        assert 1 - (1 - threshold**wider) ** (PLACES // wider) < 0.99


def test_of_pairs_just_as_similar_97_in_100_agree_enough() -> None:
    random_ = np.random.default_rng(3)
    for threshold in (0.3, 0.5, 0.7, 0.9):
        agreeing = (random_.random((20_000, PLACES)) < threshold + (1 - threshold) / 256).sum(1)
        assert (agreeing >= least_agreement(threshold)).mean() > 0.97
