from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tore_export.errors import DocumentError
from tore_export.sources.json_lists import values_of

MOST = 1_000_000
texts = st.text(st.sampled_from('ab"\\[]{},: \n\té😀'), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@given(st.lists(values, max_size=5), st.integers(1, 40), st.sampled_from([None, 1]), st.booleans())
def test_the_values_of_any_list_come_one_by_one_wherever_it_is_cut(
    rows: list[object], size: int, indent: int | None, ascii_only: bool
) -> None:
    data = json.dumps(rows, indent=indent, ensure_ascii=ascii_only).encode()
    found = list(values_of(pieces(data, size), MOST))
    assert [json.loads(value or b"") for _, value, _ in found] == rows
    assert all(data[at : at + length] == value for at, value, length in found)


@given(st.lists(values, min_size=1, max_size=5), st.data())
def test_a_list_that_is_cut_short_is_refused_after_its_whole_values(
    rows: list[object], data: st.DataObject
) -> None:
    text = json.dumps(rows).encode()
    cut = text[: data.draw(st.integers(0, len(text) - 1))]
    found: list[object] = []
    with pytest.raises(DocumentError, match=f"cut short at byte {len(cut)}") as error:
        found.extend(values_of([cut], MOST))
    assert error.value.rule == "invalid_json"


@pytest.mark.parametrize("text", ["[]", " [ ] \n", "[\n]"])
def test_an_empty_list_has_no_values(text: str) -> None:
    assert list(values_of([text.encode()], MOST)) == []


def test_values_that_are_missing_are_told_by_whoever_decodes_them() -> None:
    assert [value for _, value, _ in values_of([b"[1,,2,]"], MOST)] == [b"1", b"", b"2", b""]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b'[1] {"a": 1}', "more text behind the JSON list, at byte 4"),
        (b"[1]\n\n]", "more text behind the JSON list, at byte 5"),
        (b'{"a": [1]}', "not a JSON list"),
        (b"  hello", "not a JSON list"),
    ],
)
def test_what_is_no_list_or_more_than_one_is_refused(text: bytes, told: str) -> None:
    for size in (1, 100):
        with pytest.raises(DocumentError, match=told):
            list(values_of(pieces(text, size), MOST))


def test_a_value_that_is_too_large_is_passed_over_and_not_held() -> None:
    data = b'[1, "' + b"x" * 100 + b'", 2]'
    found = list(values_of(pieces(data, 7), max_bytes=20))
    assert [(value, length) for _, value, length in found] == [(b"1", 1), (None, 103), (b" 2", 2)]


@pytest.mark.parametrize(
    "hostile",
    [b"[" + b"\\" * 2_000_000, b"[" * 2_000_000, b'["' + b'\\"' * 1_000_000, b"[," * 1_000_000],
    ids=["backslashes", "brackets", "quotes", "commas"],
)
def test_time_is_linear_whatever_the_bytes(hostile: bytes) -> None:
    def seconds(data: bytes) -> float:
        started = time.process_time()
        with pytest.raises(DocumentError):
            list(values_of([data], 100_000_000))
        return time.process_time() - started

    half = min(seconds(hostile[: len(hostile) // 2]) for _ in range(3))
    assert seconds(hostile) < 4 * half + 0.5
