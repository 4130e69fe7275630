"""Where a chunk ends within a word: it is full, and the words lose least."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.chunks.checks import check_chunks
from tore_export.chunks import Chunker
from tore_export.chunks.cut import Cutter
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.ranks import load_encoding

TOKENIZER = TokenizerManager().get("cl100k_base")
WORDS = (
    "Interoperability requirements of multithreading implementations, notwithstanding the "
    "misconfigurations (see /sys/devices/platform) of unprivileged users, are 32MB. "
)
MIXED = [
    "internationalization",
    "  ",
    "don't",
    ".",
    "\n",
    "12345",
    "é",
    "漢字",
    "👩‍👩‍👧",
    "----",
    "a",
]


def full_chunker(n: int) -> Chunker:
    return Chunker(TOKENIZER, n, min_fill=1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(MIXED), min_size=20, max_size=60).map(" ".join))
def test_a_chunk_cut_alone_is_as_full_as_any_end_of_a_grapheme_near_its_own_makes_it(text):
    with pytest.MonkeyPatch.context() as alone:
        alone.setattr("tore_export.chunks.fullest.FullestCutter", Cutter)
        chunks = full_chunker(16).chunks(text)
    for chunk in chunks[:-1]:
        if chunk.n_tokens < 16:
            ends = range(chunk.end + 1, min(chunk.end + 12, len(text)))
            counts = [TOKENIZER.count(text[chunk.start : end]) for end in ends]
            assert 16 not in counts or "‍" in text[chunk.end - 2 : chunk.end + 14]


@pytest.mark.parametrize("n", [16, 50, 128])
def test_full_chunks_are_as_few_as_the_tokens_of_the_text_allow(n):
    text = WORDS * 40
    chunks = full_chunker(n).chunks(text)
    assert "".join(chunk.text for chunk in chunks) == text
    assert {chunk.n_tokens for chunk in chunks[:-1]} == {n}
    least = -(-len(load_encoding("cl100k_base").encode_ordinary(text)) // n)
    # a token more, now and then, where the next chunk ends with a sentence for it
    assert least <= len(chunks) <= least + 1


def test_a_word_is_divided_so_that_the_next_chunk_ends_with_a_sentence():
    # its own tokens would end the first chunk behind "Donaudamp", and the next one behind " And"
    words = "one two three four five six seven eight nine ten eleven twelve thirteen"
    text = f"{words} Donaudampfschiff{' the' * 11}. And so on it goes."
    assert [chunk.text for chunk in full_chunker(16).chunks(text)] == [
        f"{words} Donaudam",
        f"pfschiff{' the' * 11}.",
        " And so on it goes.",
    ]


def test_or_so_that_the_chunk_after_the_next_does():
    words = "one two three four five six seven eight nine ten eleven twelve thirteen"
    text = f"{words} Donaudampfschiff{' the' * 27}. And so on it goes."
    assert [chunk.text for chunk in full_chunker(16).chunks(text)] == [
        f"{words} Donaudam",
        f"pfschiff{' the' * 12}",
        f"{' the' * 15}.",
        " And so on it goes.",
    ]


def test_a_chunk_is_full_within_a_word_of_any_length():
    text = f"one two three {'Donaudampfschiff' * 100} and so on"
    chunks = full_chunker(16).chunks(text)
    assert chunks[0].text.startswith("one two three Donaudampfschiff")
    check_chunks(text, chunks, full_chunker(16))
    assert {chunk.n_tokens for chunk in chunks[:3]} == {16}
