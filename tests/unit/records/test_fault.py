"""Faults, as they are told."""

from __future__ import annotations

import pickle

import pytest

from tore_export.records.fault import Fault, shown


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (0.5, "0.5"),
        (10**90, "1" + "0" * 59),
        ("a", "'a'"),
        ("\ud800", r"'\ud800'"),
        ("x" * 100, "'" + "x" * 59 + "…"),
        ("\0" * 60, "'" + r"\x00" * 14 + r"\x0" + "…"),
        ([1] * 2_000, "a list of 2,000"),
        ((), "a list of 0"),
        ({}, "an empty object"),
        ({"role": 1, 2: 3}, "an object of role, 2"),
    ],
)
def test_values_are_told_in_a_few_letters_that_any_terminal_takes(value: object, told: str) -> None:
    assert shown(value) == told
    assert shown(value).encode()


def test_a_fault_is_plain_data_a_sentence_and_an_error() -> None:
    fault = Fault("empty_content", "messages[1].content", "''", "some text")
    assert fault.to_dict() == {
        "rule": "empty_content",
        "place": "messages[1].content",
        "found": "''",
        "allowed": "some text",
    }
    error = pickle.loads(pickle.dumps(fault.as_error()))
    assert error.rule == "empty_content"
    assert str(error) == (
        "messages[1].content is not as it has to be, found '', allowed: some text"
    )
