from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tore_export.sources.elements import elements_from_dicts
from tore_export.sources.emphasis import nested, spans_of_emphasis


def spans(text: str, *words: tuple[Any, Any]) -> list[tuple[int, int, str]]:
    metadata = {
        "emphasized_text_contents": [said for said, _ in words],
        "emphasized_text_tags": [tag for _, tag in words],
    }
    return [(s["start"], s["end"], s["kind"]) for s in spans_of_emphasis(text, metadata)]


TAGS = {
    "strong": ("b", "strong"),
    "emphasis": ("i", "em"),
    "underline": ("u", "ins"),
    "strike": ("s", "strike", "del"),
    "subscript": ("sub",),
    "superscript": ("sup",),
    "code": ("code", "tt"),
}


@pytest.mark.parametrize(("tag", "kind"), [(tag, kind) for kind in TAGS for tag in TAGS[kind]])
def test_a_tag_is_a_kind_of_span(tag: str, kind: str) -> None:
    assert spans("to do", ("do", tag)) == [(3, 5, kind)]


def test_words_are_found_one_behind_the_other() -> None:
    assert spans("a b a", ("a", "b"), ("a", "i")) == [(0, 1, "strong"), (4, 5, "emphasis")]
    assert spans("a b", ("b", "b"), ("a", "b")) == [(2, 3, "strong")]


def test_the_same_words_with_two_tags_are_both() -> None:
    assert spans("so now", ("now", "b"), ("now", "i"), ("now", "i")) == [
        (3, 6, "strong"),
        (3, 6, "emphasis"),
    ]


def test_space_around_words_is_not_emphasised() -> None:
    assert spans("do it now", (" it ", "b")) == [(3, 5, "strong")]


@pytest.mark.parametrize(
    "words", [("", "b"), (" ", "b"), (None, "b"), ("do", "blink"), ("do", None), ("gone", "b")]
)
def test_what_cannot_be_placed_is_left_out(words: tuple[Any, Any]) -> None:
    assert spans("do it", words) == []


def test_lists_of_different_length_say_nothing() -> None:
    said = {"emphasized_text_contents": ["a", "b"], "emphasized_text_tags": ["b"]}
    assert spans_of_emphasis("a b", said) == []
    assert spans_of_emphasis("a", {"emphasized_text_contents": "a"}) == []


def test_links_and_emphasis_lie_within_each_other_or_apart() -> None:
    metadata = {
        "links": [{"text": "the docs", "url": "u", "start_index": 4}],
        "emphasized_text_contents": ["docs", "see the docs", "docs now", "now"],
        "emphasized_text_tags": ["i", "b", "b", "b"],
    }
    ((element,), _) = elements_from_dicts(
        [{"type": "Text", "text": "see the docs now", "metadata": metadata}]
    )
    found = [(s["start"], s["end"], s["kind"]) for s in element.meta["spans"]]
    assert found == [(4, 12, "link"), (8, 12, "emphasis"), (13, 16, "strong")]


SPANS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(1, 9)).map(
        lambda pair: {"start": pair[0], "end": pair[0] + pair[1], "kind": "strong"}
    ),
    max_size=8,
)


@given(SPANS, SPANS)
def test_no_two_spans_cross(first: list[dict[str, Any]], second: list[dict[str, Any]]) -> None:
    found = nested(first, second)
    for a in found:
        for b in found:
            assert not a["start"] < b["start"] < a["end"] < b["end"]
    assert found == sorted(found, key=lambda span: (span["start"], -span["end"]))
    assert bool(found) == bool(first or second)
