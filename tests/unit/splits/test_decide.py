"""Deciding: each document on its side, families together, earlier datasets first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.splits.tables import HALVES, documents, hash_of, rules
from tore_export.splits.decide import DECISION, STRATEGIES, decide
from tore_export.splits.hashing import positions_of, sides_of
from tore_export.splits.topics import topics_of


def facts(texts: list[str], **columns: Any) -> pa.Table:
    """Documents with all that any strategy asks for."""
    n = len(texts)
    days = pa.array([number * 86_400_000_000 for number in range(n)], pa.int64())
    return documents(
        texts,
        stratum=[f"s{number % 3}" for number in range(n)],
        date=days.cast(pa.timestamp("us", "UTC")),
        topics=topics_of(pa.array(texts, pa.string())),
        **columns,
    )


def splits_of(table: pa.Table, strategy: str = "random", **options: Any) -> list[str | None]:
    found: list[str | None] = decide(table, rules(strategy, **options))["split"].to_pylist()
    return found


def sided(sides: list[str | None]) -> pa.Array:
    return pa.array(sides, pa.string())


def test_random_is_what_a_single_pass_decides() -> None:
    texts = [f"text {number}" for number in range(500)]
    positions = positions_of(3, [hash_of(text) for text in texts])
    names = ("train", "validation", "test")
    expected = [names[side] for side in sides_of(positions, [0.9, 0.05, 0.05])]
    assert splits_of(documents(texts), seed=3) == expected


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("exact", [False, True])
def test_copies_near_copies_and_groups_are_on_one_side_in_every_strategy(
    strategy: str, exact: bool
) -> None:
    texts = [f"words number {number % 700}" for number in range(1_000)]  # 300 are copies
    clusters = [number - number % 2 for number in range(1_000)]  # neighbours are near copies
    groups = [f"g{number % 90}" if number % 10 == 0 else None for number in range(1_000)]
    table = facts(texts, cluster=clusters, group_of=sided(groups))
    found = decide(table, rules(strategy, splits=HALVES, exact_ratios=exact))
    assert found.schema.equals(DECISION)
    for keys in (texts, clusters, groups):
        sides: dict[Any, set[str | None]] = {}
        for key, side in zip(keys, found["split"].to_pylist(), strict=True):
            if key is not None:
                sides.setdefault(key, set()).add(side)
        assert all(len(some) == 1 for some in sides.values())
    assert found["rule"].null_count == 1_000


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_places_none_one_and_copies_of_one(strategy: str) -> None:
    assert splits_of(facts([]), strategy) == []
    assert splits_of(facts(["one"]), strategy) in (["train"], ["validation"], ["test"])
    assert len(set(splits_of(facts(["same"] * 50), strategy))) == 1


@pytest.mark.parametrize("strategy", ["stratified", "balanced", "temporal", "content_based"])
def test_a_single_document_is_in_the_largest_split(strategy: str) -> None:
    assert splits_of(facts(["one"]), strategy) == ["train"]


@pytest.mark.parametrize("strategy", ["random", "group"])
@given(extra=st.lists(st.text(max_size=5), max_size=20))
@settings(max_examples=30, deadline=None)
def test_documents_that_are_added_behind_move_no_other(strategy: str, extra: list[str]) -> None:
    texts = ["a", "b", "a", "c", "d", "e", "f"]
    groups = ["g", None, None, "h", None, None, "i"]
    clusters = [0, 1, 0, 3, 1, 5, 6]
    before = splits_of(
        documents(texts, group_of=sided(groups), cluster=clusters), strategy, splits=HALVES
    )
    n = len(texts)
    after = documents(
        [*texts, *(f"new {text}" for text in extra)],
        group_of=sided([*groups, *([None] * len(extra))]),
        cluster=[*clusters, *range(n, n + len(extra))],
    )
    assert splits_of(after, strategy, splits=HALVES)[:n] == before


def test_documents_of_earlier_datasets_keep_their_side_and_their_copies_follow() -> None:
    table = documents(
        ["old 1", "old 2", "old 1", "near old 2", "new"],
        cluster=[0, 1, 2, 1, 4],
        side=sided(["test", "validation", None, None, None]),
    )
    assert splits_of(table)[:4] == ["test", "validation", "test", "validation"]


def test_a_newcomer_between_two_sides_is_dropped_and_copies_of_old_ones_are_not() -> None:
    table = documents(
        ["old 1", "old 2", "newcomer", "old 2"],
        cluster=[0, 0, 0, 3],  # the newcomer is like both
        side=sided(["test", "train", None, None]),
    )
    found = decide(table, rules())
    assert found["split"].to_pylist() == ["test", "train", None, "train"]
    assert found["rule"].to_pylist() == [None, None, "between_splits", None]
    assert found["detail"][2].as_py() == "copies of it are on two sides of earlier datasets"


def test_a_document_that_is_in_a_split_this_run_has_not_is_dropped() -> None:
    table = documents(
        ["old", "old", "like old"], cluster=[0, 1, 0], side=sided(["gold", None, None])
    )
    found = decide(table, rules())
    assert found["split"].to_pylist()[1:] == [None, None]
    assert found["rule"].to_pylist()[1:] == ["no_such_split"] * 2
    assert found["detail"][1].as_py() == "an earlier dataset has it in gold"


def test_of_two_earlier_datasets_the_first_is_right() -> None:
    table = documents(["old", "old", "old"], side=sided(["test", "train", None]))
    assert splits_of(table) == ["test", "train", "test"]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_keeps_old_sides_and_places_newcomers(strategy: str) -> None:
    texts = [f"text {number}" for number in range(300)]
    old: list[str | None] = [("train", "test")[number % 2] for number in range(100)]
    table = facts([*texts[:100], *texts], side=sided([*old, *([None] * 300)]))
    found = splits_of(table, strategy, splits=HALVES)
    assert found[100:200] == old
    assert set(found[200:]) <= {"train", "test"}


def test_the_first_of_a_family_is_told() -> None:
    found = decide(documents(["a", "b", "a"]), rules())
    assert found["first"].to_pylist() == [0, 1, 0]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_twenty_thousand_documents_keep_their_shares(strategy: str) -> None:
    table = facts([f"text {number}" for number in range(20_000)])
    found = np.array(splits_of(table, strategy))
    for name, share in (("train", 0.9), ("validation", 0.05), ("test", 0.05)):
        assert (found == name).mean() == pytest.approx(
            share, abs=0.01 if strategy == "content_based" else 0.005
        )
