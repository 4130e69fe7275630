"""Sentences end where readers of any script would say, and an abbreviation ends none."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tore_export.chunks.characters import character_table
from tore_export.chunks.sentences import ABBREVIATIONS, sentence_ends, sentence_ends_of
from tore_export.chunks.spaces import Spaces


def sentences(text: str) -> list[str]:
    codes = np.frombuffer(f"\n{text}\n".encode("utf-32-le"), np.uint32)
    classes = character_table()[codes]
    spaces = Spaces.of(codes, classes)
    ends, _ = sentence_ends(codes, classes, spaces.ends, spaces.n_line_ends)
    places = [0, *(ends - 1).tolist(), len(text)]
    parts = [text[a:b] for a, b in pairwise(places)]
    return [part.strip() for part in parts if part.strip()]


@pytest.mark.parametrize(
    "text",
    [
        "One. | Two? | Three! | Four… | Five",
        "He said “Go.” | She (too.) | “No!” | *Yes.* | **Bold.** | Then",
        "Закройте клапан. | Давление растёт! | Почему?",
        "वाल्व बंद करें। | फिर रुकें॥ | ठीक है",
        "أغلق الصمام؟ | نعم. | لا",
        "Κλείσε τη βαλβίδα. | Ναι",
        "ቫልቩን ዝጋ። | ከዚያ",
        "In 1999. | Then 2000. | It is 3.14 or 1,000.5 at v2.0.1. | See https://a.b/c.d?e. | End",
        "Wait... | What?! | No!!! | Done",
    ],
)
def test_sentences_end_behind_their_marks_and_what_closes(text):
    expected = text.split(" | ")
    assert sentences(" ".join(expected)) == expected


def test_chinese_and_japanese_sentences_need_no_space():
    assert sentences("关闭阀门。压力不得超过。“好！”他说？是") == [
        "关闭阀门。",
        "压力不得超过。",
        "“好！”",
        "他说？",
        "是",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Ask Dr. Smith and Mrs. Jones of Acme Inc. Boston",
        "Use a tool, e.g. Torx, i.e. TX10, cf. Fig. 3 and No. 5",
        "J. R. R. Tolkien wrote",
        "The U.S. Navy and z.B. Ventile bzw. Hähne",
        "1. First things",
        "- 12. Twelfth things",
        "a. lettered things",
        "things\n   12. indented things",
        "version 1.2 is out. but nobody knew",
        "см. рис. 3 и табл. 4",
        "pp. 3 to 9 et al. Wait",
        "Fig. 3. Pump",
        "Table 12. Valves",
        "Рис. 3. Насос",
    ],
)
def test_a_full_stop_that_is_none_ends_no_sentence(text):
    assert sentences(text) == [text]


def test_every_abbreviation_is_known_as_a_whole_word_only():
    for word in ABBREVIATIONS:
        assert len(sentences(f"See {word}. Next")) == 1, word
        assert len(sentences(f"See {word.capitalize()}. Next")) == 1, word
        assert len(sentences(f"See qqqq{word}. Next")) == 2, word


def test_the_border_of_a_cell_is_no_sentence():
    assert sentences("| One. | Two. |") == ["| One. | Two. |"]


def test_a_number_ends_a_sentence_unless_it_begins_a_line_or_names_a_figure():
    assert sentences("There are 12. Count them") == ["There are 12.", "Count them"]
    assert sentences("See Table 2. It says so") == ["See Table 2.", "It says so"]


def test_of_a_text_alone_the_ends_of_its_lines_are_ends_and_its_own_end_is_none():
    text = "One. Two\r\n\nThree\n Four. "
    ends = sentence_ends_of(text)
    assert [text[a:b] for a, b in pairwise([0, *ends])] == [
        "One.",
        " Two",
        "\r\n\nThree",
        "\n Four.",
    ]
    assert sentence_ends_of("") == sentence_ends_of("One.") == []
    assert sentence_ends_of("\ud800 \n") == [1]


@given(st.text(max_size=40))
def test_ends_are_found_in_any_text(text):
    ends = sentence_ends_of(text)
    assert ends == sorted(set(ends))
    assert all(0 < end < len(text) for end in ends)


def test_a_text_without_marks_is_one_sentence():
    assert sentences("one two") == ["one two"]
    assert sentences("") == []
