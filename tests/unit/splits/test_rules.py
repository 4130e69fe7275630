"""Rules: when a second pass is needed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.splits.tables import rules


@pytest.mark.parametrize(
    ("strategy", "options", "is_global"),
    [
        ("random", {}, False),
        ("random", {"group_by": "folder"}, False),
        ("group", {"group_by": "source"}, False),
        ("random", {"exact_ratios": True}, True),
        ("group", {"exact_ratios": True}, True),
        ("random", {"near_duplicates": 1.0}, True),
        ("group", {"against": ("old",)}, True),
        ("stratified", {}, True),
        ("balanced", {}, True),
        ("temporal", {}, True),
        ("content_based", {}, True),
    ],
)
def test_a_second_pass_is_needed_where_a_side_depends_on_other_documents(
    strategy: str, options: dict[str, Any], is_global: bool
) -> None:
    assert rules(strategy, **options).is_global is is_global


def test_names_and_shares_are_in_the_order_they_were_given() -> None:
    found = rules(splits=(("b", 0.2), ("a", 0.8)))
    assert (found.names, found.shares) == (("b", "a"), (0.2, 0.8))
