from __future__ import annotations

import json

import pytest

from tore_export.sources.meta import encode_fields


def test_fields_are_compact_json_with_sorted_keys() -> None:
    assert encode_fields({"b": 1, "a": {"d": [1], "c": "é"}}) == (
        '{"a":{"c":"é","d":[1]},"b":1}',
        True,
    )


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        [],
        [0.5] * 65,
        [1] * 1_000,
        "data:image/png;base64,AAAA",
        "DATA:text/plain,x",
        {"a": {"b": [0.1] * 100}},
    ],
)
def test_what_is_embedded_or_empty_is_left_out(value: object) -> None:
    assert encode_fields({"field": value, "url": "u"}) == ('{"url":"u"}', True)
    assert encode_fields({"field": value}) == (None, True)


def test_lists_that_are_no_embedding_stay() -> None:
    tags = ["a"] * 100
    assert encode_fields({"tags": tags}) == (
        json.dumps({"tags": tags}, separators=(",", ":")),
        True,
    )
    assert encode_fields({"box": [0.5] * 64})[0] is not None


def test_fields_of_more_than_64_kilobytes_are_not_kept() -> None:
    assert encode_fields({"a": "x" * 65_527})[0] is not None
    assert encode_fields({"a": "x" * 65_536}) == (None, False)


def test_fields_nested_without_end_are_cut() -> None:
    value: object = 1
    for _ in range(900):
        value = {"a": [value]}
    text, fitted = encode_fields({"deep": value, "b": 1})
    assert fitted
    assert text is not None
    assert text.startswith('{"b":1,"deep":{"a":[{')
    assert len(text) < 200
    for _ in range(900):
        value = {"a": value}
    assert encode_fields({"deep": value}) == (None, True)


def test_numbers_json_cannot_hold_are_null() -> None:
    assert encode_fields({"a": float("inf"), "b": 2**70})[1]
