from __future__ import annotations

import pytest

from tests.unit.sources.html.pages import elements, one, shown
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind


def tree(html: str) -> list[tuple[str, str, str | None]]:
    """Return kind, text and the text of the parent of each element."""
    found = elements(html)
    texts = {element.id: element.text for element in found}
    return [(e.kind.name, e.text, texts[e.parent] if e.parent else None) for e in found]


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5, 6])
def test_a_heading_has_the_level_of_its_tag(level: int) -> None:
    assert one(f"<h{level}>a <i>b</i></h{level}>").level == level


def test_a_heading_is_one_line_whatever_is_in_it() -> None:
    assert shown("<h1>a<br>b<div>c</div></h1><h2><p>d</p></h2>") == [
        ("TITLE", "a b c"),
        ("TITLE", "d"),
    ]
    assert one("<h1>a\n<b>b</b></h1>").meta == {"spans": [{"start": 2, "end": 3, "kind": "strong"}]}


def test_bare_text_between_blocks_is_a_paragraph() -> None:
    assert shown("<div>a<p>b</p>c<div>d</div></div>e") == [("PARAGRAPH", t) for t in "abcde"]


def test_one_break_is_a_line_and_two_part_paragraphs() -> None:
    first, second = elements("<p>a<br>b<br> <br>c")
    assert (first.text, second.text) == ("a\nb", "c")
    assert first.meta == {"spans": [{"start": 1, "end": 2, "kind": "break"}]}


def test_a_rule_is_a_rule_and_a_quotation_has_its_marks() -> None:
    assert shown("a <q>b</q><hr>c") == [("PARAGRAPH", "a “b”"), ("RULE", ""), ("PARAGRAPH", "c")]


def test_details_show_their_summary_and_their_text() -> None:
    assert shown("<details><summary>a</summary>b</details><address>c</address>") == [
        ("PARAGRAPH", "a"),
        ("PARAGRAPH", "b"),
        ("PARAGRAPH", "c"),
    ]


def test_a_quote_holds_its_paragraphs_and_quotes() -> None:
    assert tree("<blockquote><p>a<p>b<blockquote>c</blockquote></blockquote>d") == [
        ("QUOTE", "a", None),
        ("PARAGRAPH", "b", "a"),
        ("QUOTE", "c", "a"),
        ("PARAGRAPH", "d", None),
    ]


def test_a_container_that_begins_with_a_block_has_no_text_of_its_own() -> None:
    assert tree("<ul><li><pre>a</pre>b</ul><blockquote><ul><li>c</ul></blockquote>") == [
        ("LIST_ITEM", "", None),
        ("CODE", "a", ""),
        ("PARAGRAPH", "b", ""),
        ("QUOTE", "", None),
        ("LIST_ITEM", "c", ""),
    ]


def test_a_container_with_nothing_in_it_is_none() -> None:
    assert shown("<ul><li></li><li> </li></ul><blockquote></blockquote><dl><dd></dl>") == []


def test_terms_and_definitions_are_what_a_definition_list_holds() -> None:
    assert tree("<dl><dt>a<dt>b<dd>c<p>d<dd><dl><dt>e<dd>f</dl></dl>g") == [
        ("TERM", "a", None),
        ("TERM", "b", None),
        ("DEFINITION", "c", None),
        ("PARAGRAPH", "d", "c"),
        ("DEFINITION", "", None),
        ("TERM", "e", ""),
        ("DEFINITION", "f", ""),
        ("PARAGRAPH", "g", None),
    ]


def test_a_list_in_a_term_is_a_list() -> None:
    assert shown("<dl><dt>a<ul><li>b</ul></dl>") == [("TERM", "a"), ("LIST_ITEM", "b")]


def test_a_caption_belongs_to_what_the_figure_shows() -> None:
    found = elements(
        "<figure><img src=a.png alt=A><figcaption>B <b>C</b></figcaption></figure>"
        "<figure><figcaption>D</figcaption><pre>E</pre></figure>"
    )
    assert [(e.kind.name, e.text, e.parent) for e in found] == [
        ("IMAGE", "", None),
        ("CAPTION", "B C", "0"),
        ("CAPTION", "D", None),
        ("CODE", "E", None),
    ]


def test_a_figure_in_a_cell_is_part_of_its_text() -> None:
    html = "<table><tr><th>a<td><figure><img alt=b><figcaption>c</figcaption></figure></table>"
    cells = one(html).cells
    assert cells is not None
    assert cells[0][1].text == "b\nc"


def test_the_page_s_header_and_footer_are_furniture_but_for_a_title_in_it() -> None:
    html = (
        "<header>a</header><header><header>b</header><h1>c</h1></header><p>d</p><footer>e</footer>"
    )
    assert shown(html) == [("PARAGRAPH", "b"), ("TITLE", "c"), ("PARAGRAPH", "d")]


def test_a_section_s_header_and_footer_are_content() -> None:
    html = "<section><header>a</header>b<footer>c</footer></section>"
    assert shown(html) == [("PARAGRAPH", "a"), ("PARAGRAPH", "b"), ("PARAGRAPH", "c")]


def items(html: str) -> list[tuple[str, int | None, object, object]]:
    found: list[Element] = elements(html)
    return [(e.text, e.level, e.meta.get("number"), e.meta.get("new_list")) for e in found]


def test_items_know_their_depth_and_number() -> None:
    assert items("<ol start=3><li>a<li value=7>b<ul><li>c</ul><li>d</ol>") == [
        ("a", 0, 3, None),
        ("b", 0, 7, None),
        ("c", 1, None, None),
        ("d", 0, 8, None),
    ]


def test_a_list_may_count_down() -> None:
    html = "<ol reversed><li>a<ol reversed start=1><li>b<li>c</ol><li>d</ol><ol reversed><li>e</ol>"
    assert [number for _, _, number, _ in items(html)] == [2, 1, 0, 1, 1]


def test_a_list_right_after_one_of_its_sort_is_another_one() -> None:
    html = "<ul><li>a</ul><ul><li>b<li>c</ul><ol><li>d</ol><p>e</p><ol><li>f</ol>"
    assert [new for _, _, _, new in items(html)] == [None, True, None, None, None, None]


def test_a_list_beside_its_item_belongs_to_it() -> None:
    assert tree("<ul><li>a</li><ul><li>b</li></ul><li>c</li></ul>d") == [
        ("LIST_ITEM", "a", None),
        ("LIST_ITEM", "b", "a"),
        ("LIST_ITEM", "c", None),
        ("PARAGRAPH", "d", None),
    ]


def test_an_item_without_a_list_has_no_order_and_odd_numbers_are_none() -> None:
    assert one("<li>a").meta == {"ordered": False}
    assert one("<ol start=x><li value=99999999999>a</ol>").meta == {"ordered": True, "number": 1}


def test_a_check_box_makes_its_item_one_to_tick_off() -> None:
    first, second, third = elements(
        "<ul><li>x</ul><ul><li><input type=checkbox checked> a<li><p><input type=checkbox>b</ul>"
    )
    assert (first.kind, second.kind, third.kind) == (
        Kind.LIST_ITEM,
        Kind.CHECKBOX,
        Kind.CHECKBOX,
    )
    assert (second.text, second.meta) == ("a", {"checked": True, "new_list": True})
    assert (third.text, third.meta) == ("b", {"checked": False})


def test_other_inputs_are_no_text() -> None:
    html = "<p><input type=checkbox>a<input value=b><ul><li>c <input type=checkbox></ul>"
    assert shown(html) == [("PARAGRAPH", "a"), ("LIST_ITEM", "c")]
