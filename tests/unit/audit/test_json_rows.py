from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.sources.test_json_lists import values
from tore_export.audit.finding import Findings
from tore_export.audit.json_rows import JsonRows
from tore_export.sources.unit import Limits


def found(*lines: bytes, payload: tuple[str, ...] = ()) -> list[str]:
    findings = Findings()
    rows = JsonRows("a.jsonl", Limits(), findings, payload)
    for number, line in enumerate(lines, 1):
        rows.decoded(line, number)
    return [str(finding) for finding in findings.result().findings]


@given(st.dictionaries(st.text(max_size=8), values, max_size=4), st.booleans())
def test_no_row_without_repeats_has_a_duplicate_key(
    row: dict[str, object], ascii_only: bool
) -> None:
    assert found(json.dumps(row, ensure_ascii=ascii_only).encode()) == []


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (b'{"a": 1, "a": 1}', "a"),
        (b'{"a": {"b": ":", "c": 1, "b": 2}}', "b"),
        (b'{"a": [[{"b\\"": 1, "b\\"": 2}]]}', 'b"'),
        (b'{"a": 1, "\\u0061": 2}', "a"),
    ],
)
def test_a_key_that_is_there_twice_is_named(line: bytes, key: str) -> None:
    assert found(line) == [
        f"a.jsonl:1: duplicate_key: {key} is there twice, allowed: each key once"
    ]


def test_a_repeated_key_deep_within_is_told_and_ends_nothing() -> None:
    line = b'{"d": ' + b"[" * 990 + b'{"a": 1, "a": 2}' + b"]" * 990 + b"}"
    assert [told.split(": ")[1] for told in found(line)] == ["duplicate_key"]


def test_a_column_keeps_the_type_of_its_first_value() -> None:
    lines = (b'{"n": null, "t": 1}', b'{"n": 1, "t": "a"}', b'{"n": 1.5}', b'{"n": true, "t": [1]}')
    assert found(*lines, payload=("t",)) == [
        "a.jsonl:4: mixed_types: n is a boolean, true, allowed: a number, as in row 2"
    ]


def test_half_a_character_is_counted_and_the_row_read() -> None:
    (told,) = found(b'{"text": "a\\ud83d b\\ude00"}')
    assert "lone_surrogate: 2 escapes" in told
