"""What a dataset says of how it was made holds on any machine."""

from __future__ import annotations

import pytest

from tore_export.config import TrainingConfig
from tore_export.sinks.made import Made, portable


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("documents/a.tore", "documents/a.tore"),
        ("/home/me/documents", "documents"),
        ("~/documents/", "documents/"),
        ("../../more/*.json", "*.json"),
        ("a/../b", "b"),
        ("C:\\Users\\me\\documents", "documents"),
        ("file:///srv/documents/", "documents/"),
        ("/", "./"),
        ("gs://bucket/in/", "gs://bucket/in/"),
        ("https://me:secret@host/in?token=1", "https://host/in"),
    ],
)
def test_folders_of_a_machine_and_secrets_are_left_out(path: str, told: str) -> None:
    assert portable(path) == told


def test_only_what_makes_the_bytes_is_told_of_the_configuration() -> None:
    config = TrainingConfig(
        engine="ray", max_workers=7, batch_size=10, check_leaks=False, seed=3, max_tokens=512
    )
    assert Made.of(config, ["in"]).config == {"max_tokens": 512, "seed": 3}


def test_paths_within_the_configuration_are_told_by_their_names() -> None:
    config = TrainingConfig(
        task=("template",),
        shape="messages",
        prompt_template="/home/me/ask.md",
        answer_template="templates/answer.md",
        against=("/data/v1", "s3://key:secret@bucket/v2"),
        default_tokenizer="/models/tokenizer.json",
    )
    told = Made.of(config, []).config
    assert told["prompt_template"] == "ask.md"
    assert told["answer_template"] == "templates/answer.md"
    assert told["against"] == ["v1", "s3://bucket/v2"]
    assert told["default_tokenizer"] == "tokenizer.json"
    named = TrainingConfig(default_tokenizer="org/name@main")
    assert Made.of(named, []).config == {"default_tokenizer": "org/name@main"}
