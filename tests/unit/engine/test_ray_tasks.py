"""Workers carry out a function item by item: in order or as they are done, errors as they were."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tore_export.engine.ray_data import RayEngine
from tore_export.engine.ray_tasks import as_done, in_order
from tore_export.errors import RunError, StorageError

pytestmark = [pytest.mark.ray, pytest.mark.usefixtures("ray_cluster")]


def slow_first(item: int) -> int:
    time.sleep(0.5 if item == 0 else 0)
    return item * item


def refuse(item: int) -> int:
    raise StorageError("No space left on device", where=f"item {item}")


def fail(item: int) -> int:
    raise ZeroDivisionError(f"out of the blue\nat {item}")


def test_results_are_in_order_whichever_is_done_first() -> None:
    with RayEngine():
        assert list(in_order(slow_first, iter(range(40)), 2)) == [n * n for n in range(40)]
        assert list(in_order(slow_first, [], 2)) == []


def test_work_is_begun_before_results_are_asked_for(tmp_path: Path) -> None:
    with RayEngine():
        results = in_order(Path.touch, [tmp_path / "begun"], 2)
        patience = time.monotonic() + 30
        while not (tmp_path / "begun").exists():
            assert time.monotonic() < patience
            time.sleep(0.01)
        assert list(results) == [None]


def test_results_come_as_they_are_done_and_all_come() -> None:
    with RayEngine():
        found = list(as_done(slow_first, range(10)))
        assert sorted(found) == [n * n for n in range(10)]
        assert list(as_done(slow_first, [])) == []


def test_no_more_items_are_taken_than_workers_need() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    with RayEngine():
        next(in_order(slow_first, items(), 2))
    assert len(taken) < 10


@pytest.mark.parametrize("carried_out", [lambda f, i: in_order(f, i, 2), as_done])
def test_our_own_error_comes_out_as_it_was_raised_any_other_in_one_line(carried_out: Any) -> None:
    with RayEngine():
        with pytest.raises(StorageError, match="item 7: No space left"):
            list(carried_out(refuse, [7]))
        with pytest.raises(RunError) as raised:
            list(carried_out(fail, [7]))
    assert "found ZeroDivisionError: out of the blue (run the same" in str(raised.value)
