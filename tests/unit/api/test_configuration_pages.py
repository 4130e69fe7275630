"""Pages of configuration: each is a configuration itself, and a schema refuses what we refuse."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tore_export.api.configuration import load_config, merge_config
from tore_export.api.configuration_pages import (
    SCENARIOS,
    as_data,
    as_yaml,
    first_file,
    json_schema,
)
from tore_export.config import ExportConfig, TrainingConfig
from tore_export.errors import UsageError

CONFIGS = sorted((Path(__file__).resolve().parents[3] / "configs").glob("*.yaml"))
SCHEMA = jsonschema.Draft202012Validator(json_schema(TrainingConfig, "training"))


def loaded(model: type[Any], text: str, folder: Path) -> Any:
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    return load_config(model, file=str(folder / "own.yaml"), environment={})


def test_each_value_comes_from_the_last_who_said_it(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("# mine\nseed: 1\nlimit: 5\nbatch_size: 7\n")
    merged = merge_config(
        TrainingConfig,
        file=str(tmp_path / "own.yaml"),
        environment={"TORE_EXPORT_LIMIT": "6", "TORE_EXPORT_BATCH_SIZE": "8"},
        options={"batch_size": 9, "min_quality_score": None},
    )
    found = as_data(merged)
    assert found["seed"] == {"value": 1, "from": f"{tmp_path}/own.yaml:2"}
    assert found["limit"] == {"value": 6, "from": "environment TORE_EXPORT_LIMIT"}
    assert found["batch_size"] == {"value": 9, "from": "--batch-size"}
    assert found["min_quality_score"] == {"value": 0.7, "from": "default"}
    assert list(found) == list(TrainingConfig.model_fields)


def test_what_is_shown_is_a_file_that_says_the_same(tmp_path: Path) -> None:
    options = {
        "task": "section,question",
        "shape": "messages",
        "splits": "train=0.5,test=0.5",
        "include": ["*.json", "# [x]: é"],
        "format_options": ["mark=*", "depth=2"],
        "system_prompt": 'You: "help"\n#1',
        "shard_size": "1GB",
    }
    merged = merge_config(TrainingConfig, environment={}, options=options)
    assert loaded(TrainingConfig, as_yaml(merged), tmp_path) == merged.config


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_first_file_is_valid_as_it_is_and_sets_what_it_is_for(name: str, tmp_path: Path) -> None:
    scenario = SCENARIOS[name]
    text = first_file(name)
    assert loaded(scenario.model, text, tmp_path) == scenario.model(**scenario.values)
    assert f"tore-export {scenario.command} " in text


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_first_file_holds_every_key_with_its_default(name: str, tmp_path: Path) -> None:
    model = SCENARIOS[name].model
    everything = re.sub(r"^#(?=\w+:)", "", first_file(name), flags=re.MULTILINE)
    assert list(yaml.safe_load(everything)) == list(model.model_fields)
    assert loaded(model, everything, tmp_path) == loaded(model, first_file(name), tmp_path)
    assert all(field.description in everything for field in model.model_fields.values())


def test_a_scenario_that_is_not_known_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"allowed: training, .*\(did you mean chunks\?\)"):
        first_file("chunk")


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_every_shipped_file_is_valid_by_the_schema(path: Path) -> None:
    assert list(SCHEMA.iter_errors(yaml.safe_load(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_first_file_is_valid_by_the_schema(name: str) -> None:
    validator = jsonschema.Draft202012Validator(json_schema(SCENARIOS[name].model, name))
    values = yaml.safe_load(first_file(name))
    assert list(validator.iter_errors(values or {})) == []


@pytest.mark.parametrize(
    "values",
    [
        {"sede": 1},
        {"seed": "many"},
        {"markdown_flavor": "wiki"},
        {"min_quality_score": 2},
        {"max_tokens": 7},
        {"splits": [0.9, 0.1]},
    ],
)
def test_the_schema_refuses_what_loading_refuses(values: dict[str, Any]) -> None:
    assert not SCHEMA.is_valid(values)
    with pytest.raises(UsageError):
        TrainingConfig(**values)


@pytest.mark.parametrize(
    "values",
    [
        {"shard_size": "1.5GB"},
        {"shard_size": 7},
        {"include": "*.json,*.tore"},
        {"include": ["*.json"]},
        {"splits": "train=0.5,test=0.5"},
        {"format_options": {"depth": 2, "mark": None}},
        {"format_options": ["depth=2"]},
        {"task": "section", "shape": "alpaca"},
        {"max_tokens": None},
    ],
)
def test_the_schema_takes_every_form_that_loading_takes(values: dict[str, Any]) -> None:
    assert list(SCHEMA.iter_errors(values)) == []
    TrainingConfig(**values)


def test_the_schema_is_one_and_describes_every_key() -> None:
    for model in (TrainingConfig, ExportConfig):
        schema = json_schema(model, "own")
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["additionalProperties"] is False
        assert list(schema["properties"]) == list(model.model_fields)
        assert all(found["description"] for found in schema["properties"].values())
