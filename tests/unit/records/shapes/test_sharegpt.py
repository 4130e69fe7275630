"""Shape `sharegpt`: LLaMA-Factory's turn order."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.records.shapes.rows import ANSWERED, ASKED, DIALOGUE, SYSTEM, rules, written
from tore_export.errors import DocumentError
from tore_export.records.dialogue import Turn
from tore_export.records.shapes.sharegpt import ShareGPT

SHAPE = ShareGPT()


def said(*turns: tuple[Any, Any]) -> dict[str, Any]:
    return {"conversations": [{"from": who, "value": value} for who, value in turns]}


@pytest.mark.parametrize(
    "row",
    [
        said(("human", "a"), ("gpt", "b")),
        said(("system", "a"), ("human", "b"), ("gpt", "c"), ("human", "d"), ("gpt", "e")),
        said(("human", "a"), ("function_call", "b"), ("observation", "c"), ("gpt", "d")),
        {
            "conversations": [
                {"from": "human", "value": "a", "weight": 1},
                {"from": "gpt", "value": "b"},
            ]
        },
    ],
)
def test_rows_that_llama_factory_takes_have_no_fault(row: dict[str, Any]) -> None:
    assert rules(SHAPE, row) == []


@pytest.mark.parametrize(
    ("row", "broken"),
    [
        ({}, "missing_column conversations"),
        ({"conversations": {}}, "wrong_type conversations"),
        ({"conversations": []}, "empty_dialogue conversations"),
        ({"conversations": [3]}, "wrong_type conversations[0]"),
        ({"conversations": [{"value": "a"}]}, "missing_key conversations[0].from"),
        ({"conversations": [{"from": "human"}]}, "missing_key conversations[0].value"),
        (said(("user", "a"), ("gpt", "b")), "unknown_role conversations[0].from"),
        (said((["human"], "a")), "unknown_role conversations[0].from"),
        (said(("human", "a"), ("gpt", "")), "empty_content conversations[1].value"),
        (said(("human", "a"), ("gpt", None)), "empty_content conversations[1].value"),
        (said(("human", "a"), ("gpt", 3)), "wrong_type conversations[1].value"),
        (said(("human", "a"), ("human", "b"), ("gpt", "c")), "turn_order conversations[1].from"),
        (said(("human", "a"), ("gpt", "b"), ("gpt", "c")), "turn_order conversations[2].from"),
        (
            said(("human", "a"), ("observation", "b"), ("gpt", "c")),
            "turn_order conversations[1].from",
        ),
        (
            said(
                ("human", "a"),
                ("function_call", "b"),
                ("observation", "c"),
                ("observation", "c"),
                ("gpt", "d"),
            ),
            "turn_order conversations[3].from",
        ),
        (
            said(("human", "a"), ("system", "b"), ("gpt", "c")),
            "system_in_the_middle conversations[1].from",
        ),
        (said(("human", "a")), "no_assistant conversations[0].from"),
        (said(("human", "a"), ("gpt", "b"), ("human", "c")), "last_turn conversations[2].from"),
    ],
)
def test_each_rule_is_broken_by_a_row_of_its_own(row: dict[str, Any], broken: str) -> None:
    assert rules(SHAPE, row) == [broken]


def test_faults_speak_of_humans_and_gpts() -> None:
    (fault,) = SHAPE.faults(said(("human", "a"), ("human", "b"), ("gpt", "c")))
    assert str(fault) == ("turn_order: conversations[1].from is human after human, allowed is gpt")


def test_a_prompt_and_its_answer_are_a_human_and_a_gpt() -> None:
    sample = {"instruction": ASKED, "output": ANSWERED}
    assert written(ShareGPT(SYSTEM), sample) == [
        said(("system", SYSTEM), ("human", ASKED), ("gpt", ANSWERED))
    ]
    assert written(SHAPE, {"text": "a"}) == ["no_prompt"]


def test_a_row_is_read_with_its_system_message_wherever_that_stands() -> None:
    turns = (
        ("human", ASKED),
        ("gpt", ANSWERED),
        ("human", "And why?"),
        ("gpt", "Its bearing is worn."),
    )
    assert SHAPE.read(said(("system", SYSTEM), *turns)) == DIALOGUE
    assert SHAPE.read({"system": SYSTEM, **said(*turns)}) == DIALOGUE
    both = SHAPE.read({"system": "other", **said(("system", SYSTEM), *turns)})
    assert both == DIALOGUE


def test_what_a_tool_answered_is_kept() -> None:
    row = said(("human", "a"), ("gpt", "b"), ("observation", "c"), ("gpt", "d"))
    assert SHAPE.read(row).turns[2] == Turn("tool", "c")


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (said(("human", "a"), ("gpt", "")), "empty_content"),
        (said(("human", "a"), ("function_call", "b")), "unsupported_field"),
        ({"tools": "[{}]", **said(("human", "a"), ("gpt", "b"))}, "unsupported_field"),
        (
            {
                "conversations": [
                    {"from": "human", "value": "a"},
                    {"from": "gpt", "value": "b", "loss": False},
                ]
            },
            "unsupported_field",
        ),
    ],
)
def test_a_row_that_would_lose_something_is_not_read(row: dict[str, Any], rule: str) -> None:
    with pytest.raises(DocumentError) as caught:
        SHAPE.read(row)
    assert caught.value.rule == rule


def test_tools_that_are_an_empty_list_are_none() -> None:
    assert SHAPE.read({"tools": "[]", **said(("human", "a"), ("gpt", "b"))}).turns[1].content == "b"
