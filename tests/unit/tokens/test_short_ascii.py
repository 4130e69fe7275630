"""Counting by ranks alone: what tiktoken counts, of ASCII."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.tokens.known_counts import known_counts
from tore_export.tokens.reference import count_reference
from tore_export.tokens.short_ascii import LONGEST_PIECE, count_short_ascii

ENCODINGS = ("cl100k_base", "o200k_base")

# what the patterns of the encodings tell apart, more often than chance would have it
PARTS = st.sampled_from(
    [
        *("'s", "'RE", "'ll", " ", "  ", "\n", "\r\n", "\t", "\x0b", "\x1c", "Foo", "bar"),
        *("HTTPServer", "123", "45678", "!!", "./", "$", "_", "<|endoftext|>", "\n\n    if x"),
    ]
)
TEXTS = st.one_of(
    st.text(st.characters(max_codepoint=127), max_size=80),
    st.lists(PARTS, max_size=20).map("".join),
)


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(deadline=None)  # the first call reads the ranks
@given(text=TEXTS)
def test_it_counts_as_tiktoken_does(encoding: str, text: str) -> None:
    assert count_short_ascii(text, encoding) == count_reference(text, encoding)


@pytest.mark.parametrize("encoding", [*ENCODINGS, "o200k_harmony"])
def test_texts_with_known_counts_are_counted_right(encoding: str) -> None:
    known = {text: n for text, n in known_counts(encoding).items() if text.isascii()}
    assert len(known) > 5
    for text, n_tokens in known.items():
        counted = count_short_ascii(text, encoding)
        assert counted == n_tokens or (counted is None and len(text) > LONGEST_PIECE), text


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_merging_a_long_piece_is_left_to_others(encoding: str) -> None:
    word = "a" * LONGEST_PIECE
    assert count_short_ascii(word, encoding) == count_reference(word, encoding)
    assert count_short_ascii(word + "a", encoding) is None
