"""The reference: tiktoken, and what stands in for it where it panics."""

from functools import cache

import pytest
import tiktoken
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tiktoken_ext.openai_public import r50k_pat_str

from tore_export.errors import TokenizerError
from tore_export.tokens import reference
from tore_export.tokens.ranks import load_encoding
from tore_export.tokens.reference import count_in_pieces, count_reference, without_surrogates

SPACES_AND_NEIGHBOURS = st.text(
    st.sampled_from("  \n\r\t\u00a0\u2003\u3000\x1caA1!/.'s\u0301漢😀"), max_size=30
)


@pytest.mark.parametrize("encoding", ["cl100k_base", "o200k_base"])
@settings(max_examples=500, deadline=None)
@given(SPACES_AND_NEIGHBOURS, st.integers(1, 4))
@example("!\n\n//a", 1)
@example("!\n \n a", 2)
@example("a\u0301\n \n !", 2)
@example("!!\u0301\n \n  ", 2)
@example("  \n  ", 1)
@example("\r\n \r\n", 1)
def test_cut_at_runs_of_white_space_the_count_is_the_same(encoding, text, long_run):
    known = load_encoding(encoding)
    assert count_in_pieces(text, known, long_run) == len(known.encode_ordinary(text))


@cache
def without_line_ends():
    """tiktoken with the pattern of its older encodings; the ranks do not matter here."""
    ranks = load_encoding("cl100k_base")._mergeable_ranks
    return tiktoken.Encoding("r50k", pat_str=r50k_pat_str, mergeable_ranks=ranks, special_tokens={})


@pytest.mark.parametrize("encoding", ["cl100k_base", "o200k_base"])
@pytest.mark.parametrize("space", [" ", "\t", "\u00a0", "\u3000", " \n", "\r\n "])
@pytest.mark.parametrize("length", [9_999, 10_000, 60_000])
def test_cut_at_a_long_run_the_count_is_the_same_as_long_as_tiktoken_answers(
    encoding, space, length
):
    known = load_encoding(encoding)
    for before, after in (("", "a"), ("a", ""), ("!", " x"), ("1\n", "\n!"), ("e\u0301", "/")):
        text = before + space * length + after
        assert count_in_pieces(text, known) == len(known.encode_ordinary(text))


@settings(max_examples=200, deadline=None)
@given(SPACES_AND_NEIGHBOURS, st.integers(1, 4))
def test_cut_at_runs_of_white_space_the_count_is_the_same_in_the_family_without_line_ends(
    text, long_run
):
    known = without_line_ends()
    assert count_in_pieces(text, known, long_run) == len(known.encode_ordinary(text))


def test_the_count_grows_in_a_straight_line_into_the_lengths_where_tiktoken_panics(capfd):
    # 128 spaces are one token, so the count grows by one for 128 more
    counts = [count_reference(" " * (128 * k) + "a", "cl100k_base") for k in (1, 10, 7_000, 9_000)]
    assert counts == [3, 12, 7_002, 9_002]


def test_special_tokens_in_a_text_are_text():
    assert count_reference("<|endoftext|>", "cl100k_base") == 7
    assert count_reference("<|endoftext|>", "o200k_base") == 7


def test_lone_surrogates_count_as_replacement_characters_and_pairs_as_their_character():
    assert without_surrogates("a\ud800b\udc00") == "a\ufffdb\ufffd"
    assert without_surrogates("\ud83d\ude00") == "😀"
    for encoding in ("cl100k_base", "o200k_base"):
        assert count_reference("a\ud800b", encoding) == count_reference("a\ufffdb", encoding)


def test_lone_surrogates_in_a_run_on_which_tiktoken_panics_are_replaced_too(capfd):
    text = "\ud800" + " " * 1_000_000 + "a"
    replaced = "\ufffd" + " " * 1_000_000 + "a"
    assert count_reference(text, "o200k_base") == count_reference(replaced, "o200k_base")


class PanicException(BaseException):
    """Named and based as the exception that a Rust library raises when it panics."""


class Failing:
    """An encoding that answers every text with the next of some errors."""

    _pat_str = r"[\r\n]"

    def __init__(self, *errors):
        self.errors = list(errors)

    def encode_ordinary(self, text):
        raise self.errors.pop(0)


def test_a_text_that_tiktoken_cannot_count_at_all_is_an_error_of_ours(monkeypatch):
    failing = Failing(PanicException("no"), PanicException("no"))
    monkeypatch.setattr(reference, "load_encoding", lambda name: failing)
    with pytest.raises(TokenizerError, match="tiktoken cannot count this text"):
        count_reference("a", "cl100k_base")


@pytest.mark.parametrize("before", [[], [PanicException("no")]])
def test_an_interrupt_is_not_taken_for_a_panic(monkeypatch, before):
    failing = Failing(*before, KeyboardInterrupt())
    monkeypatch.setattr(reference, "load_encoding", lambda name: failing)
    with pytest.raises(KeyboardInterrupt):
        count_reference("a", "cl100k_base")
