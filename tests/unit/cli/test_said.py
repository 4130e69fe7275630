"""From what was said on the command line to the keys of a configuration."""

from __future__ import annotations

from typing import Any

import pytest
import typer.main

from tore_export.cli.export_cli import application
from tore_export.cli.said import keys_said
from tore_export.config import ExportConfig, TrainingConfig

COMMANDS: dict[str, Any] = typer.main.get_command(application()).commands


def keys_of(command: str, *words: str, **told: Any) -> dict[str, Any]:
    """Return the keys that a command line sets."""
    model = TrainingConfig if command in ("training", "validate") else ExportConfig
    with COMMANDS[command].make_context(command, ["in", *words]) as context:
        return keys_said(context, model, **told)


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("", {}),
        ("--seed 0", {"seed": 0}),
        ("--include *.json --include b", {"include": ["*.json", "b"]}),
        ("--parallel", {"engine": "ray"}),
        ("--parallel --engine inline", {"engine": "ray"}),
        ("--engine inline", {"engine": "inline"}),
        ("--no-filter", {"enable_filtering": False}),
        ("--no-metadata", {"include_metadata": False}),
        ("--format plaintext --workers 2", {"default_format": "plaintext", "max_workers": 2}),
        (
            "--max-document-size 1MB --shard-size 2MB",
            {"max_document_bytes": "1MB", "shard_size": "2MB"},
        ),
        ("--no-report --option a=1", {"report": False, "format_options": ["a=1"]}),
        ("--output out --config a.yaml --quiet --json --restart --preview", {}),
    ],
)
def test_only_what_was_said_counts_by_its_key(words: str, keys: dict[str, Any]) -> None:
    assert keys_of("training", *words.split()) == keys
    assert set(keys) <= set(TrainingConfig.model_fields)


@pytest.mark.parametrize("command", ["export", "batch"])
def test_a_template_is_a_format(command: str) -> None:
    keys = {"template": "flat", "default_format": "template"}
    assert keys_of(command, "--template", "flat") == keys


def test_an_option_that_means_something_else_to_a_command_is_no_key() -> None:
    words = ("--shape", "messages", "--report", "all.jsonl", "--min-score", "0.5")
    assert keys_of("validate", *words, other={"shape", "report"}) == {"min_quality_score": 0.5}
