"""Code points that the fast engines count otherwise are found, and no others."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tore_export.tokens.guard import BLOCK, GUARDED, guarded_places, guarded_rows

RANGES = [range(first, last + 1) for first, last in GUARDED]


def as_bytes(text):
    return np.frombuffer(text.encode(), np.uint8)


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


def test_a_character_that_lies_in_two_blocks_is_found():
    for before in range(BLOCK - 4, BLOCK + 1):
        assert guarded_places(as_bytes("a" * before + "\U000323b0")).tolist() == [before]
        assert guarded_places(as_bytes("a" * (before - 1) + "'ſ")).tolist() == [before]


def test_a_long_s_is_none_where_an_engine_counts_it_right():
    data = as_bytes("it'ſ\u088f'ſ")
    assert guarded_places(data).tolist() == [3, 5, 9]
    assert guarded_places(data, long_s=False).tolist() == [5]


def test_texts_that_hold_one_are_named_once():
    texts = ["a", "\u088f\u088f", "", "'", "ſ", "b\U00033479"]
    offsets = np.cumsum([0, *(len(text.encode()) for text in texts)])
    # an apostrophe that ends the text before is no harm, only a slower count
    assert guarded_rows(as_bytes("".join(texts)), offsets) == [1, 4, 5]
