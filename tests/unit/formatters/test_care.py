"""What is said of texts in columns is what the functions of escape.py do, one text at a time."""

import re

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tore_export.formatters.care import CELL_CARE, ITEM_CARE, LINE_CARE, MARK, NEEDS_CARE, TEXT_CARE
from tore_export.formatters.escape import escape_cell, escape_item, escape_line, escape_text

PLACES = [(TEXT_CARE, escape_text), (ITEM_CARE, escape_item), (LINE_CARE, escape_line)]

# marks, what may stand beside them, and the beginnings and ends of lines
parts = st.sampled_from(
    [
        *'ab1 \n\t\\`*_~$<>&[]()#+-=|.:!@/"ä表😀\x1c\u2028\u00a0\r',
        *[
            "``",
            "```",
            "\n\n",
            "](",
            "&lt;",
            "&#1;",
            "&#xA;",
            "&#X1f;",
            "&a1",
            "&;",
            "[a]:",
            "<a>",
            "<a@b>",
            "~~~",
            "$$",
        ],
        *[
            "\n- ",
            "\n---",
            "---",
            "- -",
            "\n===\n",
            "\n> ",
            "\n# ",
            "\n1. ",
            "\n2) ",
            "1. ",
            "a b",
            "•",
            "[x]",
            MARK,
        ],
    ]
)
texts = st.lists(parts, max_size=12).map("".join)


def found(pattern, text):
    return pl.Series([text], dtype=pl.String).str.contains(pattern)[0]


def is_needed(care, text):
    return any(found(pattern, text) for pattern in care.needed)


def is_hard(care, text):
    return any(found(pattern, text) for pattern in care.hard)


def is_left(care, text):
    return care.left is not None and found(care.left, text)


def changed(care, text):
    series = pl.Series([text], dtype=pl.String)
    for pattern, by in care.changes:
        series = series.str.replace_all(pattern, by)
    return series[0]


@settings(max_examples=300, deadline=None)
@given(texts)
def test_what_needs_no_care_is_written_as_it_is(text):
    care = re.search(NEEDS_CARE, text) is not None
    assert found(NEEDS_CARE, text) == care
    if not care:
        assert escape_text(text) == text
        assert escape_item(text) == text
        if "\n" not in text:
            assert escape_line(text) == text


@settings(max_examples=300, deadline=None)
@given(st.lists(parts, max_size=8).map("".join))
@example(f"<a{MARK}")
@example(f"\\{MARK}")
def test_what_needs_no_care_in_a_cell_is_written_as_it_is(text):
    assert found(CELL_CARE, text) or escape_cell(text) == text


@pytest.mark.parametrize(("care", "escape"), PLACES)
def test_what_needs_care_and_is_not_hard_gets_what_its_place_wants(care, escape):
    seen = []

    @settings(max_examples=300, deadline=None)
    @given(texts)
    @example("`a` ``b``")
    @example("<1@a> <b>, 1 < 2 > 1")
    @example("[x] `a`")
    def check(text):
        if not is_needed(care, text):
            assert escape(text) == text
        elif not is_left(care, text) and not is_hard(care, text):
            seen.append(text)
            assert changed(care, text) == escape(text)

    check()
    assert seen


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*a* and **b**", "\\*a\\* and \\*\\*b\\*\\*"),
        ("see `f` and ``g``", "see \\`f\\` and \\`\\`g\\`\\`"),
        ("a <b> and <c@d>", "a \\<b> and \\<c@d>"),
        ("- a\n> b\n# c", "\\- a\n\\> b\n\\# c"),
        ("1. a", "1\\. a"),
        ("---", "\\---"),
        ("- - -\n---\na", "\\- - -\n\\---\na"),
        ("-\n|", "\\-\n\\|"),
        ("a\n===\n---\n|\nb", "a\n\\===\n\\---\n\\|\nb"),
    ],
)
def test_what_is_common_is_easy(text, expected):
    assert is_needed(TEXT_CARE, text)
    assert not is_hard(TEXT_CARE, text)
    assert changed(TEXT_CARE, text) == expected == escape_text(text)


@pytest.mark.parametrize(
    "text", ["a ` b <c>", "``` <a>", "<a> and <b", "*a* * *b*", "_a_", "$a$", "a\\*"]
)
def test_what_depends_on_more_of_the_text_is_hard(text):
    for care, _ in PLACES:
        assert not is_needed(care, text) or is_hard(care, text)
