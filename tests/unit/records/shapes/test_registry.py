"""Shapes by name, and by what a row looks like."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from tests.unit.records.shapes.rows import ALL_SHAPES
from tore_export.config import ShapeName
from tore_export.errors import ConfigError
from tore_export.records.shapes.prompt_completion import ConversationalPromptCompletion
from tore_export.records.shapes.registry import SHAPES, shape_named, shape_of_row
from tore_export.tokens.shapes import SHAPE_COLUMNS


def test_the_names_are_those_of_the_configuration_and_of_what_is_counted() -> None:
    assert get_args(ShapeName) == SHAPES
    assert set(SHAPES) == set(SHAPE_COLUMNS)


@pytest.mark.parametrize("name", SHAPES)
def test_the_columns_of_a_shape_are_those_that_are_counted(name: str) -> None:
    shape = shape_named(name)
    assert shape.name == name
    assert tuple(shape.schema.names) == SHAPE_COLUMNS[name]


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(ConfigError, match="did you mean sharegpt"):
        shape_named("sharegtp")


@pytest.mark.parametrize("name", ["text", "alpaca", "prompt_completion"])
def test_a_system_prompt_that_would_do_nothing_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="has no place for a system message"):
        shape_named(name, system_prompt="Be brief.")


def test_conversational_is_for_prompt_completion_alone() -> None:
    with pytest.raises(ConfigError, match="both forms"):
        shape_named("messages", conversational=True)
    shape = shape_named("prompt_completion", conversational=True, system_prompt="Be brief.")
    assert shape == ConversationalPromptCompletion("Be brief.")


@pytest.mark.parametrize(
    ("row", "shape"),
    [
        ({"messages": None}, "messages"),
        ({"conversations": []}, "sharegpt"),
        ({"prompt": "a", "completion": "b"}, "prompt_completion"),
        ({"prompt": [], "completion": []}, "conversational"),
        ({"instruction": "a", "output": "b"}, "alpaca"),
        ({"text": "a"}, "text"),
        ({"text": None}, "text"),
        ({"text": "<|im_start|>user\na<|im_end|>\n"}, "chatml"),
        ({"a": 1}, None),
    ],
)
def test_a_row_tells_its_shape(row: dict[str, Any], shape: str | None) -> None:
    assert shape_of_row(row) == (None if shape is None else ALL_SHAPES[shape])
