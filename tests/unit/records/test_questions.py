"""What a question looks like."""

from __future__ import annotations

import time

import pytest

from tore_export.records.questions import LABEL, asks, without_number


@pytest.mark.parametrize(
    "text",
    [
        "How so?",
        "**How does it work?**",
        "Wie geht das? ",
        "“Is it on?”",
        "これは何ですか？",
        "ポンプを止めますか",
        "这是什么？",
        "Ի՞նչ է սա",
        "ما هذا الشيء؟",
        "Ποιο είναι αυτό;",
    ],
)
def test_one_question_of_two_words_and_more_asks(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "Why?",
        "?",
        "",
        "何？",
        "It runs.",
        "It runs; it stops;",
        "It runs. Does it stop?",
        "Who? Me?",
        "本当？はい？",
        "a b " * 100 + "?",
    ],
)
def test_words_of_less_or_more_than_one_question_do_not(text: str) -> None:
    assert not asks(text)


def test_a_number_that_belongs_to_the_question_stays() -> None:
    assert without_number("10 pumps or more?") == "10 pumps or more?"
    assert without_number("a) Which pumps?") == "Which pumps?"
    assert without_number("1.2.3. Which pumps?") == "Which pumps?"


@pytest.mark.parametrize("text", [" " * 200_000, "Q" * 200_000, "\n" * 200_000, "> " * 100_000])
def test_labels_are_looked_for_in_linear_time(text: str) -> None:
    began = time.process_time()
    assert LABEL.findall(text) == []
    assert time.process_time() - began < 2
