"""Chunks that are full together: those before one that would lack a token end elsewhere."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.chunks.checks import check_chunks
from tore_export.chunks import Chunk, Chunker
from tore_export.chunks.cut import Cutter
from tore_export.chunks.structure import Structure
from tore_export.tokens.manager import TokenizerManager

TOKENIZER = TokenizerManager().get("cl100k_base")
PIECES = [
    "補", "丁", "內", "核", "擊", "威", "硬", "體", "一", "是", "可以", "成员", "。", "ú", "ẻ", "ζ",
    "é", "👩‍👩‍👧", "internationalization", "don't", "a", " the", "12345", "----", ".", "! ",
    " ", " ", " ", "  ", "\n", "\n\n",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), min_size=100, max_size=200).map("".join)


def n_lacking(chunks: list[Chunk], n: int) -> int:
    """Return how many tokens chunks have fewer than they may, all but the last."""
    return sum(n - chunk.n_tokens for chunk in chunks[:-1])


def each_alone(text: str, n: int) -> list[Chunk]:
    """Return the chunks each of which is as full as it can be where it begins."""
    with pytest.MonkeyPatch.context() as alone:
        alone.setattr("tore_export.chunks.fullest.FullestCutter", Cutter)
        return Chunker(TOKENIZER, n, min_fill=1).chunks(text)


def test_a_chunk_ends_earlier_within_a_token_so_that_the_next_one_is_full():
    # 擊 has three tokens, of which two do not fit any more
    text = "one two three four five six seven" + " the" + " a b c d e f 擊" + " and so on it goes"
    alone = each_alone(text, 8)
    assert [chunk.n_tokens for chunk in alone[:2]] == [8, 7]
    together = Chunker(TOKENIZER, 8, min_fill=1).chunks(text)
    assert [chunk.n_tokens for chunk in together[:2]] == [8, 8]
    check_chunks(text, together, Chunker(TOKENIZER, 8, min_fill=1))


@settings(max_examples=25, deadline=None)
@given(TEXTS, st.sampled_from([8, 12, 16, 30]))
def test_they_are_whole_within_their_bound_and_lack_no_more_than_cut_each_alone(text, n):
    chunker = Chunker(TOKENIZER, n, min_fill=1)
    chunks = chunker.chunks(text)
    check_chunks(text, chunks, chunker)
    alone = each_alone(text, n)
    # what comes behind a stretch may be worse for where it ends
    if len(alone) <= 32:
        assert n_lacking(chunks, n) <= n_lacking(alone, n)


def test_of_chinese_with_spaces_not_half_as_many_chunks_lack_a_token():
    source = random.Random(4)
    words = ["補丁", "可以", "成员 ", "一個", "硬體", " kernel", "是", "的", "在 ", " module", "。"]
    text = "".join(source.choices(words, k=6000))
    chunks = Chunker(TOKENIZER, 128, min_fill=1).chunks(text)
    assert 2 * n_lacking(chunks, 128) < n_lacking(each_alone(text, 128), 128)


@settings(max_examples=25, deadline=None)
@given(TEXTS, st.sampled_from([8, 9, 16]), st.sampled_from([2, 4, 8]), st.sampled_from([0, 4, 64]))
def test_those_of_long_texts_are_those_of_the_whole_at_once(text, n, n_chunks, free):
    chunker = Chunker(TOKENIZER, n, min_fill=1)
    document = Structure.of(text)
    with pytest.MonkeyPatch.context() as small:
        small.setattr("tore_export.chunks.fullest.MOST_CHUNKS", n_chunks)
        small.setattr("tore_export.chunks.fullest.LEAST_CHUNKS", min(n_chunks, 4))
        small.setattr("tore_export.chunks.fullest.FREE", free)
        (whole,) = chunker.cuts([document])
        for window in (50, 200):
            small.setattr("tore_export.chunks.windows.WINDOW", window)
            assert next(chunker.cuts([document])) == whole


class Counted:
    """The tokenizer, which notes how many texts it counted."""

    encoding = TOKENIZER.encoding

    def __init__(self) -> None:
        self.n_texts = 0

    def count_batch(self, texts: list[str]) -> list[int]:
        self.n_texts += len(texts)
        return TOKENIZER.count_batch(texts)

    def __getattr__(self, name: str) -> object:
        return getattr(TOKENIZER, name)


@pytest.mark.parametrize("n", [8, 16])
def test_where_no_end_helps_what_is_counted_grows_with_the_text_and_no_faster(n):
    source = random.Random(5)
    parts = [" hello" * source.randint(1, 9) + "👩‍👩‍👧" for _ in range(160)]
    counted = []
    for size in (40, 80, 160):
        tokenizer = Counted()
        chunks = Chunker(tokenizer, n, min_fill=1).chunks("".join(parts[:size]))
        assert n_lacking(chunks, n) > 0
        counted.append(tokenizer.n_texts)
    assert counted[1] < 2.5 * counted[0]
    assert counted[2] < 2.5 * counted[1]
