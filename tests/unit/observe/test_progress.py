"""Progress as plain values."""

from __future__ import annotations

import pytest

from tore_export.observe.progress import Progress


def test_the_rate_counts_what_this_run_did() -> None:
    progress = Progress("documents", n_bytes=900, total_bytes=1_000, resumed_bytes=500, seconds=4)
    assert progress.bytes_per_second == 100
    assert progress.seconds_left == 1


@pytest.mark.parametrize(
    "progress",
    [
        Progress("start"),
        Progress("start", total_bytes=10),
        Progress("documents", n_bytes=5, resumed_bytes=5, total_bytes=10, seconds=1),
    ],
)
def test_nothing_is_estimated_before_anything_was_done(progress: Progress) -> None:
    assert progress.bytes_per_second == 0
    assert progress.seconds_left is None
