import re
import time

import pytest
from hypothesis import example, given, settings

from tore_export.formatters.escape import (
    escape_cell,
    escape_item,
    escape_line,
    escape_text,
)

from .reading import PARSER, PLAIN_PARSER, paragraphs, read, texts, tidy


def line_of(text):
    return " ".join(re.split(r"\s*\n\s*", tidy(text)))


@settings(max_examples=750, deadline=None)
@given(texts)
@example("- --")
@example("a\n===\nb\n---")
@example("x``y`z``\n```")
@example("| a |\n| - |")
@example("[a\n]: b")
@example("*\u20aca*\u20ac")
def test_a_text_is_read_back_as_paragraphs_of_that_text(text):
    expected = [("text", (), part) for part in paragraphs(text)]
    assert read(escape_text(text)) == expected
    assert read(escape_text(text), PLAIN_PARSER) == expected


@settings(max_examples=350, deadline=None)
@given(texts)
@example("--")
@example("[ ] box")
def test_an_items_text_is_read_back_within_the_item(text):
    shown = escape_item(text)
    indented = re.sub(r"\n(?!\n)", "\n  ", shown)
    found = read(f"- {indented}")
    assert [block[0] for block in found] == (["text"] * len(found) if shown else ["item"])
    assert [block[2] for block in found if block[2]] == paragraphs(text)


@settings(max_examples=350, deadline=None)
@given(texts)
@example("# #")
@example("a #\\#")
def test_a_headings_text_is_read_back_on_its_line(text):
    shown = escape_line(text)
    assert "\n" not in shown
    if shown:
        assert read(f"## {shown}") == [("heading", 2, line_of(text))]


@settings(max_examples=350, deadline=None)
@given(texts, texts)
@example("a\\|b", "c\\")
@example("*a\n*b*", "`")
def test_texts_of_cells_are_read_back_in_their_cells(left, right):
    table = f"| {escape_cell(left)} | {escape_cell(right)} |\n| --- | --- |"
    assert read(table) == [("row", (), (tidy(left), tidy(right)))]


@pytest.mark.parametrize(
    "text",
    [
        "snake_case and __init__.py's f_x",
        "5 * 3 * 2",
        "*args and **kwargs",
        "a < b, x<y",
        "AT&T &nosuch;",
        "C:\\dir\\file",
        "array[0] and [1]",
        "~5 and ~/home and ~6",
        "it`s one tick",
        "x\n2. within a paragraph this is text",
        "#hashtag, C#",
        "1.5 and -5 and +1",
        "a | b",
        "wow! 100%",
        "http://a.b/c_d_e_f",
        "été_naïve_ça",
    ],
)
def test_text_no_parser_takes_for_markdown_stays_without_backslashes(text):
    assert escape_text(text) == text.replace("__init__", "\\_\\_init\\_\\_")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*a* 2 * 3", "\\*a\\* 2 * 3"),
        ("1. a\n1. b", "1\\. a\n1\\. b"),
        ("a  \nb\\\nc", "a\nb\\\\\nc"),
        ("a\n\n\n    b", "a\n\nb"),
        ("\ta\r\nb\rc", "a\nb\nc"),
        ("[a](b) and f](x", "[a\\](b) and f](x"),
        ("~~~ sh", "\\~\\~\\~ sh"),
        ("&lt; &#60; &#x3c;", "\\&lt; \\&#60; \\&#x3c;"),
    ],
)
def test_only_what_would_act_is_escaped(text, expected):
    assert escape_text(text) == expected


def test_the_oracle_knows_tables_and_strikethrough():
    assert "<s>" in PARSER.render("~~a~~")
    assert "<table>" in PARSER.render("|a|\n|-|")


def test_all_ends_of_lines_are_the_same_in_a_cell():
    assert escape_cell(" a\r\nb\rc ") == "a<br>b<br>c"


@pytest.mark.parametrize(
    "unit",
    [
        "_a ",
        "*_",
        "`a``b",
        "<a@",
        "[\n",
        "](",
        "- ",
        "\n \n",
        "# ",
        "|-",
        "\t\n\ta",
        "> ",
        "&a",
        " ",
    ],
)
def test_a_hostile_text_costs_time_in_proportion_to_its_length(unit):
    text = f"a{unit * (300_000 // len(unit))}b]:)>"
    started = time.process_time()
    for escape in (escape_text, escape_item, escape_line, escape_cell):
        escape(text)
    assert time.process_time() - started < 10  # a quadratic one would take minutes
