"""What a plan says of itself, by which a run goes on or begins anew."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from tore_export.config import TrainingConfig
from tore_export.plan.build import dataset_plan
from tore_export.plan.plan import Plan


def planned(source: Path, output: str = "out", **options: Any) -> Plan:
    return dataset_plan([str(source)], output, TrainingConfig.model_validate(options))


def test_the_same_input_and_configuration_make_the_same_plan(source: Path) -> None:
    assert planned(source) == planned(source)
    assert planned(source).fingerprint == planned(source, "elsewhere").fingerprint
    assert pickle.loads(pickle.dumps(planned(source))) == planned(source)


@pytest.mark.parametrize(
    "options",
    [
        {"engine": "ray"},
        {"max_workers": 7},
        {"batch_size": 3},
        {"max_failed_share": 0.1},
        {"check_disk": False},
        {"parallel_processing": False},
    ],
)
def test_what_does_not_change_the_output_does_not_change_the_fingerprint(
    source: Path, options: dict[str, Any]
) -> None:
    assert planned(source, **options).fingerprint == planned(source).fingerprint


@pytest.mark.parametrize(
    "options",
    [
        {"seed": 1},
        {"splits": "train=1"},
        {"min_quality_score": 0.1},
        {"default_format": "plaintext"},
        {"images": "skip"},
        {"default_tokenizer": "gpt-4o"},
        {"shard_format": "jsonl"},
        {"shard_size": "1MB"},
        {"include_metadata": False},
        {"max_elements": 5},
        {"limit": 2},
        {"exclude": "*.json"},
    ],
)
def test_what_changes_the_output_changes_the_fingerprint(
    source: Path, options: dict[str, Any]
) -> None:
    assert planned(source, **options).fingerprint != planned(source).fingerprint


def test_a_changed_input_changes_the_fingerprint(source: Path) -> None:
    before = planned(source).fingerprint
    (source / "b.json").write_text("[ ]")
    assert planned(source).fingerprint != before


def test_the_description_is_plain_and_names_no_folder_of_this_machine(source: Path) -> None:
    plan = planned(source)
    text = json.dumps(plan.description)
    assert json.loads(text) == plan.description
    assert str(source) not in text
    assert plan.description["input"]["n_files"] == 2
    assert plan.n_bytes == sum(path.stat().st_size for path in source.iterdir())
