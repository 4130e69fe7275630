from __future__ import annotations

import pytest

from tore_export.sources.text.code import dedented, is_doctest, is_prose


@pytest.mark.parametrize(
    "text",
    [
        "Shall I compare thee to a summer's day?",
        "“So it is,” he said.",
        "Text in two\nlines of words.",
        "Der Satz: ein Satz, auch hier.",
    ],
)
def test_sentences_are_prose(text: str) -> None:
    assert is_prose(text.split("\n"), 4)


@pytest.mark.parametrize(
    "text",
    [
        "make install",
        "Word.",
        "return value;",
        "If x = 1:",
        "Print(x).",
        "$ ls -l.",
        "A | b.",
        "Names of 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6.",
        "no capital, but a stop.",
    ],
)
def test_what_does_not_read_like_sentences_is_code(text: str) -> None:
    assert not is_prose(text.split("\n"), 4)


def test_words_far_from_the_margin_are_centred() -> None:
    assert is_prose(["The Title", "by A. N. Author"], 12)
    assert not is_prose(["The Title"], 9)
    assert not is_prose(["x = 1"], 12)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (">>> 1 + 1\n2", True),
        (">>> f(x)", True),
        (">>> for x in y:\n...     f(x)", True),
        (">>> I say", False),
        (">>> he said\n>> she said", False),
        ("text\n>>> f(x)", False),
    ],
)
def test_a_session_of_python_begins_with_its_prompt(text: str, expected: bool) -> None:
    assert is_doctest(text.split("\n")) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("    a\n      b\n\n    c", "a\n  b\n\nc"),
        ("\ta\n\t\tb", "a\n\tb"),
        ("        a\n\tb", "a\nb"),
        ("  a  \n  b", "a\nb"),
        ("    a\n  b\n   c", "  a\nb\n c"),
    ],
)
def test_common_indentation_is_taken_off(text: str, expected: str) -> None:
    assert dedented(text.split("\n")) == expected
