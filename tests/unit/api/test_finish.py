"""What tells of a run is written wherever the run's last step is carried out."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import write_jsonl
from tore_export.api.finish import Finish
from tore_export.api.training import dataset_run
from tore_export.config import TrainingConfig
from tore_export.plan.build import dataset_plan
from tore_export.report.about import read_about
from tore_export.results import RunSummary
from tore_export.sinks.dataset import DatasetSink
from tore_export.sinks.made import Made

CONFIG = TrainingConfig(engine="inline", dataset_name="Manuals", seed=7)
TELLING = ("README.md", "report.html", ".tore-export/about.json")


@pytest.fixture
def run(tmp_path: Path) -> tuple[str, Path, RunSummary]:
    """The input, the output and the account of a run."""
    source = str(write_jsonl(tmp_path / "in" / "a.jsonl", range(20)).parent)
    summary = dataset_run([source], str(tmp_path / "out"), CONFIG).execute()
    return source, tmp_path / "out", summary


def finish_of(source: str, output: Path, **options: Any) -> Finish:
    """Return the last step of a run, as another process has it."""
    plan = dataset_plan([source], str(output), CONFIG)
    assert isinstance(plan.sink, DatasetSink)
    made = Made.of(CONFIG, [source])
    finish = Finish(plan.sink, plan.description, made, CONFIG.split_shares, **options)
    found: Finish = pickle.loads(pickle.dumps(finish))
    return found


def test_another_process_writes_the_same_from_what_lies_on_the_disk(
    run: tuple[str, Path, RunSummary],
) -> None:
    source, output, summary = run
    written = {name: (output / name).read_bytes() for name in TELLING}
    for name in TELLING:
        (output / name).unlink()
    finish = finish_of(source, output)
    gathered = pickle.loads(pickle.dumps(finish.gather(finish.sink.layout)))
    again = finish(replace(summary, report=None), gathered)
    assert again == summary
    assert {name: (output / name).read_bytes() for name in TELLING} == written


def test_how_it_was_made_is_kept_where_no_report_is_asked_for(
    run: tuple[str, Path, RunSummary],
) -> None:
    source, output, summary = run
    for name in TELLING:
        (output / name).unlink()
    finish = finish_of(source, output, has_report=False)
    again = finish(replace(summary, report=None), finish.gather(finish.sink.layout))
    assert again.report is None
    assert not (output / "report.html").exists()
    assert (output / "README.md").exists()
    about = read_about(dataset_plan([source], str(output), CONFIG).sink.layout)
    assert about.config == {"dataset_name": "Manuals", "seed": 7}
