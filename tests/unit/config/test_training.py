from __future__ import annotations

from typing import Any

import pytest

from tore_export.config import TrainingConfig
from tore_export.errors import ConfigError


@pytest.mark.parametrize(
    ("splits", "told"),
    [
        ("train=0.9,test=0.2", "add up to 1.1"),
        ("train=x", "not splits"),
        ({"train": 1.5, "test": -0.5}, "not below 0"),
        ({"a/b": 1.0}, "not a name"),
        ({"rejects": 1.0}, "not a name"),
    ],
)
def test_splits_that_are_none_are_refused(splits: object, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        TrainingConfig.model_validate({"splits": splits})


def test_a_split_without_a_share_is_left_out() -> None:
    config = TrainingConfig.model_validate({"splits": "train=1,test=0"})
    assert config.split_shares == (("train", 1.0),)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"task": "text,text"}, "task: each is named once"),
        ({"task": "text,section", "shape": "alpaca"}, "task: text has no prompt"),
        ({"shape": "alpaca"}, "shape: alpaca needs a prompt and an answer"),
        ({"task": "dialogue"}, "shape: a dialogue is no running text"),
        ({"task": "template"}, "task: template needs prompt_template and answer_template"),
        ({"prompt_template": "a", "answer_template": "b"}, "task: template needs"),
        (
            {"task": "section", "shape": "messages", "conversational": True},
            "conversational: only shape prompt_completion has both forms",
        ),
    ],
)
def test_tasks_and_shapes_that_do_not_fit_are_refused_in_a_sentence(
    values: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        TrainingConfig(**values)
    assert str(caught.value).startswith(message)
