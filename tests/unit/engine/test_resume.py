"""What an output remembers, and what it refuses to go on with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import write_jsonl
from tore_export.config import TrainingConfig
from tore_export.engine.inline import InlineEngine
from tore_export.engine.resume import State, changes
from tore_export.engine.run import Run
from tore_export.errors import ResumeError, StorageError
from tore_export.plan.build import dataset_plan
from tore_export.plan.plan import Plan
from tore_export.results import RunSummary


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "in" / "a.jsonl", range(8)).parent


def planned(source: Path, output: Path, **options: Any) -> Plan:
    config = TrainingConfig.model_validate({"splits": "train=0.5,test=0.5", **options})
    return dataset_plan([str(source)], str(output), config)


def done(plan: Plan, **options: Any) -> RunSummary:
    return Run(plan, InlineEngine, engine_name="inline", **options).execute()


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, ["a: 1 before, 2 now"]),
        ({"a": 1}, {}, ["a: 1 before, nothing now"]),
        ({}, {"b": {"c": [1]}}, ['b: nothing before, {"c":[1]} now']),
        ({"a": {"b": "x"}}, {"a": {"b": "y"}}, ['a.b: "x" before, "y" now']),
        ({"sha256": "1"}, {"sha256": "2"}, []),
        (None, {"a": 1}, [': nothing before, {"a":1} now']),
    ],
)
def test_changes_are_told_as_sentences(before: Any, now: Any, told: list[str]) -> None:
    assert list(changes(before, now)) == told


def test_a_new_output_writes_its_plan_down(source: Path, tmp_path: Path) -> None:
    plan = planned(source, tmp_path / "out")
    assert State(plan).begin() is None
    stored = json.loads((tmp_path / "out" / ".tore-export" / "plan.json").read_text())
    assert stored["fingerprint"] == plan.fingerprint
    assert stored["plan"] == plan.description
    assert [name for name, _, _ in stored["files"]] == ["a.jsonl"]


def test_another_plan_is_refused_with_what_differs_and_what_to_do(
    source: Path, tmp_path: Path
) -> None:
    State(planned(source, tmp_path / "out")).begin()
    with pytest.raises(ResumeError) as refused:
        State(planned(source, tmp_path / "out", seed=3, images="skip")).begin()
    told = str(refused.value)
    assert "stages.Split.seed: 0 before, 3 now" in told
    assert "stages.Format.options: " in told
    assert "use --restart to begin anew" in told


def test_a_version_of_a_stage_that_rose_is_a_change(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tore_export.stages.split import Split

    State(planned(source, tmp_path / "out")).begin()
    monkeypatch.setattr(Split, "version", Split.version + 1)
    with pytest.raises(ResumeError, match=r"stages\.Split\.version: 1 before, 2 now"):
        State(planned(source, tmp_path / "out")).begin()


def test_what_a_file_was_and_is_is_told(source: Path, tmp_path: Path) -> None:
    State(planned(source, tmp_path / "out")).begin()
    size = (source / "a.jsonl").stat().st_size
    (source / "a.jsonl").write_text('{"text": "x"}')
    with pytest.raises(ResumeError, match=rf"a\.jsonl changed \({size:,} bytes before, 13 now\)"):
        State(planned(source, tmp_path / "out")).begin()


def test_what_killed_attempts_left_is_swept_and_nothing_else(source: Path, tmp_path: Path) -> None:
    plan = planned(source, tmp_path / "out")
    layout = plan.sink.layout
    left = [layout.receipts, layout.parts, layout.facts, layout.rejects, layout.data, layout.state]
    for folder in left:
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / ".tmp-0123-x").touch()
        (Path(folder) / "kept").touch()
    State(plan).begin()
    for folder in left:
        assert (Path(folder) / "kept").exists()
        assert not (Path(folder) / ".tmp-0123-x").exists()


def test_beside_a_file_only_leftovers_of_that_file_are_swept(source: Path, tmp_path: Path) -> None:
    (tmp_path / ".tmp-0123-set.test.jsonl").touch()
    (tmp_path / ".tmp-0123-other.jsonl").touch()
    State(planned(source, tmp_path / "set.jsonl")).begin()
    assert not (tmp_path / ".tmp-0123-set.test.jsonl").exists()
    assert (tmp_path / ".tmp-0123-other.jsonl").exists()


def test_a_restart_of_a_file_output_removes_all_its_splits(source: Path, tmp_path: Path) -> None:
    summary = done(planned(source, tmp_path / "set.jsonl"))
    assert all(summary.records.values())
    (tmp_path / "set.notes.txt").write_text("mine")
    again = done(planned(source, tmp_path / "set.jsonl", splits="train=1"), restart=True)
    assert again.records == {"train": 8}
    names = {path.name for path in tmp_path.iterdir()}
    assert {"set.jsonl", "set.tore-export", "set.notes.txt"} <= names


def test_damaged_state_is_told_with_its_file(source: Path, tmp_path: Path) -> None:
    plan = planned(source, tmp_path / "out")
    done(plan)
    state = tmp_path / "out" / ".tore-export"
    (state / "plan.json").write_text("{")
    with pytest.raises(StorageError, match=r"plan\.json: the state of this output is damaged"):
        done(plan)
    assert done(plan, restart=True).documents["kept"] == 8
    (state / "done.json").write_text('{"documents": 5}')
    with pytest.raises(StorageError, match=r"done\.json: the state of this output is damaged"):
        done(plan)


def test_receipts_of_another_plan_do_not_count(source: Path, tmp_path: Path) -> None:
    plan = planned(source, tmp_path / "out")
    done(plan)
    state = State(plan)
    assert [unit for unit, _ in state.receipts()] == [0]
    assert set(state.joined()) == {
        "join-train-00000-of-00001",
        "join-test-00000-of-00001",
    }
    other = planned(source, tmp_path / "out", seed=1)
    assert list(State(other).receipts()) == []


def test_shards_that_were_joined_are_not_joined_again(source: Path, tmp_path: Path) -> None:
    plan = planned(source, tmp_path / "out")
    whole = done(plan)
    state = tmp_path / "out" / ".tore-export"
    (state / "done.json").unlink()
    before = {shard: Path(shard).stat().st_mtime_ns for shard in whole.shards}
    again = done(plan)
    assert not again.nothing_to_do
    assert again.records == whole.records
    assert {shard: Path(shard).stat().st_mtime_ns for shard in whole.shards} == before
