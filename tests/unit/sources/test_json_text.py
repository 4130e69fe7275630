from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tore_export.errors import DocumentError
from tore_export.sources.json_text import decode, depth, refuse_deep, shown
from tore_export.sources.unit import Limits

LIMITS = Limits()

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(codec="utf-8"))
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=20,
)


def refusal(data: bytes, limits: Limits = LIMITS) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        decode(data, limits)
    return caught.value


@given(VALUES, st.booleans())
def test_any_json_is_read_as_json_reads_it(value: Any, ascii_only: bool) -> None:
    assert decode(json.dumps(value, ensure_ascii=ascii_only).encode(), LIMITS) == (value, 0)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_or_a_reason(data: bytes) -> None:
    try:
        decode(data, LIMITS)
    except DocumentError as error:
        rule = error.rule
    else:
        rule = "invalid_json"
    assert rule in ("invalid_json", "not_utf8")


@pytest.mark.parametrize(
    ("text", "expected", "n_repaired"),
    [
        (rb'"a\ud800b"', "a\ufffdb", 1),
        (rb'"\udc00\ud800"', "\ufffd\ufffd", 2),
        (rb'"\ud83d\ude00"', "\U0001f600", 0),
        (rb'"\\ud800"', r"\ud800", 0),
        (rb'["\ud800\ud83d\ude00", "\\\ud800"]', ["\ufffd\U0001f600", "\\\ufffd"], 2),
    ],
)
def test_half_a_surrogate_pair_becomes_the_replacement_character(
    text: bytes, expected: object, n_repaired: int
) -> None:
    assert decode(text, LIMITS) == (expected, n_repaired)


@pytest.mark.parametrize(
    ("text", "name", "place"),
    [
        (b"NaN", "NaN", "byte 0, line 1, column 1"),
        (b'{"NaN \\"":\n Infinity}', "Infinity", "byte 12, line 2, column 2"),
        (b"[-Infinity]", "-Infinity", "byte 1, line 1, column 2"),
    ],
)
def test_what_json_has_no_number_for_is_refused_by_name_and_place(
    text: bytes, name: str, place: str
) -> None:
    error = refusal(text)
    assert error.rule == "invalid_json"
    assert error.found == name
    assert place in str(error)


def test_a_text_that_is_cut_short_is_refused_with_the_place() -> None:
    error = refusal(b'{"a": [1, 2],\n "\xc3\xa9')
    assert error.rule == "invalid_json"
    assert "cut short at byte 15, line 2, column 2" in str(error)
    assert refusal(b"").rule == "invalid_json"


def test_a_fault_in_the_middle_is_refused_with_the_place() -> None:
    error = refusal('{"é": 1,}'.encode())
    assert error.rule == "invalid_json"
    assert "byte 9, line 1, column 9" in str(error)


def test_bytes_that_are_no_utf8_are_refused_with_the_byte() -> None:
    error = refusal(b'{"a": "caf\xe9"}')
    assert error.rule == "not_utf8"
    assert "byte 0xe9 at byte 10" in str(error)


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
@pytest.mark.parametrize("closed", [True, False])
def test_a_hundred_thousand_brackets_are_refused(opening: bytes, closed: bool) -> None:
    closing = opening[::-1].translate(bytes.maketrans(b"[{", b"]}"), b'":a')
    error = refusal(opening * 100_000 + b"1" * closed + closing * 100_000 * closed)
    assert error.rule == "too_deep"
    assert "allowed: 1,000" in str(error)


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


@pytest.mark.parametrize("limit", [5, 500, 1_000, 3_000])
def test_the_limit_is_exact_wherever_the_caller_stands(limit: int) -> None:
    limits = Limits(max_depth=limit)

    def deep_in_the_stack(frames: int) -> None:
        if frames:
            deep_in_the_stack(frames - 1)
            return
        value, _ = decode(nested(limit), limits)
        assert isinstance(value, list)
        assert refusal(nested(limit + 1), limits).rule == "too_deep"

    before = sys.getrecursionlimit()
    for frames in (0, 300):
        deep_in_the_stack(frames)
    assert sys.getrecursionlimit() == before


def test_many_brackets_side_by_side_are_not_deep() -> None:
    refuse_deep(b"[" + b"[]," * 5_000 + b"[]]", Limits(max_depth=2))


@given(VALUES)
def test_depth_is_that_of_the_value(value: Any) -> None:
    def of(inner: Any) -> int:
        if isinstance(inner, dict):
            return 1 + max(map(of, inner.values()), default=0)
        return 1 + max(map(of, inner), default=0) if isinstance(inner, list) else 0

    assert depth(json.dumps(value).encode()) == of(value)


def test_brackets_in_strings_are_no_depth() -> None:
    assert depth(rb'["[[[", "\"[[", "\\", {"a\\\"[": 1}]') == 2


def test_numbers_beyond_every_range_are_read_as_something() -> None:
    value, _ = decode(
        b'{"a": 1e999, "b": ' + b"9" * 5_000 + b', "c": 18446744073709551616}', LIMITS
    )
    assert value["a"] == value["b"] == float("inf")
    assert value["c"] == 2**64


def test_a_byte_order_mark_is_no_fault() -> None:
    assert decode(b"\xef\xbb\xbf[1]", LIMITS) == ([1], 0)


def test_what_is_shown_is_short_and_can_be_written() -> None:
    assert shown("a" * 1_000_000, 10) == "'aaaaaaaa…"
    assert shown("\ud800").encode()
    assert shown([1, 2]) == "[1, 2]"
    deep: list[object] = []
    for _ in range(5_000):
        deep = [deep]
    assert shown(deep) == "a list nested deep"


def test_no_limit_lets_a_parser_go_down() -> None:
    limits = Limits(max_depth=10**9)
    assert refusal(nested(200_000), limits).allowed == "10,000"
    assert isinstance(decode(nested(10_000), limits)[0], list)
