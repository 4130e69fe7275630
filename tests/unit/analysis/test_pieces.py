"""Pieces: cut without a copy, and counted apart exactly where tokens add up."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.analysis.pieces import NO_ELEMENT, cut
from tore_export.chunks.spaces import ADDS_UP
from tore_export.tokens.openai import OpenAITokenizer
from tore_export.tokens.ranks import load_encoding

SPACES = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2003\u200a\u2028\u2029\u202f\u205f\u3000"
SEEDS = [
    "",
    "word",
    "1234",
    "foo.",
    "it's",
    "表の",
    "“x”",
    "é",
    "😀",
    "|--|",
    "a\tb",
    "//",
    "'s",
    "\u200b",
]

line = st.lists(
    st.sampled_from([*SEEDS, *SPACES, "/", "\n", "\n\n", "\r\n"]) | st.text(max_size=4), max_size=6
).map("".join)


def columns(documents: list[list[str]]) -> tuple[pa.Array, pa.Array]:
    """Return texts and blocks of documents whose elements were rendered so."""
    texts, blocks = [], []
    for pieces in documents:
        at, ranges = 0, []
        for piece in pieces:
            bare = len(piece) - len(piece.lstrip("\n"))
            ranges.append({"start": at + bare, "end": at + len(piece)})
            at += len(piece)
        texts.append("".join(pieces))
        blocks.append(ranges)
    kind = pa.list_(pa.struct([("start", pa.int32()), ("end", pa.int32())]))
    return pa.array(texts, pa.string()), pa.array(blocks, kind)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(line, max_size=5), max_size=4))
def test_pieces_of_a_document_are_its_text(documents: list[list[str]]) -> None:
    texts, blocks = columns(documents)
    pieces = cut(texts, blocks)
    found = pieces.texts.to_pylist()
    for at, text in enumerate(texts.to_pylist()):
        assert "".join(found[pieces.first[at] : pieces.first[at + 1]]) == text
    assert [len(found)] == pieces.first[-1:].tolist()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(line, max_size=5), min_size=1, max_size=3), st.sampled_from(sorted(ADDS_UP))
)
def test_where_no_cut_is_loose_tokens_add_up_to_those_of_tiktoken(
    documents: list[list[str]], encoding: str
) -> None:
    known = load_encoding(encoding)
    # as formatters do, a blank line before each element but the first
    documents = [[("\n\n" if at else "") + p for at, p in enumerate(ps)] for ps in documents]
    texts, blocks = columns(documents)
    pieces = cut(texts, blocks)
    counts = [len(known.encode_ordinary(piece)) for piece in pieces.texts.to_pylist()]
    for at, text in enumerate(texts.to_pylist()):
        if not pieces.loose[at]:
            apart = sum(counts[pieces.first[at] : pieces.first[at + 1]])
            assert apart == len(known.encode_ordinary(text))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(line, max_size=5), min_size=1, max_size=3), st.sampled_from(sorted(ADDS_UP))
)
def test_pieces_that_go_on_are_counted_in_one_go_as_tiktoken_counts_each(
    documents: list[list[str]], encoding: str
) -> None:
    known = load_encoding(encoding)
    documents = [[("\n\n" if at else "") + p for at, p in enumerate(ps)] for ps in documents]
    pieces = cut(*columns(documents))
    counts = OpenAITokenizer(encoding, encoding).count_pieces(pieces.texts, pieces.goes_on)
    assert counts.to_pylist() == [len(known.encode_ordinary(p)) for p in pieces.texts.to_pylist()]


def test_pieces_with_code_points_that_are_guarded_are_counted_by_tiktoken() -> None:
    pieces = cut(*columns([["a \u088f b", "\n\nit'\u017f", "\n\n\U000323b0\u1acf", "\n\nend"]]))
    assert pieces.goes_on.tolist() == [True, True, True, False]
    for encoding in sorted(ADDS_UP):
        known = load_encoding(encoding)
        counts = OpenAITokenizer(encoding, encoding).count_pieces(pieces.texts, pieces.goes_on)
        assert counts.to_pylist() == [
            len(known.encode_ordinary(piece)) for piece in pieces.texts.to_pylist()
        ]


@pytest.mark.parametrize("space", SPACES)
def test_a_cut_before_white_space_is_loose(space: str) -> None:
    pieces = cut(*columns([["a", f"\n\n{space}b"]]))
    assert pieces.loose.tolist() == [space not in "\n"]


def test_a_cut_before_a_slash_or_within_a_line_is_loose_and_others_are_not() -> None:
    pieces = cut(*columns([["a!", "\n/b"], ["a", " b"], ["a", "b"], ["a", "\n\n“b"], ["a"], []]))
    assert pieces.loose.tolist() == [True, True, True, False, False, False]


def test_the_blank_line_between_two_elements_belongs_to_the_first() -> None:
    pieces = cut(*columns([["# Ä", "", "\n\n表 x", "\n\nend"], [], ["b"]]))
    assert pieces.texts.to_pylist() == ["# Ä\n\n", "表 x\n\n", "end", "b"]
    assert pieces.elements.tolist() == [0, 2, 3, 4]
    assert pieces.goes_on.tolist() == [True, True, False, False]
    assert pieces.documents.tolist() == [0, 0, 0, 2]
    assert pieces.sums(pieces.elements).tolist() == [5, 0, 4]


def test_a_text_without_a_visible_element_is_a_piece_of_none() -> None:
    pieces = cut(*columns([["a"], ["\n\n"], ["b"]]))
    assert pieces.texts.to_pylist() == ["a", "\n\n", "b"]
    assert pieces.elements.tolist() == [0, NO_ELEMENT, 2]


def test_slices_of_longer_columns_are_cut_as_copies_are() -> None:
    texts, blocks = columns([["xé"], ["é", "\n\nb"], ["ü"], ["c"]])
    pieces = cut(texts.slice(1, 2), blocks.slice(1, 2))
    assert pieces.texts.to_pylist() == ["é\n\n", "b", "ü"]


def test_characters_are_found_across_the_blocks_that_bytes_are_searched_in() -> None:
    # in blocks of 64 KB that cut through characters, some of them of ASCII alone
    long, plain = "aé表😀" * 50_000, "plain words " * 20_000
    for parts in ([long, plain, long], [plain, long, plain], [plain, plain]):
        document = [f"{part}\n\n" for piece in parts for part in ("b", piece)]
        pieces = cut(*columns([[*document, "c"]]))
        assert pieces.texts.to_pylist() == [*document, "c"]


def test_no_documents_have_no_pieces() -> None:
    pieces = cut(*columns([]))
    assert pieces.texts.to_pylist() == []
    assert pieces.first.tolist() == [0]
