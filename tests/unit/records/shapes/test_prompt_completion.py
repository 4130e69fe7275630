"""Shape `prompt_completion`: TRL's columns, as texts and as lists of messages."""

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
from tore_export.records.dialogue import Dialogue
from tore_export.records.shapes.prompt_completion import (
    ConversationalPromptCompletion,
    PromptCompletion,
)

TEXTS = PromptCompletion()
LISTS = ConversationalPromptCompletion()
ROW = {"prompt": "2 + 2 =", "completion": " 4"}


def message(role: str, content: Any) -> dict[str, Any]:
    return {"role": role, "content": content}


def lists(prompt: list[Any], completion: list[Any]) -> dict[str, Any]:
    return {"prompt": prompt, "completion": completion}


ASKS, ANSWERS = [message("user", "a")], [message("assistant", "b")]


def test_what_a_task_asks_ends_with_a_blank_line_since_trainers_put_nothing_between() -> None:
    sample = {"instruction": ASKED, "input": "| a |", "output": ANSWERED}
    assert written(TEXTS, sample) == [{"prompt": f"{ASKED}\n\n| a |\n\n", "completion": ANSWERED}]


def test_a_dialogue_of_one_exchange_is_written_as_it_is() -> None:
    sample = dialogue_sample(TEXTS.read(ROW).turns)
    assert written(TEXTS, sample) == [ROW]


@pytest.mark.parametrize(
    ("sample", "rule"),
    [
        (dialogue_sample(DIALOGUE.turns[:3]), "no_place_for_system"),
        (dialogue_sample(DIALOGUE.turns[1:]), "no_place_for_turns"),
        ({"instruction": "", "output": "a"}, "empty_content"),
        ({"instruction": "a", "output": ""}, "empty_content"),
        ({"text": "a"}, "no_prompt"),
    ],
)
def test_samples_that_are_more_or_less_have_a_fault(sample: dict[str, Any], rule: str) -> None:
    assert written(TEXTS, sample) == [rule]


@pytest.mark.parametrize(
    ("row", "broken"),
    [
        ({"prompt": "a"}, "missing_column completion"),
        ({"completion": "a"}, "missing_column prompt"),
        (ROW | {"prompt": "\n"}, "empty_content prompt"),
        (ROW | {"completion": ""}, "empty_content completion"),
        (ROW | {"completion": ANSWERS}, "wrong_type completion"),
    ],
)
def test_each_rule_of_texts_is_broken_by_a_row_of_its_own(row: dict[str, Any], broken: str) -> None:
    assert rules(TEXTS, row) == [broken]


def test_a_labelled_completion_is_not_read_since_it_may_be_a_bad_one() -> None:
    with pytest.raises(DocumentError, match="label would be lost, found false"):
        TEXTS.read(ROW | {"label": False})
    with pytest.raises(DocumentError, match="completion is not as it has to be"):
        TEXTS.read(ROW | {"completion": ""})


def test_a_dialogue_is_all_but_the_last_answer_and_that_answer() -> None:
    (row,) = written(LISTS, dialogue_sample(DIALOGUE.turns))
    assert isinstance(row, dict)
    assert [turn["role"] for turn in row["prompt"]] == ["system", "user", "assistant", "user"]
    assert row["completion"] == [message("assistant", "Its bearing is worn.")]
    assert LISTS.read(row) == DIALOGUE
    sample = {"instruction": ASKED, "output": ANSWERED}
    assert written(ConversationalPromptCompletion(SYSTEM), sample) == [
        lists([message("system", SYSTEM), message("user", ASKED)], [message("assistant", ANSWERED)])
    ]
    assert written(LISTS, {"text": "a"}, dialogue_sample(())) == ["no_prompt", "empty_dialogue"]


def test_a_completion_of_several_messages_is_read_as_one_dialogue() -> None:
    turns = [message(turn.role, turn.content) for turn in DIALOGUE.turns]
    assert LISTS.read(lists(turns[:2], turns[2:])) == Dialogue(DIALOGUE.turns)


@pytest.mark.parametrize(
    ("row", "broken"),
    [
        (ROW, ["wrong_type prompt", "wrong_type completion"]),
        (lists([], ANSWERS), ["empty_dialogue prompt"]),
        ({"prompt": ASKS}, ["missing_column completion"]),
        (lists([message("user", "")], ANSWERS), ["empty_content prompt[0].content"]),
        (lists(ASKS, [message("assistant", "")]), ["empty_content completion[0].content"]),
        (lists(ASKS, [message("bot", "a")]), ["unknown_role completion[0].role"]),
        (lists(ASKS, ["a"]), ["wrong_type completion[0]"]),
        (lists(ASKS, ASKS), ["turn_order completion[0].role", "no_assistant completion[0].role"]),
        (
            lists([*ASKS, *ANSWERS], [*ASKS, *ANSWERS]),
            ["prompt_end prompt[1].role", "completion_role completion[0].role"],
        ),
    ],
)
def test_each_rule_of_lists_is_broken_by_a_row_of_its_own(
    row: dict[str, Any], broken: list[str]
) -> None:
    assert rules(LISTS, row) == broken


def test_a_row_of_lists_with_a_fault_is_not_read() -> None:
    with pytest.raises(DocumentError) as caught:
        LISTS.read(lists(ASKS, ASKS))
    assert caught.value.rule == "turn_order"
