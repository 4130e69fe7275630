"""Shape `chatml`: turns between marks, and nothing between turns."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.unit.records.shapes.rows import ANSWERED, ASKED, DIALOGUE, SYSTEM, rules, written
from tore_export.errors import DocumentError
from tore_export.records.shapes.chatml import ChatML, looks_like_chatml

SHAPE = ChatML()


def said(*turns: tuple[str, str]) -> dict[str, str]:
    return {"text": "".join(f"<|im_start|>{who}\n{what}<|im_end|>\n" for who, what in turns)}


def test_a_prompt_and_its_answer_are_written_to_the_letter() -> None:
    sample = {"instruction": ASKED, "output": ANSWERED}
    assert written(ChatML(SYSTEM), sample) == [
        {
            "text": "<|im_start|>system\nYou know pumps.<|im_end|>\n"
            "<|im_start|>user\nWhich pump is loud?<|im_end|>\n"
            "<|im_start|>assistant\nP-101.<|im_end|>\n"
        }
    ]


@pytest.mark.parametrize("mark", ["<|im_start|>", "<|im_end|>"])
def test_a_text_that_holds_a_mark_is_refused(mark: str) -> None:
    assert written(SHAPE, {"instruction": f"What is {mark}?", "output": "A mark."}) == [
        "mark_in_content"
    ]
    assert written(SHAPE, {"text": "a"}) == ["no_prompt"]


def test_rows_are_read_with_and_without_the_last_line_end() -> None:
    row = said(*((turn.role, turn.content) for turn in DIALOGUE.turns))
    assert SHAPE.read(row) == SHAPE.read({"text": row["text"].rstrip("\n")}) == DIALOGUE


@pytest.mark.parametrize(
    ("row", "broken"),
    [
        ({}, "missing_column text"),
        ({"text": 3}, "wrong_type text"),
        ({"text": " "}, "empty_text text"),
        ({"text": "Hello"}, "chatml_grammar text"),
        ({"text": "<|im_start|>user"}, "chatml_grammar text"),
        ({"text": "<|im_start|>user\na"}, "chatml_grammar text"),
        ({"text": "<|im_start|>user a<|im_end|>\n"}, "chatml_grammar text"),
        (
            {"text": "<|im_start|>user\na<|im_start|>assistant\nb<|im_end|>\n"},
            "chatml_grammar text",
        ),
        ({"text": said(("user", "a"))["text"] + "b"}, "chatml_grammar text"),
        ({"text": said(("user", "a"))["text"] + "\n"}, "chatml_grammar text"),
        ({"text": "<|im_start|>user\na<|im_end|><|im_start|>"}, "chatml_grammar text"),
        (said(("user name=a", "a"), ("assistant", "b")), "unknown_role text, turn 1, role"),
        (said(("user", "a"), ("assistant", " ")), "empty_content text, turn 2"),
        (said(("user", "a"), ("user", "b"), ("assistant", "c")), "turn_order text, turn 2, role"),
        (said(("user", "a")), "no_assistant text, turn 1, role"),
    ],
)
def test_each_rule_is_broken_by_a_row_of_its_own(row: dict[str, Any], broken: str) -> None:
    assert rules(SHAPE, row) == [broken]


def test_a_row_with_a_fault_is_not_read() -> None:
    with pytest.raises(DocumentError) as caught:
        SHAPE.read({"text": "Hello"})
    assert caught.value.rule == "chatml_grammar"


@pytest.mark.parametrize(
    ("text", "is_chatml"),
    [
        (said(("user", "a"))["text"], True),
        ("<|im_start|>assistant\na<|im_end|>", True),
        ("<|im_start|>user\na", False),
        ("<|im_start|> begins a turn, <|im_end|> ends it", False),
        ("The mark <|im_start|>user\n and <|im_end|>", False),
    ],
)
def test_chatml_is_told_by_its_first_turn(text: str, is_chatml: bool) -> None:
    assert looks_like_chatml(text) == is_chatml


def test_hostile_texts_take_linear_time() -> None:
    parts = ("<|im_start|>", "<|im_start|>user\na<|im_end|>\n", "<|im_start|>user\n", "<|im_end|>")
    for part in parts:
        text = part * (2_000_000 // len(part))
        started = time.process_time()
        assert list(SHAPE.faults({"text": text}))
        assert time.process_time() - started < 2
