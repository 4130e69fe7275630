from __future__ import annotations

import json

import pytest

from tore_export.config import ExportConfig, WorkflowConfig
from tore_export.errors import ConfigError


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
