"""From what was said on the command line to the fields of a configuration."""

from __future__ import annotations

from typing import Any

import pytest

from tore_export.cli.options import chosen
from tore_export.config import TrainingConfig


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({}, {}),
        ({"limit": None, "seed": 0}, {"seed": 0}),
        ({"include": []}, {}),
        ({"include": ["*.json"]}, {"include": ["*.json"]}),
        ({"parallel": True}, {"engine": "ray"}),
        ({"parallel": True, "engine": "inline"}, {"engine": "ray"}),
        ({"engine": "inline"}, {"engine": "inline"}),
        ({"no_filter": True}, {"enable_filtering": False}),
        ({"include_metadata": False}, {"include_metadata": False}),
    ],
)
def test_only_what_was_said_counts(said: dict[str, Any], fields: dict[str, Any]) -> None:
    assert chosen(**said) == fields
    assert set(fields) <= set(TrainingConfig.model_fields)
