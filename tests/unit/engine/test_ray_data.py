"""The engine on Ray Data: what comes back of a unit, and what of an error in a worker."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.conftest import write_jsonl
from tests.unit.engine.poisonous import deadly
from tore_export.config import TrainingConfig
from tore_export.engine import ray_data, watch
from tore_export.engine.ray_data import RayEngine, Units
from tore_export.engine.run import Run
from tore_export.errors import LostError, RunError, StorageError
from tore_export.plan import units as units_module
from tore_export.plan.build import dataset_plan
from tore_export.plan.plan import Plan
from tore_export.sinks.dataset import DatasetSink
from tore_export.sinks.shards import Join, JoinReceipt, plan_joins
from tore_export.sources.unit import Unit
from tore_export.storage.receipts import Receipt

pytestmark = [pytest.mark.ray, pytest.mark.usefixtures("ray_cluster")]


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setattr(units_module, "LEAST_BYTES", 20_000)
    path = write_jsonl(tmp_path / "in" / "a.jsonl", range(50))
    return dataset_plan([str(path)], str(tmp_path / "out"), TrainingConfig())


class FullDisk(DatasetSink):
    """Finds no room, in a worker."""

    def write_unit(self, tables: Iterable[pa.Table]) -> Receipt:
        raise StorageError("No space left on device", where="part", hint="free some space")

    def join(self, task: Join) -> JoinReceipt:
        raise StorageError("No space left on device", where="shard")


class Broken(DatasetSink):
    """Fails as no code of this package does."""

    def write_unit(self, tables: Iterable[pa.Table]) -> Receipt:
        raise ZeroDivisionError("out of the blue")

    def join(self, task: Join) -> JoinReceipt:
        raise ZeroDivisionError("out of the blue")


def with_sink(plan: Plan, kind: type[DatasetSink]) -> Plan:
    assert isinstance(plan.sink, DatasetSink)
    sink = kind(plan.sink.layout, plan.sink.fingerprint, plan.sink.schema)
    return replace(plan, sink=sink)


def receipts_of(plan: Plan, units: Any = None) -> list[Receipt]:
    with RayEngine() as engine:
        return [r for found in engine.units(plan, units or plan.units) for r in found]


def test_every_unit_comes_back_as_one_receipt(plan: Plan) -> None:
    receipts = receipts_of(plan)
    assert sorted(r.unit for r in receipts) == [unit.number for unit in plan.units]
    assert sum(r.documents.kept for r in receipts) == 50


def test_receipts_that_were_there_before_do_not_come_again(plan: Plan) -> None:
    receipts_of(plan, plan.units[:2])
    assert {r.unit for r in receipts_of(plan, plan.units[2:])} == {
        unit.number for unit in plan.units[2:]
    }


def test_nothing_pending_starts_nothing(plan: Plan) -> None:
    with RayEngine() as engine:
        assert list(engine.units(plan, [])) == []
        assert engine.operator is None
        assert list(engine.joins(plan, [])) == []


def test_large_units_are_begun_first(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[list[int]] = []
    make = Units.__init__

    def look(self: Units, plan: Plan, units: Any) -> None:
        begun.append([unit.n_bytes for unit in units])
        make(self, plan, units)

    monkeypatch.setattr(Units, "__init__", look)
    small_last = tuple(replace(u, n_bytes=n) for u, n in zip(plan.units, (5, 9, 7), strict=False))
    receipts_of(plan, small_last)
    assert begun[0] == [9, 7, 5]


def test_a_task_carries_no_more_of_the_plan_than_reading_needs(plan: Plan) -> None:
    (task, *_) = Units(plan, plan.units).get_read_tasks(1)
    unit = plan.units[0]
    reading = ray_data._Read(unit, plan.limits, plan.batch_size)
    assert len(pickle.dumps(reading)) < 2_000
    assert sum(table.num_rows for table in reading()) > 1
    assert task.metadata.num_rows is None
    assert Units(plan, plan.units).estimate_inmemory_data_size() is None


def test_our_own_error_comes_out_of_a_worker_as_it_was_raised(plan: Plan) -> None:
    with pytest.raises(StorageError) as raised:
        receipts_of(with_sink(plan, FullDisk))
    assert str(raised.value) == "part: No space left on device (free some space)"


def test_any_other_error_says_in_one_line_what_it_was_and_what_to_do(
    plan: Plan, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(RunError) as raised:
        receipts_of(with_sink(plan, Broken))
    assert str(raised.value) == (
        "a worker failed for good, found ZeroDivisionError: out of the blue"
        " (run the same command again to go on where it stopped)"
    )
    assert capfd.readouterr() == ("", "")  # Ray is quiet about it


def joins_of(plan: Plan, receipts: list[Receipt]) -> list[JoinReceipt]:
    with RayEngine() as engine:
        tasks = plan_joins(receipts, plan.joined, plan.shard_bytes)
        return list(engine.joins(plan, tasks))


def test_shards_are_joined_by_workers_and_their_errors_are_told_too(plan: Plan) -> None:
    receipts = receipts_of(plan)
    assert sum(join.rows for join in joins_of(plan, receipts)) == 50
    with pytest.raises(StorageError, match="shard: No space left"):
        joins_of(with_sink(plan, FullDisk), receipts)
    with pytest.raises(RunError, match="found ZeroDivisionError: out of the blue"):
        joins_of(with_sink(plan, Broken), receipts)


def test_the_name_of_the_sink_is_what_ray_shows(plan: Plan) -> None:
    assert ray_data.UnitSink(plan.sink).get_name() == "DatasetSink"


def slow_first(item: int) -> int:
    time.sleep(0.5 if item == 0 else 0)
    return item * item


def test_workers_carry_out_a_function_and_results_are_in_order() -> None:
    with RayEngine() as engine:
        assert list(engine.map(slow_first, iter(range(40)))) == [n * n for n in range(40)]
        assert list(engine.map(slow_first, [])) == []


def lost(plan: Plan) -> tuple[list[Receipt], tuple[int, ...]]:
    """Return the receipts that come before workers are lost for good, and at which units they were."""
    found: list[Receipt] = []
    with RayEngine(workers=2) as engine:
        try:
            for receipts in engine.units(plan, plan.units):
                found += receipts
        except LostError as error:
            return found, error.units
    return found, ()


@pytest.mark.slow
def test_units_that_end_their_workers_are_named_when_others_that_were_begun_are_done(
    plan: Plan,
) -> None:
    bad = [unit.number for unit in plan.units if b"doc-00020" in lines_of(unit)]
    receipts, units = lost(deadly(plan, "doc-00020"))
    assert list(units) == bad
    assert len(receipts) > 1
    assert not set(units) & {receipt.unit for receipt in receipts}


@pytest.mark.slow
def test_a_worker_that_works_for_far_too_long_is_ended(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "SECONDS", 3.0)
    monkeypatch.setattr(watch, "SECONDS_PER_FILE", 0.0)
    _, units = lost(deadly(plan, "doc-00020", is_endless=True))
    assert [b"doc-00020" in lines_of(plan.units[number]) for number in units] == [True]


@pytest.mark.slow
def test_a_run_goes_on_without_the_document_that_ends_its_workers(plan: Plan) -> None:
    run = Run(deadly(plan, "doc-00020"), lambda: RayEngine(workers=2), engine_name="ray")
    summary = run.execute()
    assert summary.documents == {"in": 50, "kept": 49, "dropped": 0, "failed": 1}
    assert summary.reasons == {"source.killed_worker": 1}


def lines_of(unit: Unit) -> bytes:
    return Path(unit.files[0].path).read_bytes()[unit.start : unit.end]


def test_workers_of_our_own_cluster_get_as_much_of_a_busy_machine_as_this_process() -> None:
    """Ray lets its workers have what others leave."""
    told = """
import os, ray
from tore_export.engine.ray_data import RayEngine
with RayEngine(None, 1):
    print(ray.get(ray.remote(lambda: os.nice(0)).remote()) - os.nice(0))
"""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    command = [sys.executable, "-c", told]
    assert subprocess.run(command, env=plain, capture_output=True, check=True).stdout == b"0\n"
