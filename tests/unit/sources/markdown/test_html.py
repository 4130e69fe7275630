"""HTML within Markdown is read as HTML is, in its place and on its page."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.unit.sources.markdown.test_blocks import elements, outline
from tests.unit.sources.reading import read
from tore_export.documents.element import Cell
from tore_export.documents.schema import Kind
from tore_export.errors import DocumentError
from tore_export.sources.unit import Limits


def test_blocks_of_html_are_elements():
    assert outline("<h2>a</h2>\n<ul><li>b<ul><li>c</li></ul></li></ul>\n\n# d\n") == [
        ("title", "a", 2, None),
        ("list_item", "b", 0, None),
        ("list_item", "c", 1, "b"),
        ("title", "d", 1, None),
    ]


def test_html_in_a_list_item_lies_in_it():
    assert outline("- a\n\n  <ul><li>b</li></ul>\n\n- <p>c</p>\n  <pre>d</pre>\n") == [
        ("list_item", "a", 0, None),
        ("list_item", "b", 1, "a"),
        ("list_item", "c", 0, None),
        ("code", "d", None, "c"),
    ]


def test_a_table_with_blank_lines_is_one_table():
    (table,) = elements("<table>\n\n<tr>\n\n<th>a\n\n</tr>\n\n<tr><td>b</td></tr>\n\n</table>\n")
    assert table.cells == ((Cell("a", header=True),), (Cell("b"),))


def test_page_marks_within_html_set_the_page():
    found = elements(
        "<!-- page 2 -->\n<p>a</p>\n<!-- page 3 -->\n<p>b</p>\n\n> <!-- page 4 -->\n> <p>c</p>\n"
    )
    assert [(e.kind, e.text, e.page) for e in found] == [
        (Kind.PARAGRAPH, "a", 2),
        (Kind.PARAGRAPH, "b", 3),
        (Kind.QUOTE, "c", 4),
    ]


def test_a_quote_of_nothing_but_a_comment_and_a_heading_has_no_text():
    assert outline("> <!-- note -->\n>\n> <h3>a</h3>\n") == [
        ("quote", "", None, None),
        ("title", "a", 3, ""),
    ]


def test_tags_that_would_hide_words_are_text():
    assert outline("<p>a <textarea>b</textarea> <xmp>c</p>\n") == [
        ("paragraph", "a <textarea>b</textarea> <xmp>c", None, None)
    ]


def test_embedded_data_is_kept_where_asked_for():
    data = "data:image/png;base64," + "A" * 400
    html = f"<p align=center><img src='{data}' alt=a></p>\n"
    assert [e.meta.get("data") for e in elements(html)] == [None]
    assert [e.meta.get("data") for e in elements(html, Limits(keep_images=True))] == [data]


def test_html_that_costs_too_much_is_read_as_its_words(tmp_path: Path):
    html = "<div>" * 5_000 + "a &amp; b" + "</div>" * 5_000
    (row,) = read(tmp_path, "a.md", f"# c\n\n{html}\n\nd\n".encode())
    assert [e.text for e in row["elements"]] == ["c", "a & b", "d"]
    assert row["warnings"] == 1


def test_html_has_no_more_elements_than_the_document_may():
    with pytest.raises(DocumentError) as raised:
        elements("<ul>" + "<li>a</li>" * 20 + "</ul>\n", Limits(max_elements=10))
    assert raised.value.rule == "too_many_elements"


def test_many_small_pieces_of_html_cost_little():
    started = time.process_time()
    found = elements("a\n\n<p>b</p>\n\n" * 5_000)
    assert len(found) == 10_000
    assert time.process_time() - started < 10
