"""Shape `alpaca`: one exchange in three columns."""

from __future__ import annotations

from typing import Any

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
from tore_export.records.dialogue import Turn
from tore_export.records.shapes.alpaca import Alpaca

SHAPE = Alpaca()
ROW = {"instruction": "Add.", "input": "2, 2", "output": "4"}


def test_a_sample_is_written_column_by_column() -> None:
    assert written(SHAPE, ROW) == [ROW]
    assert written(SHAPE, {"instruction": ASKED, "output": ANSWERED}) == [
        {"instruction": ASKED, "input": "", "output": ANSWERED}
    ]


def test_a_dialogue_of_one_exchange_is_an_instruction_without_input() -> None:
    assert written(SHAPE, dialogue_sample(DIALOGUE.turns[1:3])) == [
        {"instruction": ASKED, "input": "", "output": ANSWERED}
    ]


def test_an_instruction_that_was_read_with_its_input_is_written_with_it() -> None:
    turns = SHAPE.read(ROW).turns
    assert turns == (Turn("user", "Add.\n\n2, 2"), Turn("assistant", "4"))
    sample = dialogue_sample(turns)
    sample["messages"][0]["instruction_end"] = turns[0].instruction_end
    assert written(SHAPE, sample) == [ROW]
    sample["messages"][0]["instruction_end"] = 2  # no blank line stands there
    assert written(SHAPE, sample) == [ROW | {"instruction": "Add.\n\n2, 2", "input": ""}]


@pytest.mark.parametrize(
    ("sample", "rule"),
    [
        (dialogue_sample(DIALOGUE.turns), "no_place_for_system"),
        (dialogue_sample(DIALOGUE.turns[1:]), "no_place_for_turns"),
        (dialogue_sample(()), "no_place_for_turns"),
        (ROW | {"system": SYSTEM}, "no_place_for_system"),
        ({"text": "a"}, "no_prompt"),
        (ROW | {"output": " "}, "empty_content"),
    ],
)
def test_samples_that_are_more_have_a_fault(sample: dict[str, Any], rule: str) -> None:
    assert written(SHAPE, sample) == [rule]


@pytest.mark.parametrize(
    ("row", "broken"),
    [
        ({"instruction": "a"}, "missing_column output"),
        ({"output": "a"}, "missing_column instruction"),
        (ROW | {"instruction": ""}, "empty_content instruction"),
        (ROW | {"output": None}, "wrong_type output"),
        (ROW | {"input": 3}, "wrong_type input"),
        (ROW | {"history": [["a", "b"], ["a"]]}, "wrong_type history[1]"),
        (ROW | {"history": [["a", ""]]}, "wrong_type history[0]"),
    ],
)
def test_each_rule_is_broken_by_a_row_of_its_own(row: dict[str, Any], broken: str) -> None:
    assert rules(SHAPE, row) == [broken]


@pytest.mark.parametrize("more", [{"input": ""}, {"input": None}, {"history": "of pumps"}, {}])
def test_input_may_be_empty_or_not_there(more: dict[str, Any]) -> None:
    row = {"instruction": ASKED, "output": ANSWERED, **more}
    assert rules(SHAPE, row) == []
    assert SHAPE.read(row).turns == (Turn("user", ASKED), Turn("assistant", ANSWERED))


def test_history_and_system_are_turns_before() -> None:
    row = {
        "instruction": "And why?",
        "output": "Its bearing is worn.",
        "history": [[ASKED, ANSWERED]],
        "system": SYSTEM,
    }
    assert SHAPE.read(row) == DIALOGUE


def test_a_row_with_a_fault_or_a_picture_is_not_read() -> None:
    for row, rule in ((ROW | {"output": ""}, "empty_content"),):
        with pytest.raises(DocumentError) as caught:
            SHAPE.read(row)
        assert caught.value.rule == rule
    with pytest.raises(DocumentError, match="images would be lost"):
        SHAPE.read(ROW | {"images": ["a.png"]})
