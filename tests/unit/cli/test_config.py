"""`tore-export config`: the configuration that a command line means, and files to begin with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from tore_export.api.configuration import OPTION_OF_KEY, load_config
from tore_export.cli.export_cli import application
from tore_export.cli.main import run
from tore_export.config import ExportConfig, TrainingConfig

COMMANDS: dict[str, Any] = typer.main.get_command(application()).commands

# a value for each option that takes one, other than its key's default
VALUES = {
    "splits": "train=0.5,test=0.5",
    "shard_size": "1GB",
    "max_document_size": "1MB",
    "option": "depth=2",
    "near_duplicates": "0.7",
    "min_score": "0.1",
    "max_failed_share": "0.1",
    "chunk_min_fill": "0.5",
    "output_encoding": "latin-1",
    "task": "section",
    "shape": "messages",
    "split_strategy": "group",
    "markdown_flavor": "academic",
    "images": "skip",
    "tables": "html",
    "merged_cells": "repeat",
    "page_marks": "rule",
    "shard_format": "jsonl",
    "engine": "inline",
    "dedup": "none",
    "heading_offset": "1",
    "line_width": "40",
}


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, dict[str, Any]]:
    assert run(["config", "show", *words, "--json"]) == 0
    values: dict[str, dict[str, Any]] = json.loads(capsys.readouterr().out)["values"]
    return values


def test_it_shows_who_said_each_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.yaml").write_text("limit: 5\n")
    monkeypatch.setenv("TORE_EXPORT_BATCH_SIZE", "8")
    assert run(["config", "show", "training", "--config", "own.yaml", "--seed", "7"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "seed: 7                                   # --seed" in lines
    assert "limit: 5                                  # own.yaml:1" in lines
    assert "batch_size: 8                             # environment TORE_EXPORT_BATCH_SIZE" in lines
    assert "shape: text                               # default" in lines


def test_what_it_shows_is_a_configuration_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["config", "show", "--task", "section", "--shape", "alpaca", "--limit", "3"]) == 0
    (tmp_path / "own.yaml").write_text(capsys.readouterr().out)
    assert load_config(TrainingConfig, file="own.yaml", environment={}) == TrainingConfig(
        task=("section",), shape="alpaca", limit=3
    )


def test_without_a_command_it_is_that_of_training(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys) == shown(capsys, "training")
    assert shown(capsys, "--seed", "7")["seed"] == {"value": 7, "from": "--seed"}


@pytest.mark.parametrize("name", ["batch", "analyze", "export"])
def test_other_commands_have_no_keys_of_datasets(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert set(shown(capsys, name)) == set(ExportConfig.model_fields)


def test_inputs_and_output_of_a_whole_command_line_are_left_aside(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["training", "documents/", "--output", "out", "--no-filter", "--parallel"]
    found = {
        name: value for name, value in shown(capsys, *words).items() if value["from"] != "default"
    }
    assert found == {
        "enable_filtering": {"value": False, "from": "--no-filter"},
        "engine": {"value": "ray", "from": "--engine"},
    }


OPTIONS = [
    (param.opts[0], param.name)
    for param in COMMANDS["training"].params
    if param.param_type_name == "option"
    and param.opts[0].removeprefix("--").replace("-", "_")
    in {*TrainingConfig.model_fields, *(o.replace("-", "_") for o in OPTION_OF_KEY.values())}
]


@pytest.mark.parametrize(("option", "name"), OPTIONS)
def test_every_option_of_training_that_is_a_key_is_told(
    option: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    param = next(p for p in COMMANDS["training"].params if p.name == name)
    words = [option] if param.is_flag else [option, VALUES.get(name, "9")]
    also = {
        "token_optimization": ["--max-tokens", "99"],
        "optimize_tokens": ["--max-tokens", "99"],
        "chunk_overlap": ["--max-tokens", "99"],
        "task": ["--shape", "messages"],
        "shape": ["--task", "section"],
        "conversational": ["--task", "section", "--shape", "prompt_completion"],
        "prompt_template": ["--task", "template", "--shape", "alpaca", "--answer-template", "a"],
        "answer_template": ["--task", "template", "--shape", "alpaca", "--prompt-template", "a"],
    }
    found = shown(capsys, "training", *words, *also.get(name, []))
    assert option in {value["from"] for value in found.values()}


def test_there_are_options_to_be_told() -> None:
    assert len(OPTIONS) > 45


def test_wrong_usage_of_the_command_line_is_told_as_that_command_tells_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["config", "show", "batch", "--shape", "messages"]) == 2
    told = capsys.readouterr().err
    assert "Usage: tore-export batch" in told
    assert "No such option" in told
    assert run(["config", "show", "--splits", "train=2"]) == 2
    assert "--splits: splits: shares add up to 2, not to 1" in capsys.readouterr().err
    assert run(["config", "show", "models"]) == 2
    assert "not a command with a configuration, found models" in capsys.readouterr().err


def test_init_writes_a_file_and_writes_over_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["config", "init"]) == 0
    assert yaml.safe_load(capsys.readouterr().out) is None  # all defaults
    assert run(["config", "init", "chat", "--output", "own.yaml"]) == 0
    assert yaml.safe_load((tmp_path / "own.yaml").read_text())["task"] == ["dialogue"]
    assert run(["config", "init", "chat", "--output", "own.yaml"]) == 2
    assert "own.yaml: there is a file already" in capsys.readouterr().err


def test_init_and_schema_write_to_standard_output_where_it_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["config", "schema", "batch", "-o", "-"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert set(schema["properties"]) == set(ExportConfig.model_fields)
    assert schema["title"] == "Configuration of tore-export batch"


def test_alone_it_shows_help_as_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config"]) == 2
    assert "schema" in capsys.readouterr().out
