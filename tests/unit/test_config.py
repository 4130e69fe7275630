from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from tore_export.config import ExportConfig, TrainingConfig, WorkflowConfig, faults_of
from tore_export.errors import ConfigError


def test_the_defaults_are_those_of_the_requirement() -> None:
    config = ExportConfig()
    assert {
        name: getattr(config, name)
        for name in (
            "default_format",
            "markdown_flavor",
            "preserve_structure",
            "default_tokenizer",
            "max_tokens",
            "token_optimization",
            "min_quality_score",
            "enable_filtering",
            "parallel_processing",
            "max_workers",
            "batch_size",
            "include_metadata",
            "output_encoding",
        )
    } == {
        "default_format": "markdown",
        "markdown_flavor": "github",
        "preserve_structure": True,
        "default_tokenizer": "gpt-3.5-turbo",
        "max_tokens": None,
        "token_optimization": False,
        "min_quality_score": 0.7,
        "enable_filtering": True,
        "parallel_processing": True,
        "max_workers": None,
        "batch_size": 1000,
        "include_metadata": True,
        "output_encoding": "utf-8",
    }


def test_a_configuration_is_frozen() -> None:
    with pytest.raises(ValidationError):
        ExportConfig().batch_size = 3


@pytest.mark.parametrize(
    ("written", "n_bytes"), [("256MB", 256_000_000), ("1.5GB", 1_500_000_000), ("12", 12), (9, 9)]
)
def test_sizes_are_decimal(written: object, n_bytes: int) -> None:
    assert TrainingConfig.model_validate({"shard_size": written}).shard_size == n_bytes


@pytest.mark.parametrize("written", ["big", "1.2.3MB", "5 parsecs", "0", -4])
def test_what_is_no_size_is_refused(written: object) -> None:
    with pytest.raises(ConfigError):
        TrainingConfig.model_validate({"shard_size": written})


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


def test_lists_may_be_written_with_commas() -> None:
    assert ExportConfig.model_validate({"include": "*.json, b/**"}).include == ("*.json", "b/**")
    assert ExportConfig.model_validate({"include": ["*.json"]}).include == ("*.json",)


def test_an_unknown_encoding_is_refused_and_a_known_one_is_spelled_one_way() -> None:
    assert ExportConfig(output_encoding="LATIN1").output_encoding == "iso8859-1"
    with pytest.raises(ConfigError, match="unknown encoding"):
        ExportConfig(output_encoding="klingon")


def test_an_optimization_without_a_budget_is_refused() -> None:
    with pytest.raises(ConfigError, match="token_optimization: needs max_tokens"):
        ExportConfig(token_optimization=True)
    assert ExportConfig(token_optimization=True, max_tokens=8).max_tokens == 8
    with pytest.raises(ConfigError, match=r"max_tokens: .*greater than or equal to 8"):
        ExportConfig(max_tokens=7)


def test_an_overlap_takes_at_most_half_of_a_chunk() -> None:
    assert TrainingConfig(max_tokens=100, chunk_overlap=50).chunk_overlap == 50
    with pytest.raises(ConfigError, match="at most half of max_tokens, which is 100"):
        TrainingConfig(max_tokens=100, chunk_overlap=51)
    with pytest.raises(ConfigError, match="chunk_overlap: needs max_tokens"):
        TrainingConfig(chunk_overlap=1)


def test_a_template_makes_template_the_format_where_none_is_named() -> None:
    assert ExportConfig(template="flat").default_format == "template"
    assert ExportConfig(template="flat", default_format="markdown").default_format == "markdown"
    assert ExportConfig().default_format == "markdown"


def test_a_wrong_key_or_value_given_to_a_class_is_told_as_from_a_file() -> None:
    with pytest.raises(ConfigError, match=r"^imagse: no such key \(did you mean images\?\)$"):
        ExportConfig.model_validate({"imagse": "skip"})
    with pytest.raises(ConfigError, match=r"^images: input should be 'alt', .*, found 'x'$"):
        ExportConfig.model_validate({"images": "x"})
    with pytest.raises(ConfigError, match=r"^line_width: "):
        ExportConfig(line_width=3)
    with pytest.raises(ConfigError):
        ExportConfig.model_validate("nothing")


@pytest.mark.parametrize(
    ("written", "options"),
    [
        ("lines=element", {"lines": "element"}),
        (["a=1", "b = x=y", "c=true"], {"a": 1, "b": " x=y", "c": True}),
        ({"a": 1}, {"a": 1}),
        ("", {}),
    ],
)
def test_options_of_formats_may_be_written_as_pairs(
    written: object, options: dict[str, object]
) -> None:
    assert ExportConfig.model_validate({"format_options": written}).format_options == options


@pytest.mark.parametrize("written", ["lines", ["=x"], {"a": [1]}, 3])
def test_what_is_no_option_of_a_format_is_refused(written: object) -> None:
    with pytest.raises(ConfigError):
        ExportConfig.model_validate({"format_options": written})


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


def test_all_faults_of_values_are_told_at_once_those_of_a_workflow_too() -> None:
    values = {
        "seeed": 1,
        "min_quality_score": 3,
        "splits": "train=1,test=1",
        "workflow": {"formts": "markdown", "time_limit_seconds": -1},
    }
    assert [fault.message.partition(" ")[0] for fault in faults_of(TrainingConfig, values)] == [
        *("min_quality_score:", "splits:", "seeed:"),
        *("workflow.time_limit_seconds:", "workflow.formts:"),
    ]


def test_what_keys_mean_together_is_told_once_each_is_well() -> None:
    (fault,) = faults_of(TrainingConfig, {"shape": "messages"})
    assert str(fault).startswith("shape: messages needs a prompt")
    assert faults_of(TrainingConfig, {"shape": "messages", "task": "section"}) == []


def test_a_workflow_is_a_mapping_or_json_in_the_environment() -> None:
    expected = WorkflowConfig(formats=("markdown",), output="out")
    said = {"formats": "markdown", "output": "out"}
    for value in (expected, said, json.dumps(said)):
        assert ExportConfig.model_validate({"workflow": value}).workflow == expected
    assert ExportConfig().workflow == WorkflowConfig()


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"outptu": "out"}, r"workflow\.outptu: no such key \(did you mean output\?\)"),
        ({"time_limit_seconds": 0}, r"workflow\.time_limit_seconds: .* greater than 0, found 0"),
        (7, "workflow: not a mapping: 7"),
        ("{", "workflow: not a mapping; in the environment it is written as JSON"),
    ],
)
def test_a_fault_of_a_workflow_names_its_key(value: object, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        ExportConfig.model_validate({"workflow": value})
