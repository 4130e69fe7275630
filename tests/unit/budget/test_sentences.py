"""Where a text may be cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tore_export.budget.sentences import first_sentence, letter_end, word_end
from tore_export.chunks.sentences import sentence_ends_of


def sentences(text: str) -> list[str]:
    return [text[:end] for end in sentence_ends_of(text)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Open it. Close it.", "Open it."),
        ('She said "Open it!" Then she left.', 'She said "Open it!"'),
        ("Fig. 3. The pump. The valve.", "Fig. 3. The pump."),
        ("Table 2. Valves of it. More.", "Table 2. Valves of it."),
        ("1. Open it. Close it.", "1. Open it."),
        ("There are 12. Count them.", "There are 12."),
        ("Nach Abb. 2 läuft sie. Danach nicht.", "Nach Abb. 2 läuft sie."),
        ("It is 3 m. long and works. Yes.", "It is 3 m. long and works."),
        ("ポンプです。弁です。", "ポンプです。"),
        ("A line\nand another. Third.", "A line"),
        ("No end at all", "No end at all"),
        ("", ""),
    ],
)
def test_the_first_sentence(text, first):
    assert first_sentence(text) == first


def test_ends_of_lines_end_sentences():
    assert sentences("Pumps\nValves. Tanks") == ["Pumps", "Pumps\nValves."]
    assert sentences("One. Two! Three? Four") == ["One.", "One. Two!", "One. Two! Three?"]


def test_words_end_before_white_space():
    assert word_end("pumps and", 7) == 5
    assert word_end("pumps   and", 9) == 5
    assert word_end("pumps and", 5) == 5
    assert word_end("pumps and", 9) == 9


def test_a_word_that_is_very_long_is_cut():
    assert word_end("z" * 1000, 700) == 700
    assert word_end("a " + "z" * 1000, 100) == 1


@pytest.mark.parametrize(
    "letter",
    [
        "e\u0301",
        "\U0001f468\u200d\U0001f469",
        "\u0915\u093f",
        "\u2764\ufe0f",
        "\U0001f44d\U0001f3fd",
        "\r\n",
        "\U0001f1e9\U0001f1ea",
        "\u1112\u1161\u11ab",
    ],
)
def test_no_letter_is_parted_from_its_marks(letter):
    text = f"a{letter}b"
    assert {letter_end(text, at) for at in range(2, 1 + len(letter))} == {1}
    assert letter_end(text, 1 + len(letter)) == 1 + len(letter)


@given(st.text(max_size=50), st.integers(0, 50))
def test_ends_lie_at_or_before_the_place(text, at):
    at = min(at, len(text))
    assert 0 <= letter_end(text, at) <= at
    assert 0 <= word_end(text, at) <= at
    ends = sentence_ends_of(text)
    assert ends == sorted(ends)
