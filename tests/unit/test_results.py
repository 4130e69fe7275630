"""Results say what they are at a glance, and all they hold as data."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from rich.console import Console

from tests.conftest import document
from tore_export import ExportAPI, ExportWorkflow, RunSummary, TrainingDataset
from tore_export.results import CountedBy, ExportResult

RESULT = ExportResult("# Pumps\n" * 100, "markdown", 300, 9, quality_score=0.9)
SUMMARY = RunSummary({"in": 2, "kept": 2}, {}, {"train": 2}, {"train": 9}, "out", "inline")
DATASET = ExportAPI().export_for_training([document(number) for number in range(20)])


def test_a_repr_is_short_and_names_what_matters() -> None:
    assert repr(RESULT) == (
        "ExportResult(content='# Pumps\\n# Pumps\\n# Pumps\\n# Pump'… <800 characters>, "
        "format='markdown', n_tokens=300, n_elements=9, quality_score=0.9)"
    )
    assert repr(SUMMARY) == (
        "RunSummary(documents={'in': 2, 'kept': 2}, reasons={}, records={'train': 2}, "
        "tokens={'train': 9}, output='out', engine='inline')"
    )
    assert repr(DATASET).startswith("TrainingDataset(splits={'train': <")
    assert len(repr(DATASET)) < 600


@pytest.mark.parametrize("result", [RESULT, SUMMARY, DATASET])
def test_rich_lays_out_what_the_repr_says(result: Any) -> None:
    console = Console(width=60, file=None, record=True, quiet=False)
    with console.capture() as captured:
        console.print(result)
    told = captured.get()
    assert told.splitlines()[0] == f"{type(result).__name__}("
    assert len(told.splitlines()) > 4
    for name, _ in result.__rich_repr__():
        assert f"{name}=" in told


@pytest.mark.parametrize("result", [RESULT, SUMMARY, DATASET])
def test_results_are_frozen_and_data_that_json_holds(result: Any) -> None:
    name = dataclasses.fields(result)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(result, name, None)
    assert json.loads(json.dumps(result.to_dict())).keys() == {
        field.name for field in dataclasses.fields(result)
    }


def test_the_result_of_a_workflow_is_as_short() -> None:
    told = repr(ExportWorkflow({}).execute([document(1)]))
    assert told.startswith("WorkflowResult(state='finished'")
    assert "records=TrainingDataset(" in told
    assert len(told) < 1_000


def test_a_dataset_has_as_many_items_as_records() -> None:
    assert isinstance(DATASET, TrainingDataset)
    assert len(DATASET) == 20


def test_a_stand_in_is_told() -> None:
    assert CountedBy("gpt-4o", "o200k_base").stands_in is None
