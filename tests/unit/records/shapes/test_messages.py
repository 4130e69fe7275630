"""Shape `messages`: what OpenAI, LLaMA-Factory and TRL take, and nothing else."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.unit.records.shapes.rows import ANSWERED, ASKED, DIALOGUE, SYSTEM, rules, written
from tore_export.errors import DocumentError
from tore_export.records.dialogue import Turn
from tore_export.records.shapes.messages import Messages

SHAPE = Messages()

CALL = {"id": "a1", "type": "function", "function": {"name": "add", "arguments": "{}"}}
WITH_TOOLS: list[dict[str, Any]] = [
    {"role": "user", "content": "2 + 2, 3 + 3?"},
    {"role": "assistant", "content": None, "tool_calls": [CALL, CALL | {"id": "a2"}]},
    {"role": "tool", "content": "4", "tool_call_id": "a1"},
    {"role": "tool", "content": "6", "tool_call_id": "a2"},
    {"role": "assistant", "content": "4 and 6."},
]


def said(*turns: tuple[str, Any], **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": content} | more for role, content in turns]}


def changed(at: int, **values: Any) -> dict[str, Any]:
    row = said(("system", "Be brief."), ("user", "2 + 2?"), ("assistant", "4"))
    row["messages"][at].update(values)
    return row


def with_tools(at: int, **values: Any) -> dict[str, Any]:
    messages = copy.deepcopy(WITH_TOOLS)
    messages[at].update(values)
    return {"messages": messages}


@pytest.mark.parametrize(
    "row",
    [
        changed(0),
        changed(2, weight=0),
        changed(1, name="Ada"),
        changed(1, train=None),  # a column of a Parquet file that this message does not use
        {**changed(0), "other": 3},
        with_tools(0),
        {
            "messages": [
                {"role": "user", "content": "2 + 2?"},
                {"role": "assistant", "function_call": {"name": "add", "arguments": "2, 2"}},
                {"role": "function", "name": "add", "content": "4"},
                {"role": "assistant", "content": "4"},
            ]
        },
    ],
)
def test_rows_that_openai_takes_have_no_fault(row: dict[str, Any]) -> None:
    assert rules(SHAPE, row) == []


@pytest.mark.parametrize(
    ("row", "broken"),
    [
        ({"text": "a"}, "missing_column messages"),
        ({"messages": "Hi"}, "wrong_type messages"),
        ({"messages": None}, "wrong_type messages"),
        ({"messages": []}, "empty_dialogue messages"),
        ({"messages": ["Hi"]}, "wrong_type messages[0]"),
        (changed(1, emotion="glad"), "unknown_key messages[1].emotion"),
        (changed(1, role="human"), "unknown_role messages[1].role"),
        (changed(1, role=["user"]), "unknown_role messages[1].role"),
        (changed(1, role=None), "missing_key messages[1].role"),
        ({"messages": [{"role": "user"}]}, "missing_key messages[0].content"),
        (changed(2, content=""), "empty_content messages[2].content"),
        (changed(2, content=" \n"), "empty_content messages[2].content"),
        (changed(2, content=None), "empty_content messages[2].content"),
        (changed(2, content=4), "wrong_type messages[2].content"),
        (changed(2, content=[{"type": "text"}]), "wrong_type messages[2].content"),
        (changed(1, name=""), "wrong_type messages[1].name"),
        (changed(2, weight=0.5), "weight messages[2].weight"),
        (changed(2, weight=True), "weight messages[2].weight"),
        (changed(1, weight=1), "weight messages[1].weight"),
        (said(("user", "a"), ("user", "b"), ("assistant", "c")), "turn_order messages[1].role"),
        (
            said(("user", "a"), ("assistant", "b"), ("assistant", "c")),
            "turn_order messages[2].role",
        ),
        (said(("assistant", "a")), "turn_order messages[0].role"),
        (
            said(("user", "a"), ("system", "b"), ("assistant", "c")),
            "system_in_the_middle messages[1].role",
        ),
        (
            said(("system", "a"), ("system", "b"), ("user", "c"), ("assistant", "d")),
            "system_in_the_middle messages[1].role",
        ),
        (said(("user", "a")), "no_assistant messages[0].role"),
        (said(("user", "a"), ("assistant", "b"), ("user", "c")), "last_turn messages[2].role"),
        (with_tools(2, tool_call_id="b"), "tool_without_call messages[2].tool_call_id"),
        (with_tools(3, tool_call_id=None), "tool_without_call messages[3].tool_call_id"),
        (with_tools(1, tool_calls="add"), "tool_call messages[1].tool_calls"),
        (with_tools(0, tool_calls=[CALL]), "tool_call messages[0].tool_calls"),
        (
            with_tools(1, tool_calls=[CALL, {"function": CALL["function"]}, CALL | {"id": "a2"}]),
            "tool_call messages[1].tool_calls[1]",
        ),
        (
            with_tools(1, tool_calls=[CALL, CALL | {"id": "a2", "function": {"name": "add"}}]),
            "tool_call messages[1].tool_calls[1].function",
        ),
    ],
)
def test_each_rule_is_broken_by_a_row_of_its_own(row: dict[str, Any], broken: str) -> None:
    found = [
        one for one in rules(SHAPE, row) if not one.startswith("tool_without") or one == broken
    ]
    assert found == [broken]


def test_a_result_of_a_function_needs_its_call() -> None:
    row = {
        "messages": [
            {"role": "user", "content": "2 + 2?"},
            {"role": "assistant", "content": "Let me see."},
            {"role": "function", "name": "add", "content": "4"},
            {"role": "assistant", "content": "4"},
        ]
    }
    assert rules(SHAPE, row) == ["tool_without_call messages[2].name"]


def test_all_faults_of_a_row_are_told() -> None:
    row = said(("user", ""), ("boss", "a"), ("assistant", 3))
    assert rules(SHAPE, row) == [
        "empty_content messages[0].content",
        "unknown_role messages[1].role",
        "wrong_type messages[2].content",
    ]


def test_a_prompt_and_its_answer_are_two_messages_below_the_system_prompt() -> None:
    sample = {"instruction": ASKED, "input": "| P-101 | 80 dB |", "output": ANSWERED}
    asked = f"{ASKED}\n\n| P-101 | 80 dB |"
    own = sample | {"system": "Be brief."}
    assert written(SHAPE, sample) == [said(("user", asked), ("assistant", ANSWERED))]
    assert written(Messages(SYSTEM), sample, own) == [
        said(("system", SYSTEM), ("user", asked), ("assistant", ANSWERED)),
        said(("system", "Be brief."), ("user", asked), ("assistant", ANSWERED)),
    ]


@pytest.mark.parametrize(
    ("sample", "rule"),
    [
        ({"text": "A text."}, "no_prompt"),
        ({"instruction": ASKED, "output": None}, "empty_content"),
        ({"instruction": None, "output": ANSWERED}, "empty_content"),
        ({"messages": []}, "empty_dialogue"),
        ({"messages": [{"role": None, "content": None}]}, "unknown_role"),
        ({"messages": [{"role": "user", "content": "a", "name": "Ada"}]}, "no_place_for_name"),
        (
            {
                "messages": [
                    {"role": role, "content": "a"} for role in ("user", "assistant", "tool")
                ]
            },
            "tool_without_call",
        ),
    ],
)
def test_samples_that_do_not_fit_have_a_fault(sample: dict[str, Any], rule: str) -> None:
    assert written(SHAPE, sample) == [rule]


def test_a_row_is_read_with_names() -> None:
    assert SHAPE.read(changed(1, name="Ada")).turns == (
        Turn("system", "Be brief."),
        Turn("user", "2 + 2?", "Ada"),
        Turn("assistant", "4"),
    )
    assert SHAPE.read(changed(2, weight=1)).turns[2] == Turn("assistant", "4")
    dialogue = said(*((turn.role, turn.content) for turn in DIALOGUE.turns))
    assert SHAPE.read(dialogue) == DIALOGUE


@pytest.mark.parametrize(
    ("row", "rule", "found"),
    [
        (changed(2, content=""), "empty_content", "messages[2].content is not as it has to be"),
        (changed(2, weight=0), "unsupported_field", "messages[2].weight would be lost, found 0"),
        (with_tools(0), "unsupported_field", "messages[1].tool_calls would be lost"),
        ({**changed(0), "tools": [{}]}, "unsupported_field", "tools would be lost"),
    ],
)
def test_a_row_that_would_lose_something_is_not_read(
    row: dict[str, Any], rule: str, found: str
) -> None:
    with pytest.raises(DocumentError) as caught:
        SHAPE.read(row)
    assert caught.value.rule == rule
    assert str(caught.value).startswith(found)


def test_results_of_functions_are_not_read() -> None:
    row = {
        "messages": [
            {"role": "user", "content": "2 + 2?"},
            {"role": "assistant", "content": "?", "function_call": {"name": "a", "arguments": ""}},
            {"role": "function", "name": "a", "content": "4"},
            {"role": "assistant", "content": "4"},
        ]
    }
    with pytest.raises(DocumentError, match=r"function_call would be lost"):
        SHAPE.read(row)
