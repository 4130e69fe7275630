"""The engine in this process."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pytest

from tests.conftest import write_jsonl
from tore_export.config import TrainingConfig
from tore_export.engine.inline import InlineEngine
from tore_export.engine.threads import THREAD_VARIABLES
from tore_export.plan import units as units_module
from tore_export.plan.build import dataset_plan
from tore_export.plan.plan import Plan
from tore_export.sinks.shards import plan_joins


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setattr(units_module, "LEAST_BYTES", 20_000)
    path = write_jsonl(tmp_path / "in" / "a.jsonl", range(50))
    return dataset_plan([str(path)], str(tmp_path / "out"), TrainingConfig())


def test_units_are_done_one_after_the_other_and_told_when_they_are(plan: Plan) -> None:
    done = []
    with InlineEngine() as engine:
        for receipts in engine.units(plan, plan.units):
            done += [receipt.unit for receipt in receipts]
            written = sorted(path.name for path in Path(plan.sink.layout.receipts).iterdir())
            assert written == [f"unit-{unit:06d}.json" for unit in done]
    assert len(done) > 2
    assert done == [unit.number for unit in plan.units]


def test_only_what_is_pending_is_done(plan: Plan) -> None:
    with InlineEngine() as engine:
        (receipts,) = engine.units(plan, plan.units[1:2])
    assert [receipt.unit for receipt in receipts] == [1]


def test_joins_write_the_shards(plan: Plan) -> None:
    with InlineEngine() as engine:
        receipts = [receipt for found in engine.units(plan, plan.units) for receipt in found]
        tasks = plan_joins(receipts, plan.joined, plan.shard_bytes)
        joined = list(engine.joins(plan, tasks))
    assert sum(join.rows for join in joined) == 50
    assert all(Path(join.path).stat().st_size == join.size for join in joined)


def test_libraries_with_threads_of_their_own_get_one() -> None:
    with InlineEngine() as engine:
        assert (engine.name, engine.operator) == ("inline", None)
        assert (pa.cpu_count(), pa.io_thread_count()) == (1, 1)
        assert set(THREAD_VARIABLES) <= set(os.environ)


def test_a_function_is_carried_out_in_order(plan: Plan) -> None:
    with InlineEngine() as engine:
        assert list(engine.map(str, iter([3, 1, 2]))) == ["3", "1", "2"]
