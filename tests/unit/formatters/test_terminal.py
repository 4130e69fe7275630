import pytest

from tore_export.formatters.terminal import draw_table, width_of, wrap


@pytest.mark.parametrize(
    ("text", "width"), [("", 0), ("ab", 2), ("한글", 4), ("ｶﾅ", 2), ("a\u0301\u200d", 1), ("é", 1)]
)
def test_a_width_is_that_of_a_terminal(text, width):
    assert width_of(text) == width


def test_lines_break_at_spaces_and_between_wide_characters():
    assert wrap("a bb ccc\ndddd e", 4) == "a bb\nccc\ndddd\ne"
    assert wrap("ab表格cd表", 4) == "ab表\n格cd\n表"
    assert wrap("e\u0301表\u0301表", 3) == "e\u0301表\u0301\n表"


def test_a_word_longer_than_a_line_keeps_a_line_to_itself():
    assert wrap("a https://a.example/b c", 8) == "a\nhttps://a.example/b\nc"


def test_columns_are_aligned_and_no_line_ends_in_spaces():
    drawn = draw_table([["a", "b", "c"], ["long", "longer", "x"]], 1, ["center", "right", None])
    assert drawn == " a         b  c\n----  ------  -\nlong  longer  x"


def test_a_table_of_head_only_or_without_head_has_no_rule():
    assert draw_table([["a", "b"]], 1, []) == "a  b"
    assert draw_table([["a"], ["b"]], 0, []) == "a\nb"


def test_one_long_text_does_not_fill_the_table_with_spaces():
    drawn = draw_table([["word " * 5_000, "a"], *[["x", "b\nc"]] * 50], 1, [])
    assert len(drawn) < 30_000
    assert drawn.endswith("x  b c")
