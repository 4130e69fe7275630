"""Two passes: the same units, the stages in the first, the sink in the second."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import write_jsonl
from tore_export.config import TrainingConfig
from tore_export.plan import units as units_module
from tore_export.plan.build import dataset_plan
from tore_export.sinks.dataset import DatasetSink
from tore_export.sinks.spool import SpoolSink


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(units_module, "LEAST_BYTES", 20_000)
    return str(write_jsonl(tmp_path / "in" / "a.jsonl", range(50)))


def test_a_plan_of_two_passes_reads_in_the_second_what_the_first_wrote(
    source: str, tmp_path: Path
) -> None:
    plan = dataset_plan([source], str(tmp_path / "out"), TrainingConfig(exact_ratios=True))
    assert plan.preparation is not None
    first = plan.preparation.plan
    assert isinstance(plan.sink, DatasetSink)
    assert isinstance(first.sink, SpoolSink)
    assert (plan.stages, first.joined, first.counted) == ((), (), ())
    assert first.fingerprint == plan.fingerprint
    assert len(plan.units) > 2
    for one, other in zip(first.units, plan.units, strict=True):
        assert (one.number, one.n_bytes) == (other.number, other.n_bytes)
        assert all(first.sink.layout.state_file("") in file.path for file in other.files)
    assert plan.n_bytes == first.n_bytes


def test_where_no_decision_is_about_all_documents_there_is_one_pass(
    source: str, tmp_path: Path
) -> None:
    for config in (TrainingConfig(), TrainingConfig(split_strategy="group")):
        plan = dataset_plan([source], str(tmp_path / "out"), config)
        assert plan.preparation is None
        assert "splits" not in plan.description
        assert "Split" in plan.description["stages"]


def test_what_is_decided_by_is_part_of_what_a_resumed_run_must_agree_with(
    source: str, tmp_path: Path
) -> None:
    prints = set()
    for near in (0.7, 0.8):
        for seed in (0, 1):
            config = TrainingConfig(near_duplicates=near, seed=seed)
            plan = dataset_plan([source], str(tmp_path / "out"), config)
            assert plan.description["splits"]["near_duplicates"] == near
            prints.add(plan.fingerprint)
    assert len(prints) == 4
