from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import write_jsonl
from tore_export.api.batch import batch_run
from tore_export.api.training import dataset_run
from tore_export.config import ExportConfig, TrainingConfig


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_jsonl(tmp_path / "in" / "a.jsonl", range(3))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_paths_are_absolute_for_a_cluster_whose_workers_run_in_other_folders(here: Path) -> None:
    made = dataset_run(["in"], "out", TrainingConfig(address="127.0.0.1:1")).plan
    rendered = batch_run(["in"], "out", ["markdown"], ExportConfig(address="127.0.0.1:1")).plan
    for plan in (made, rendered):
        assert [file.path for file in plan.inputs] == [os.fspath(here / "in" / "a.jsonl")]
        assert plan.sink.layout.output == os.fspath(here / "out")
        assert [file.source for file in plan.inputs] == ["a.jsonl"]


@pytest.mark.usefixtures("here")
def test_paths_are_as_they_were_said_on_this_machine() -> None:
    plan = dataset_run(["in"], "out", TrainingConfig()).plan
    assert plan.sink.layout.output == "out"
    assert [file.path for file in plan.inputs] == ["in/a.jsonl"]
