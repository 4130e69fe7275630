from __future__ import annotations

import pytest
from pydantic import ValidationError

from tore_export.config import ExportConfig, TrainingConfig, faults_of
from tore_export.errors import ConfigError


def test_a_configuration_is_frozen() -> None:
    with pytest.raises(ValidationError):
        ExportConfig().batch_size = 3


def test_a_wrong_key_or_value_given_to_a_class_is_told_as_from_a_file() -> None:
    with pytest.raises(ConfigError, match=r"^imagse: no such key \(did you mean images\?\)$"):
        ExportConfig.model_validate({"imagse": "skip"})
    with pytest.raises(ConfigError, match=r"^images: input should be 'alt', .*, found 'x'$"):
        ExportConfig.model_validate({"images": "x"})
    with pytest.raises(ConfigError, match=r"^line_width: "):
        ExportConfig(line_width=3)
    with pytest.raises(ConfigError):
        ExportConfig.model_validate("nothing")


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
