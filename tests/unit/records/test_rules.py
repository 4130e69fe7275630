"""What holds for the samples of every task."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tore_export.records.rules import Bounds, broken_rules, n_words_up_to_two
from tore_export.records.sample import SAMPLE
from tore_export.tokens.manager import TokenizerManager

WELL = {"parent": 0, "task": "question", "instruction": "What is it?", "output": "It is a pump."}


def broken(*samples: dict[str, Any], **bounds: Any) -> list[str | None]:
    rows = pa.Table.from_pylist([{**WELL, **sample} for sample in samples], schema=SAMPLE)
    count = TokenizerManager().get("gpt-4").count_batch
    return broken_rules(rows, Bounds(**bounds), count, looking_up={"table"})


@pytest.mark.parametrize(
    ("sample", "rule"),
    [
        ({}, None),
        ({"instruction": " ", "input": ""}, "empty_prompt"),
        ({"instruction": "", "input": "a text"}, None),
        ({"output": ""}, "empty_answer"),
        ({"output": " \n- * -"}, "empty_answer"),
        ({"output": None}, "empty_answer"),
        ({"output": "Yes."}, "one_word_answer"),
        ({"output": "half-open"}, "one_word_answer"),
        ({"output": "- Yes"}, "one_word_answer"),
        ({"output": "हिन्दी"}, "one_word_answer"),
        ({"output": "水"}, "one_word_answer"),
        ({"output": "水泵"}, None),
        ({"output": "is  IT?"}, "answer_in_prompt"),
        ({"output": "ＩＳ ＩＴ?"}, "answer_in_prompt"),
        ({"input": "It is a\npump. It is."}, "answer_in_prompt"),
        ({"input": "It is a pump.", "task": "table"}, None),
        ({"instruction": "It is a pump.", "task": "table"}, "answer_in_prompt"),
    ],
)
def test_what_is_asked_and_answered_is_worth_it(sample: dict[str, Any], rule: str | None) -> None:
    assert broken(sample) == [rule]


def test_the_same_twice_in_a_document_counts_once_and_in_another_again() -> None:
    assert broken({}, {}, {"input": "x"}, {"parent": 1}) == [None, "repeated", None, None]


def test_tokens_of_prompt_and_answer_are_bound_by_the_models_own_count() -> None:
    long = {"output": "one two three four five"}
    assert broken({}, long, max_answer_tokens=5) == [None, None]
    assert broken({}, long, max_answer_tokens=4, min_answer_tokens=1)[1] == "answer_too_long"
    assert broken({}, long, min_answer_tokens=6) == ["answer_too_short"] * 2
    assert broken({}, {"input": "about this"}, max_prompt_tokens=4) == [None, "prompt_too_long"]
    assert broken({}, {"input": "about this"}, min_prompt_tokens=5) == ["prompt_too_short", None]


def test_a_dialogue_is_only_too_long_and_running_text_not_even_that() -> None:
    said = [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "Yes?"},
        {"role": "assistant", "content": "Yes?"},
    ]
    dialogue = {"instruction": None, "output": None, "messages": said, "task": "dialogue"}
    text = {"instruction": None, "output": None, "text": "a", "task": "text"}
    assert broken(dialogue, dialogue, text, text) == [None] * 4
    assert broken(dialogue, text, min_answer_tokens=9, min_prompt_tokens=99) == [None, None]
    assert broken(dialogue, text, max_prompt_tokens=3) == ["prompt_too_long", None]


@given(st.text(max_size=40))
def test_words_are_counted_up_to_two(text: str) -> None:
    n = n_words_up_to_two(text)
    assert n == n_words_up_to_two(" " * 3_000 + text)
    assert n_words_up_to_two(f"{text} two words") == 2
    assert n <= 2
    assert (n == 0) == (not any(c.isalnum() for c in text))
