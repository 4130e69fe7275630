"""Deciding between passes: over the facts of all units, a file of decisions each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.conftest import write_jsonl
from tore_export.config import TrainingConfig
from tore_export.engine.decide import decide_units, decisions_of
from tore_export.engine.inline import InlineEngine
from tore_export.plan import units as units_module
from tore_export.plan.build import dataset_plan
from tore_export.plan.plan import Plan, Preparation
from tore_export.sinks.spool import decisions_path, facts_path
from tore_export.splits.rules import SplitRules

HALVES = (("train", 0.5), ("test", 0.5))


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setattr(units_module, "LEAST_BYTES", 20_000)
    path = write_jsonl(tmp_path / "in" / "a.jsonl", range(50))
    with path.open("a") as stream:
        stream.write("{\n" + path.read_text().splitlines()[3] + "\n")
    config = TrainingConfig(near_duplicates=0.7)
    found = dataset_plan([str(path)], str(tmp_path / "out"), config)
    with InlineEngine() as engine:
        preparation = prepared(found)
        assert len(list(engine.units(preparation.plan, preparation.plan.units))) > 2
    return found


def prepared(plan: Plan) -> Preparation:
    assert plan.preparation is not None
    return plan.preparation


def decisions(plan: Plan) -> dict[int, bytes]:
    layout = prepared(plan).plan.sink.layout
    return {u.number: Path(decisions_path(layout, u.number)).read_bytes() for u in plan.units}


def decide_all(plan: Plan, map_: Any = map) -> None:
    preparation = prepared(plan)
    first = preparation.plan
    decide_units(first.sink.layout, first.units, preparation.rules, preparation.earlier, map_)


def test_each_unit_has_a_decision_for_each_of_its_rows(plan: Plan) -> None:
    decide_all(plan)
    layout = prepared(plan).plan.sink.layout
    found = []
    for unit in plan.units:
        decided = pa.ipc.open_file(decisions_path(layout, unit.number)).read_all()
        facts = pa.ipc.open_file(facts_path(layout, unit.number)).read_all()
        assert decided.num_rows == facts.num_rows
        found += zip(facts["doc_id"].to_pylist(), decided.to_pylist(), strict=True)
    assert len(found) == 52
    (failed,) = [decision for doc_id, decision in found if not doc_id.startswith("doc-")]
    assert set(failed.values()) == {None}
    assert all(decision["split"] for doc_id, decision in found if doc_id.startswith("doc-"))
    # the last document is the fourth once more
    assert [decision["together_with"] for _, decision in (found[3], found[-1])] == ["doc-00003"] * 2
    assert found[3][1] == found[-1][1]
    assert found[0][1]["together_with"] is None


def test_deciding_again_writes_the_same(plan: Plan) -> None:
    decide_all(plan)
    first = decisions(plan)
    decide_all(plan)
    assert decisions(plan) == first


@pytest.mark.ray
@pytest.mark.usefixtures("ray_cluster")
def test_workers_decide_the_same(plan: Plan) -> None:
    from tore_export.engine.ray_data import RayEngine

    decide_all(plan)
    first = decisions(plan)
    with RayEngine() as engine:
        decide_all(plan, engine.map)
    assert decisions(plan) == first


def test_documents_that_are_rejected_already_are_not_decided_on() -> None:
    facts = pa.table(
        {
            "doc_id": ["a", "b", "c"],
            "text_hash": pa.array([b"x" * 16, None, b"x" * 16], pa.binary(16)),
            "n_tokens": pa.array([1, 0, 1], pa.int64()),
            "is_live": [True, False, True],
        }
    )
    rules = SplitRules(HALVES, "balanced")
    found = decisions_of(facts, rules, (), map).to_pylist()
    assert [row["split"] for row in found] == ["train", None, "train"]
    assert [row["together_with"] for row in found] == ["a", None, "a"]
    nobody = facts.set_column(3, "is_live", pa.array([False] * 3))
    assert decisions_of(nobody, rules, (), map).num_rows == 3
    assert decisions_of(facts.slice(0, 0), rules, (), map).num_rows == 0
