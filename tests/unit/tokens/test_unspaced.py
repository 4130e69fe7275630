"""Text without spaces made shorter: its count follows."""

from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.errors import TokenizerError
from tore_export.tokens.fast import FAST_ENCODINGS
from tore_export.tokens.ranks import load_encoding
from tore_export.tokens.unspaced import LETTERS, Unjoined, unspaced_places

ENCODINGS = ("cl100k_base", "o200k_base")
OFTEN = "的一是不了人我在有他这中大来上国漢字日本語東京あいうえおかのはをがアイウンーゝヶ"
BETWEEN = "。、，！？：（）「」・〇々〆 \n\t.,'sSaAéÉßǅʰ1²゙́゠ーカ한あAbÀЖжabc'S'LL\U00020000😀"


@lru_cache
def unjoined(encoding):
    try:
        return Unjoined(load_encoding(encoding)._mergeable_ranks)
    except TokenizerError:
        pytest.skip(f"no rank file of {encoding} is in TIKTOKEN_CACHE_DIR")


def shortened(texts, encoding):
    """Return the texts made shorter, as the engine is given them, and how many tokens are beyond."""
    contents = [text.encode() for text in texts]
    offsets = np.cumsum([0, *map(len, contents)])
    data = np.frombuffer(b"".join(contents), np.uint8)
    places = unspaced_places(data)
    if places is None:
        return texts, [0] * len(texts)
    short = unjoined(encoding).shortened(data, offsets, places)
    ends = short.offsets.tolist()
    cut = [short.data[a:b].tobytes().decode() for a, b in pairwise(ends)]
    return cut, short.beyond.tolist()


def assert_counts_follow(texts, encoding):
    """Assert that counts follow from those of the shorter texts, and return how many are shorter."""
    short, beyond = shortened(texts, encoding)
    known = load_encoding(encoding)
    counts = [len(known.encode_ordinary(text)) + n for text, n in zip(short, beyond, strict=True)]
    assert counts == [len(known.encode_ordinary(text)) for text in texts]
    return sum(a != b for a, b in zip(texts, short, strict=True))


def letters():
    every = [range(first, last + 1) for first, last in LETTERS]
    return st.sampled_from(every).flatmap(st.sampled_from).map(chr)


def test_a_text_is_cut_where_no_token_joins_two_characters_and_what_stands_alone_goes():
    # "这是", "中文" and "文本" are tokens of o200k_base; in cl100k_base each letter is one
    texts = ["这是中文文本"]
    assert shortened(texts, "o200k_base") == (["这是\n中文\n文本"], [-2])
    assert shortened(texts, "cl100k_base") == (["这\n本"], [4 - 1])


@pytest.mark.parametrize("encoding", FAST_ENCODINGS)
def test_every_letter_that_may_be_taken_out_has_the_tokens_that_tiktoken_makes_of_it(encoding):
    every = [chr(i) for first, last in LETTERS for i in range(first, last + 1)]
    n_tokens = unjoined(encoding)._n_tokens
    known = load_encoding(encoding)
    assert [int(n_tokens[ord(x)]) for x in every] == [len(known.encode_ordinary(x)) for x in every]


@pytest.mark.parametrize("encoding", FAST_ENCODINGS)
@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(st.sampled_from(OFTEN + BETWEEN) | letters(), max_size=30), max_size=6))
def test_the_count_of_any_text_follows_from_that_of_the_shorter_one(encoding, texts):
    assert_counts_follow(texts, encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_token_of_two_letters_or_more_stays_whole(encoding):
    tokens = []
    for token in load_encoding(encoding)._mergeable_ranks:
        try:
            text = token.decode()
        except UnicodeDecodeError:
            continue
        if all(any(a <= ord(c) <= b for a, b in LETTERS) for c in text) and len(text) > 1:
            tokens.append(text)
    assert len(tokens) > 150
    assert shortened(tokens, encoding) == (tokens, [0] * len(tokens))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_neighbours_of_which_a_token_holds_only_a_part_are_not_cut(encoding):
    # where a token begins or ends inside a character: "\x87\xe6\x96" joins any that ends so with one
    # that begins so
    tokens = [
        token
        for token in load_encoding(encoding)._mergeable_ranks
        if 4 <= len(token) <= 5 and 0x80 <= token[0] < 0xC0 and 0xE4 <= token[-3] <= 0xE9
    ]
    whole = [b"\xe5\xa0"[: 6 - len(token)] + token for token in tokens]
    texts = [content.decode(errors="ignore") for content in whole]
    texts = [text for text in texts if len(text) == 2]
    assert len(texts) > 10
    assert shortened(texts, encoding) == (texts, [0] * len(texts))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_all_pairs_of_frequent_letters_between_all_kinds_of_neighbours_have_their_counts(encoding):
    pairs = [a + b for a in OFTEN[:40] for b in OFTEN[:40]]
    around = ("", ""), ("a", "B"), ("a", "b"), ("A", "'s"), ("1", "2"), ("b", "É"), ("é", "漢B")
    rare = ("x", "ーZ"), ("q", "한R"), ("z", "ʰA"), ("y", "\u0301W"), ("。", "。"), ("'", "！")
    n_shorter = 0
    for before, after in around + rare:
        n_shorter += assert_counts_follow([f"{before}{pair}{after}" for pair in pairs], encoding)
    assert n_shorter > 4000


def test_letters_before_a_capital_are_not_cut_since_they_may_be_of_its_word():
    pieces = regex.compile(load_encoding("o200k_base")._pat_str).findall
    assert pieces("aのはBc") == ["aのは", "Bc"]
    assert pieces("aの\nはBc") == ["aの", "\n", "はBc"]
    assert shortened(["aのはBc"], "o200k_base") == (["aのはBc"], [0])
    assert shortened(["aのはbc"], "o200k_base") == (["aの\nはbc"], [-1])


def test_no_line_end_is_put_between_two_texts():
    assert shortened(["の", "は", "のは", ""], "o200k_base") == (
        ["の", "は", "の\nは", ""],
        [0, 0, -1, 0],
    )


def test_text_with_few_such_letters_is_left_alone():
    assert unspaced_places(np.frombuffer(b"plain text" * 10 + "の".encode(), np.uint8)) is None
    assert unspaced_places(np.zeros(0, np.uint8)) is None
    assert unspaced_places(np.frombuffer("のは".encode(), np.uint8)).tolist() == [0, 3]


def test_text_of_other_characters_with_the_same_first_bytes_is_not_cut():
    texts = ["。、「」〜", "㈱㍿ㄅㄆ", "゙゚"]
    assert shortened(texts, "o200k_base") == (texts, [0, 0, 0])


def test_bytes_that_are_no_utf_8_are_no_reason_to_read_beyond_their_end():
    data = np.frombuffer(b"\xe3\x81\xae\xe3\x81", np.uint8)
    short = unjoined("o200k_base").shortened(data, np.array([0, 5]), unspaced_places(data))
    assert short.data.tobytes() == data.tobytes()
