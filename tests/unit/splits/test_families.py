"""Families: what has to be on one side is found by texts, near copies and groups alike."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.splits.tables import documents, hash_of
from tore_export.splits.families import FREE, TORN, families_of, first_of_each
from tore_export.splits.hashing import GROUP_KEY


def test_exact_copies_are_a_family() -> None:
    assert first_of_each(documents(["a", "b", "a", "a"])).tolist() == [0, 1, 0, 0]


def test_documents_without_a_text_or_a_group_are_alone() -> None:
    table = documents(["a", "b"], group_of=pa.array([None, None], pa.string()))
    assert first_of_each(table).tolist() == [0, 1]
    nothing = table.set_column(0, "text_hash", pa.nulls(2, pa.binary(16)))
    assert first_of_each(nothing).tolist() == [0, 1]


def test_families_that_share_a_document_are_one() -> None:
    table = documents(
        ["a", "b", "c", "b", "d"],
        group_of=[None, "g", "h", "h", None],
        cluster=[0, 1, 2, 3, 2],  # d is nearly c
    )
    # b and its copy join g and h; h joins c, and c its near copy d
    assert first_of_each(table).tolist() == [0, 1, 1, 1, 1]


def test_no_documents_have_no_families() -> None:
    assert first_of_each(documents([])).tolist() == []


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=30))
def test_a_family_is_what_chains_of_copies_and_groups_reach(rows: list[tuple[int, int]]) -> None:
    texts, groups = [f"t{text}" for text, _ in rows], [f"g{group}" for _, group in rows]
    found = first_of_each(documents(texts, group_of=pa.array(groups, pa.string()))).tolist()
    # an independent way: spread the least number until nothing changes
    least = list(range(len(rows)))
    while True:
        by: dict[str, list[int]] = defaultdict(list)
        for row, (text, group) in enumerate(zip(texts, groups, strict=True)):
            by[text].append(row)
            by[group].append(row)
        before = list(least)
        for members in by.values():
            smallest = min(least[row] for row in members)
            for row in members:
                least[row] = smallest
        if least == before:
            break
    assert found == least


def test_a_million_links_in_a_chain_take_no_deep_walk() -> None:
    n = 200_000
    # each document is in the group of the one before it and has the text of the one after
    texts = [f"t{row // 2}" for row in range(n)]
    groups = [f"g{(row + 1) // 2}" for row in range(n)]
    table = documents(texts, group_of=groups)
    assert not first_of_each(table).any()


def test_a_family_counts_its_documents_and_tokens_and_takes_the_key_of_its_first() -> None:
    table = documents(["long one", "b", "long one"])
    firsts = first_of_each(table)
    found, number = families_of(table, firsts, np.full(3, FREE))
    assert number.tolist() == [0, 1, 0]
    assert found.keys == [hash_of("long one"), hash_of("b")]
    assert (found.documents.tolist(), found.tokens.tolist()) == ([2, 1], [16, 1])
    assert found.strata is found.dates is found.vectors is None


def test_the_key_of_a_group_is_its_name() -> None:
    table = documents(["a", "b", "c"], group_of=["g", "g", None])
    found, _ = families_of(table, first_of_each(table), np.full(3, FREE))
    assert found.keys == [GROUP_KEY + b"g", hash_of("c")]


def test_documents_of_earlier_datasets_fix_a_side_and_do_not_count() -> None:
    table = documents(["a", "b", "a", "c", "d", "b"], group_of=[None, "g", None, "g", None, None])
    sides = np.array([1, 0, FREE, 1, FREE, FREE])
    found, number = families_of(table, first_of_each(table), sides)
    assert number.tolist() == [0, 1, 0, 1, 2, 1]
    assert found.fixed.tolist() == [1, TORN, FREE]
    assert found.documents.tolist() == [1, 1, 1]


def test_a_family_has_the_date_of_its_newest_and_the_stratum_of_its_first() -> None:
    days = pa.array([5, 9, 7, None], pa.int64()).cast(pa.timestamp("us", "UTC"))
    table = documents(["a", "b", "a", "b"], date=days, stratum=["x", None, "y", "x"])
    found, _ = families_of(table, first_of_each(table), np.full(4, FREE))
    assert found.dates is not None
    assert found.strata is not None
    assert found.dates.tolist() == [7, 9]
    assert found.strata[0] >= 0 > found.strata[1]


def test_families_are_chosen_with_all_that_is_known_of_them() -> None:
    table = documents(
        ["a", "b", "c"],
        stratum=["x", "y", "x"],
        topics=pa.array([b"\x01\xff", None, b"\x02\x03"], pa.binary(2)),
    )
    found, _ = families_of(table, first_of_each(table), np.full(3, FREE))
    chosen = found.where(np.array([True, False, True]))
    assert len(chosen) == 2
    assert chosen.keys == [hash_of("a"), hash_of("c")]
    assert chosen.vectors is not None
    assert chosen.vectors.tolist() == [[1, -1], [2, 3]]
    assert found.vectors is not None
    assert found.vectors[1].tolist() == [0, 0]
