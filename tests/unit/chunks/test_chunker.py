"""Chunker: at most N tokens by the tokenizer's own count, not a character lost, whatever the text."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.chunks.checks import check_chunks
from tests.unit.tokens.material import CLAUDE_2, MINILM, MISTRAL_1, QWEN
from tore_export.chunks import Chunk, Chunker
from tore_export.chunks.chunker import LONGEST_TOKEN
from tore_export.chunks.spaces import ADDS_UP
from tore_export.documents.schema import Kind
from tore_export.errors import ConfigError, DocumentError
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.ranks import load_encoding

NAMES = ("cl100k_base", "o200k_base", CLAUDE_2, MINILM, MISTRAL_1, QWEN)

WORDS = """
One. two three? Four! e.g. Dr. A. 1. 12 (a). "Yes." **No.** It's 'tis foo/bar https://a.b/c?d=e x=1;
| --- # ## - * > ``` ~~~ <table> <tr><td>1</td></tr> $$ 漢字。 かな カタカナ 中文！ 안녕 สวัสดี नमस्ते। م؟
é a\u0301\u0301 👨\u200d👩\u200d👧 🇩🇪 \ufdfa \u0f3d \U000323b0 \U0001e6e3 supercalifragilistic 3.14 …
"""
FRAGMENTS = WORDS.split()
SPACES = [
    " ",
    "  ",
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    " \n ",
    "\u00a0",
    "\u3000",
    "\x0b",
    "\u2028",
    "\n/",
]
TEXTS = st.lists(st.sampled_from([*FRAGMENTS, *SPACES, *SPACES]) | st.text(max_size=6)).map("".join)
UNLIKE = st.lists(st.sampled_from("ab .\n漢\u0301/|`#-1!")).map("".join)
OPTIONS = st.fixed_dictionaries(
    {
        "max_tokens": st.integers(8, 64),
        "min_fill": st.sampled_from([0.0, 0.5, 0.75, 0.9, 1.0]),
        "headings": st.booleans(),
        "table_header": st.booleans(),
    }
)


def tokenizer_of(name: str):
    return TokenizerManager().get(str(name))


def chunks_of(text: str, n: int, **options) -> list[Chunk]:
    return Chunker(tokenizer_of("cl100k_base"), n, **options).chunks(text)


@pytest.mark.parametrize("name", NAMES[:2])
@settings(max_examples=120, deadline=None)
@given(TEXTS | UNLIKE, st.integers(8, 64))
def test_no_chunk_is_over_its_bound_and_they_join_to_the_text(name, text, n):
    chunker = Chunker(tokenizer_of(name), n)
    check_chunks(text, chunker.chunks(text), chunker)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=50, deadline=None)
@given(TEXTS, OPTIONS, st.integers(0, 32))
def test_so_it_is_with_every_tokenizer_and_all_that_is_repeated(name, text, options, overlap):
    chunker = Chunker(
        tokenizer_of(name), overlap=min(overlap, options["max_tokens"] // 2), **options
    )
    if any(chunker.tokenizer.count(letter) > chunker.max_tokens for letter in text):
        # a tokenizer with a normal form makes \ufdfa a sentence
        text = text.replace("\ufdfa", "")
    check_chunks(text, chunker.chunks(text), chunker)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(TEXTS, st.sampled_from(list(Kind)), st.integers(0, 7)), max_size=12),
    OPTIONS,
    st.integers(0, 32),
)
def test_so_it_is_with_elements_of_any_kind_each_of_which_is_in_some_chunk(parts, options, overlap):
    text, blocks = "", []
    for part, _, _ in parts:
        text += "\n\n" if text else ""
        blocks.append((len(text), len(text) + len(part)))
        text += part
    chunker = Chunker(
        tokenizer_of("cl100k_base"), overlap=min(overlap, options["max_tokens"] // 2), **options
    )
    kinds = [int(kind) for _, kind, _ in parts]
    chunks = chunker.chunks(text, blocks, kinds, [level for _, _, level in parts])
    check_chunks(text, chunks, chunker)
    shown = {i for i, (start, end) in enumerate(blocks) if start < end}
    for number, chunk in enumerate(chunks):
        inside = {i for i in shown if blocks[i][0] < chunk.end and chunk.start < blocks[i][1]}
        assert (chunk.first_element, chunk.last_element) == (
            (min(inside), max(inside)) if inside else (None, None)
        ), number
    if chunks:
        assert shown == {
            i
            for chunk in chunks
            if chunk.first_element is not None
            for i in range(chunk.first_element, chunk.last_element + 1)
            if i in shown
        }


@settings(max_examples=30, deadline=None)
@given(st.lists(TEXTS, max_size=6), st.integers(8, 40))
def test_a_batch_gives_each_text_what_it_gets_alone(texts, n):
    chunker = Chunker(tokenizer_of("o200k_base"), n)
    assert chunker.batch(texts) == [chunker.chunks(text) for text in texts]


def test_an_empty_text_has_no_chunk_and_one_that_fits_has_one():
    assert chunks_of("", 8) == []
    assert [chunk.to_dict() for chunk in chunks_of("Hello world", 8)] == [
        {
            "text": "Hello world",
            "start": 0,
            "end": 11,
            "own_start": 0,
            "own_end": 11,
            "n_tokens": 2,
            "first_element": None,
            "last_element": None,
        }
    ]


def test_a_lone_surrogate_is_counted_as_tiktoken_counts_it():
    chunker = Chunker(tokenizer_of("cl100k_base"), 8)
    text = "one \ud800 two. " * 9 + "\ud83d\ude00 pairs " * 9
    check_chunks(text, chunker.chunks(text), chunker)


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "漢",
        " ",
        "\n",
        "aB",
        "\u0301",
        "1",
        "!",
        "👍",
        "_a",
        "</tr>",
        "| ",
        "```\n",
        "x.",
        "\r\n",
        "# ",
    ],
)
@pytest.mark.parametrize("n", [8, 50])
def test_a_run_of_anything_is_cut(unit, n):
    text = "Word " + unit * 3000 + " word."
    chunker = Chunker(tokenizer_of("o200k_base"), n)
    check_chunks(text, chunker.chunks(text), chunker)


def test_a_code_point_of_more_tokens_than_a_chunk_may_have_refuses_the_document():
    chunker = Chunker(tokenizer_of(CLAUDE_2), 8)
    with pytest.raises(DocumentError, match=r"U\+FDFA.*allowed: 8 tokens") as caught:
        chunker.chunks("Peace and \ufdfa be upon all who read these words " * 3)
    assert caught.value.rule == "code_point_over_max_tokens"


@pytest.mark.parametrize(
    ("options", "where"),
    [({"max_tokens": 7}, "max_tokens"), ({"max_tokens": 64, "overlap": 33}, "chunk_overlap")],
)
def test_options_that_leave_no_room_are_refused(options, where):
    with pytest.raises(ConfigError) as caught:
        Chunker(tokenizer_of("cl100k_base"), **options)
    assert caught.value.where == where


def test_long_and_short_texts_keep_their_order_in_groups_of_any_size(monkeypatch):
    texts = ["One two three. " * i for i in (1, 30, 0, 200, 2, 90, 60)]
    chunker = Chunker(tokenizer_of("cl100k_base"), 16)
    expected = chunker.batch(texts)
    monkeypatch.setattr("tore_export.chunks.chunker.GROUP", 1000)
    assert chunker.batch(texts) == expected


@pytest.mark.parametrize("encoding", sorted(ADDS_UP))
def test_no_token_is_longer_than_what_tells_that_a_text_does_not_fit(encoding):
    ranks = load_encoding(encoding)._mergeable_ranks
    assert max(map(len, ranks)) == LONGEST_TOKEN


def test_a_text_of_the_longest_tokens_is_one_chunk_if_it_fits():
    chunker = Chunker(tokenizer_of("cl100k_base"), 8)
    for size in (8 * LONGEST_TOKEN, 8 * LONGEST_TOKEN + 1):
        text = " " * size
        check_chunks(text, chunker.chunks(text), chunker)


def test_headings_of_markdown_within_fences_are_none():
    text = "# A\n\n```\n# no\n```\n\n~~~\n```\n# no\n~~~\n\n" + "One two three four. " * 20
    chunker = Chunker(tokenizer_of("cl100k_base"), 32, headings=True)
    chunks = chunker.chunks(text)
    check_chunks(text, chunks, chunker)
    assert {chunk.text[: chunk.own_start] for chunk in chunks[1:]} == {"# A\n\n"}


def test_levels_may_come_as_a_column():
    text = "A\n\n" + "One two three four. " * 9
    chunker = Chunker(tokenizer_of("cl100k_base"), 16, headings=True)
    blocks = [(0, 1), (3, len(text))]
    kinds = np.array([Kind.TITLE, Kind.PARAGRAPH], np.int8)
    levels = np.array([1, 0], np.int16)
    chunks = chunker.chunks(text, blocks, kinds, levels)
    assert chunks == chunker.chunks(text, blocks, kinds.tolist(), [1, None])
    assert chunks[1].text.startswith("A\n\n")
    without = Chunker(tokenizer_of("cl100k_base"), 16).chunks(text, blocks)
    assert (without[0].first_element, without[-1].last_element) == (0, 1)


def test_a_word_whose_beginning_has_fewer_tokens_than_the_rest_fills_its_chunks():
    draw = random.Random(3)
    text = "=" * 40_000 + "".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=9_000))
    chunker = Chunker(tokenizer_of("cl100k_base"), 64)
    chunks = chunker.chunks(text)
    check_chunks(text, chunks, chunker)
    assert sum(chunk.n_tokens for chunk in chunks) > 0.85 * 64 * (len(chunks) - 1)
