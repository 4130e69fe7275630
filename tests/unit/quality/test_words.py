from __future__ import annotations

import re
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.quality.tables import paragraphs, texts_of, words
from tore_export.quality.words import digits


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Open the valve.", "Open the valve"),
        ("don't use foo_bar-2", "don t use foo bar 2"),
        ("Größe, café — où?", "Größe café où"),
        ("Привет, мир! Καλημέρα", "Привет мир Καλημέρα"),
        ("漢字とkana、です。", "漢 字 と kana で す"),
        ("ภาษาไทย", "ภ า ษ า ไ ท ย"),
        ("한국어 문장이다", "한국어 문장이다"),
        ("ｆｕｌｌ，ｗｉｄｔｈ", "ｆｕｌｌ ｗｉｄｔｈ"),
        ("“quoted” … → 5€ 😀 ok", "quoted 5 ok"),
        ("x𠀀y", "x 𠀀 y"),
        ("¿Qué? ×÷ ª µ", "Qué ª µ"),
    ],
)
def test_words_are_runs_of_letters_and_digits_and_characters_of_unspaced_scripts(
    text: str, found: str
) -> None:
    assert texts_of(words(paragraphs(text))) == found.split()


def test_words_end_where_an_element_ends_and_belong_to_their_document() -> None:
    found = words(paragraphs("one two", "three"), [], paragraphs("four"))
    assert texts_of(found) == ["one", "two", "three", "four"]
    assert found.counts.tolist() == [3, 0, 1]


def test_equal_words_have_equal_numbers_whatever_their_case_and_others_have_not() -> None:
    text = "Valve valve VALVE valves internationalisation Internationalisation internationalism a b"
    ids = words(paragraphs(text)).ids.tolist()
    assert ids[0] == ids[1] == ids[2]
    assert ids[4] == ids[5]
    assert len(set(ids)) == 6


def test_characters_that_are_words_by_themselves_are_told() -> None:
    found = words(paragraphs("ab 漢字"), paragraphs("cd"))
    assert found.alone is not None
    assert found.alone.tolist() == [False, True, True, False]
    assert found.n_alone.tolist() == [2, 0]
    assert words(paragraphs("ab")).n_alone.tolist() == [0]


def test_numbers_are_told_by_their_digits() -> None:
    found = words(paragraphs("2023 a1 123456789012 x 7"))
    assert found.all_digits.tolist() == [True, False, True, False, True]
    assert digits(found.tails, found.sizes).tolist() == found.all_digits.tolist()


def test_a_sample_keeps_short_documents_whole_and_takes_even_blocks_of_long_ones() -> None:
    long = " ".join(f"w{i}" for i in range(5_000))
    found = words(paragraphs("just three words"), paragraphs(long), [])
    taken = found.sample(512)
    assert taken.counts.tolist()[0] == 3
    assert 256 <= taken.counts.tolist()[1] <= 512
    assert taken.counts.tolist()[2] == 0
    numbers = [int(word[1:]) for word in texts_of(taken)[3:]]
    assert numbers[:32] == list(range(32))
    assert numbers[-1] > 4_500
    assert numbers == sorted(set(numbers))
    few = words(paragraphs("a b c"))
    assert few.sample(512) is few


LETTERS = st.characters(codec="utf-8", min_codepoint=1, max_codepoint=0x24F)


@settings(deadline=None)
@given(st.lists(st.text(LETTERS, min_size=1), min_size=1, max_size=5))
def test_in_latin_text_words_are_what_a_regular_expression_finds(texts: list[str]) -> None:
    def is_letter(character: str) -> bool:
        return unicodedata.category(character)[0] in "LNM"

    found = words(paragraphs(*texts))
    expected = []
    for text in texts:
        marked = "".join(c if is_letter(c) else " " for c in text)
        expected += re.split(" +", marked.strip(" ")) if marked.strip(" ") else []
    assert texts_of(found) == expected
    assert np.all(found.sizes == found.ends - found.starts)
