"""The fast engine: what it is trusted with, and when it is not."""

import sys
import types

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tore_export.tokens.fast import (
    FAST_ENCODINGS,
    GUARDED,
    KNOWN_COUNTS,
    fast_counter,
    guarded_places,
    wrong_counts,
)
from tore_export.tokens.openai import OpenAITokenizer
from tore_export.tokens.reference import count_reference

RANGES = [range(first, last + 1) for first, last in GUARDED]


def as_bytes(text):
    return np.frombuffer(text.encode(), np.uint8)


@pytest.fixture
def other_toktok(monkeypatch):
    """Put another engine in toktok's place for one test."""

    def install(batch_count):
        monkeypatch.setitem(sys.modules, "toktok", types.SimpleNamespace(batch_count=batch_count))
        fast_counter.cache_clear()

    yield install
    fast_counter.cache_clear()


@given(
    st.text(
        st.sampled_from("aſ'œé漢한ก😀\U0010ffff")
        | st.sampled_from(RANGES).flatmap(st.sampled_from).map(chr)
    )
)
def test_guarded_characters_are_found_where_their_bytes_begin(text):
    expected = [
        len(text[:i].encode())
        for i, character in enumerate(text)
        if any(ord(character) in one for one in RANGES) or (i and text[i - 1 : i + 1] == "'ſ")
    ]
    assert guarded_places(as_bytes(text)).tolist() == expected


def test_the_neighbours_of_guarded_ranges_are_not_guarded():
    guarded = {i for one in RANGES for i in one}
    neighbours = {i for first, last in GUARDED for i in (first - 1, last + 1)} - guarded
    assert guarded_places(as_bytes("".join(map(chr, sorted(neighbours))))).tolist() == []


def test_a_character_cut_off_at_the_end_of_the_bytes_is_no_place_to_read_beyond():
    assert guarded_places(np.frombuffer(b"ab\xf0", np.uint8)).tolist() == []


@pytest.mark.parametrize("encoding", FAST_ENCODINGS)
def test_the_known_counts_of_the_check_are_those_of_tiktoken(encoding):
    assert wrong_counts(lambda texts: [count_reference(t, encoding) for t in texts], encoding) == []


def test_the_check_takes_less_than_five_milliseconds_once_the_engine_is_loaded():
    from time import perf_counter

    count = fast_counter("cl100k_base")
    seconds = []
    for _ in range(5):
        begin = perf_counter()
        assert wrong_counts(count, "cl100k_base") == []
        seconds.append(perf_counter() - begin)
    assert min(seconds) < 0.005


def test_an_encoding_that_the_fast_engine_does_not_know_has_none():
    assert fast_counter("p50k_base") is None


def test_an_engine_that_counts_wrong_is_not_used_and_that_is_said(other_toktok):
    other_toktok(lambda texts, encoding, threads: [0 for _ in texts])
    with pytest.warns(
        RuntimeWarning, match="tiktoken, exact but slower.*counts 'hello world' wrong"
    ):
        assert OpenAITokenizer("gpt-4", "cl100k_base").count_batch(["a", "b c"]) == [1, 2]


def test_an_engine_that_is_not_installed_is_not_used_and_that_is_said(monkeypatch, other_toktok):
    other_toktok(None)
    monkeypatch.setitem(sys.modules, "toktok", None)
    with pytest.warns(RuntimeWarning, match="ModuleNotFoundError"):
        assert OpenAITokenizer("gpt-4", "cl100k_base").count("hello world") == 2


class PanicException(BaseException):
    """Named and based as the exception that a Rust library raises when it panics."""


def test_an_engine_that_panics_in_its_check_is_not_used_and_that_is_said(other_toktok):
    def panic(texts, encoding, threads):
        raise PanicException("index out of bounds")

    other_toktok(panic)
    with pytest.warns(RuntimeWarning, match="PanicException"):
        assert OpenAITokenizer("gpt-4", "cl100k_base").count("hello world") == 2


def test_texts_on_which_the_engine_panics_are_counted_by_tiktoken(other_toktok):
    answers = {text: pair[0] for text, pair in KNOWN_COUNTS.items()}

    def panic_beyond_the_check(texts, encoding, threads):
        if set(texts) <= set(answers):
            return [answers[text] for text in texts]
        raise PanicException("index out of bounds")

    other_toktok(panic_beyond_the_check)
    assert OpenAITokenizer("gpt-4", "cl100k_base").count_batch(["one more text", ""]) == [3, 0]


def test_an_interrupt_while_the_engine_works_is_not_swallowed(other_toktok):
    def interrupted(texts, encoding, threads):
        raise KeyboardInterrupt

    other_toktok(interrupted)
    with pytest.raises(KeyboardInterrupt):
        OpenAITokenizer("gpt-4", "cl100k_base").count("a")


def test_an_interrupt_after_the_check_is_not_swallowed(other_toktok):
    answers = {text: pair[0] for text, pair in KNOWN_COUNTS.items()}

    def interrupted_later(texts, encoding, threads):
        if texts == ["a"]:
            raise KeyboardInterrupt
        return [answers[text] for text in texts]

    other_toktok(interrupted_later)
    with pytest.raises(KeyboardInterrupt):
        OpenAITokenizer("gpt-4", "cl100k_base").count("a")
