"""Where tokens end: the pieces join to the text, and are as many as are counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.tokens.material import CLAUDE_2, MISTRAL_1, TEXTS
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.pieces import token_pieces


@pytest.mark.parametrize("name", ["cl100k_base", "o200k_base", CLAUDE_2])
@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_pieces_join_to_the_text_and_are_no_more_than_its_tokens(name: str, text: str) -> None:
    tokenizer = TokenizerManager().get(name)
    pieces = token_pieces(text, tokenizer)
    assert pieces is not None
    assert "".join(pieces) == text
    assert all(pieces)
    assert len(pieces) <= max(tokenizer.count(text), bool(text))


@given(st.text(st.characters(max_codepoint=127)))
def test_where_no_character_takes_several_tokens_each_is_a_piece(text: str) -> None:
    tokenizer = TokenizerManager().get("gpt-4")
    pieces = token_pieces(text, tokenizer)
    assert pieces is not None
    assert len(pieces) == tokenizer.count(text)


def test_a_character_of_several_tokens_is_one_piece() -> None:
    tokenizer = TokenizerManager().get("cl100k_base")
    assert tokenizer.count("a𓀀") > 2
    assert token_pieces("a𓀀", tokenizer) == ["a", "𓀀"]


def test_a_lone_surrogate_is_what_it_is_counted_as() -> None:
    assert token_pieces("a\ud800", TokenizerManager().get("gpt-4")) == ["a", "\ufffd"]


def test_a_text_that_tiktoken_panics_on_has_none() -> None:
    assert token_pieces(" " * 1_000_000 + "x", TokenizerManager().get("gpt-4")) is None


def test_a_tokenizer_that_does_not_tell_has_none() -> None:
    assert token_pieces("a", TokenizerManager().get(MISTRAL_1)) is None
