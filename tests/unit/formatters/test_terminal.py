import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tore_export.formatters.terminal import breakable, width_of, wrap


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("ab", 2),
        ("한글", 4),
        ("\u1100\u1161\u11a8", 2),
        ("ｶﾅ", 2),
        ("Ａ", 2),
        ("a\u0301\u200d", 1),
        ("é", 1),
        ("α“”…", 4),
        ("مرحبا", 5),
        ("שָׁלוֹם", 4),
        ("\u0601", 1),
        ("क्\u200dष", 2),
        ("नि", 2),
        ("\x07a\x85", 1),
        ("𠀀", 2),
        ("☰", 2),
        ("a\u00adb", 3),
    ],
)
def test_a_width_is_that_of_a_terminal(text, width):
    assert width_of(text) == width


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("😀", 2),
        ("🏃\u200d♂\ufe0f", 2),
        ("🏳\ufe0f\u200d🌈", 2),
        ("❤\ufe0f\u200d🔥", 2),
        ("👨\u200d👩\u200d👧", 2),
        ("1\ufe0f\u20e3", 2),
        ("☝\U0001f3fd", 2),
        ("👍\U0001f3fd", 2),
        ("\U0001f3fd", 2),
        ("🇫🇷🇩🇪", 4),
        ("🇫a🇷", 5),
        ("©\ufe0f", 2),
        ("©", 1),
        ("ℹ\ufe0f", 2),
        ("a\u200db", 2),
        ("a\ufe0f", 1),
        ("表\u200d😀", 4),
        ("\U0001fadf", 2),
    ],
)
def test_emoji_that_belong_together_take_two_cells(text, width):
    assert width_of(text) == width


@given(st.text(), st.text())
def test_no_text_is_wider_than_its_characters_apart(one, other):
    assert width_of(one + other) <= width_of(one) + width_of(other)


def test_every_character_there_is_has_a_width_and_memory_stays_bounded():
    assert {width_of(chr(code)) for code in range(0x30000) if not 0xD800 <= code < 0xE000} == {
        0,
        1,
        2,
    }


def test_lines_break_at_spaces_and_between_wide_characters():
    assert wrap("a bb ccc\ndddd e", 4) == "a bb\nccc\ndddd\ne"
    assert wrap("ab表格cd表", 4) == "ab表\n格cd\n表"
    assert wrap("e\u0301表\u0301表", 3) == "e\u0301表\u0301\n表"


def test_no_line_begins_with_what_closes_or_ends_with_what_opens():
    assert wrap("表格，表格。", 4) == "表\n格，\n表\n格。"
    assert wrap("表（格）表", 6) == "表\n（格）\n表"
    assert breakable("あっデータ（例）") == ["あっ", "デー", "タ", "（例）"]


def test_emoji_sequences_stay_whole():
    family = "👨\u200d👩\u200d👧"
    assert wrap(family * 3, 4) == f"{family}{family}\n{family}"
    assert breakable("👍\U0001f3fd👍") == ["👍\U0001f3fd", "👍"]


def test_a_word_longer_than_a_line_keeps_a_line_to_itself():
    assert wrap("a https://a.example/b c", 8) == "a\nhttps://a.example/b\nc"


def test_runs_of_spaces_at_a_break_are_one():
    assert wrap("  aaaa  bbbb\tcccc ", 9) == "aaaa bbbb\ncccc"


@given(st.text(st.sampled_from("ab 表格。「é\u0301😀\n"), max_size=40), st.integers(2, 12))
def test_wrapping_keeps_every_character_and_breaks_where_it_can(text, width):
    wrapped = wrap(text, width)
    assert "".join(wrapped.split()) == "".join(text.split())
    for line in wrapped.split("\n"):
        assert width_of(line) <= width or len(breakable(line.strip())) == 1


@pytest.mark.parametrize("piece", ["表", "。", "a", "a ", "\u0301", "「", "é", "👍\u200d"])
def test_a_megabyte_of_anything_is_wrapped_in_time(piece):
    start = time.process_time()
    wrap(piece * (300_000 // len(piece)), 80)
    assert time.process_time() - start < 4
