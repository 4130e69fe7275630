"""The plan as `--dry-run` prints it."""

from __future__ import annotations

from typing import Any

import pytest

from tore_export.cli.plan_view import plan_lines


def account(**changes: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "input": {"files": 1, "bytes": 900},
        "units": 12,
        "units_done": 0,
        "passes": 1,
        "stages": [],
        "tokenizer": None,
        "writes": {"output": "out", "shard_size": None},
        "counted_by": ["train"],
        "engine": "inline",
        "workers": 1,
        "limit": None,
    }
    return known | changes


@pytest.mark.parametrize(
    ("n_bytes", "told"),
    [
        (900, "900 bytes"),
        (58_000, "58.0 kB"),
        (256 * 10**6, "256.0 MB"),
        (3 * 10**12, "3,000.0 GB"),
    ],
)
def test_sizes_are_decimal(n_bytes: int, told: str) -> None:
    lines = list(plan_lines(account(input={"files": 2, "bytes": n_bytes})))
    assert lines[0] == f"input      2 files, {told}"


def test_what_is_done_already_and_how_often_is_read() -> None:
    assert "units      12, 5 of them done already, in two passes" in plan_lines(
        account(units_done=5, passes=2)
    )


def test_a_count_that_stands_in_says_so() -> None:
    counted = {"name": "claude-3", "encoding": "o200k_base", "approximate": True}
    assert "tokens     claude-3 by o200k_base, approximate" in plan_lines(
        account(tokenizer=counted)
    )


def test_long_options_are_cut() -> None:
    stages = [{"name": "Own", "text": "x" * 100, "none": None, "parts": ["a", "b"]}]
    assert f"stages     Own: text {'x' * 59}…, parts a+b" in plan_lines(account(stages=stages))
