"""The shape `text`: what trainers read as running text."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from tests.unit.records.shapes.rows import (
    ANSWERED,
    ASKED,
    DIALOGUE,
    SYSTEM,
    dialogue_sample,
    rules,
    written,
)
from tore_export.errors import DocumentError
from tore_export.records.provenance import METADATA
from tore_export.records.row import record_schema
from tore_export.records.shapes.text import Text


def test_a_row_is_its_text_and_where_it_came_from() -> None:
    assert record_schema(Text.schema, True).names == [
        "doc_id",
        "source",
        "text",
        "n_tokens",
        "quality_score",
        "metadata",
    ]
    assert record_schema(Text.schema, True).field("metadata").type == METADATA


def test_without_metadata_a_row_is_text_and_its_tokens() -> None:
    assert record_schema(Text.schema, False) == pa.schema(
        [("text", pa.string()), ("n_tokens", pa.int64())]
    )


SHAPE = Text()


def test_a_text_is_written_as_it_is() -> None:
    assert written(SHAPE, {"text": " A text.\n"}) == [{"text": " A text.\n"}]


def test_a_prompt_and_its_answer_are_one_text() -> None:
    sample = {"instruction": ASKED, "input": "| a |", "output": ANSWERED}
    assert written(SHAPE, sample) == [{"text": f"{ASKED}\n\n| a |\n\n{ANSWERED}"}]


@pytest.mark.parametrize(
    ("sample", "rule"),
    [
        ({"text": "\n"}, "empty_text"),
        ({"instruction": ASKED, "output": ANSWERED, "system": SYSTEM}, "no_place_for_system"),
        (dialogue_sample(DIALOGUE.turns[1:3]), "no_place_for_dialogue"),
    ],
)
def test_what_would_be_lost_in_a_text_has_a_fault(sample: dict[str, Any], rule: str) -> None:
    assert written(SHAPE, sample) == [rule]


@pytest.mark.parametrize(
    ("row", "broken"),
    [
        ({"messages": []}, "missing_column text"),
        ({"text": 3}, "wrong_type text"),
        ({"text": " "}, "empty_text text"),
    ],
)
def test_each_rule_is_broken_by_a_row_of_its_own(row: dict[str, Any], broken: str) -> None:
    assert rules(SHAPE, row) == [broken]


@pytest.mark.parametrize(("text", "rule"), [("", "empty_text"), ("a", "no_dialogue")])
def test_a_text_is_no_dialogue(text: str, rule: str) -> None:
    with pytest.raises(DocumentError) as caught:
        SHAPE.read({"text": text})
    assert caught.value.rule == rule
