"""Blocks of Markdown become elements: kind, level, what holds them, and what they say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.documents.columns import DocumentRows
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import CONTAINERS, Kind
from tore_export.errors import DocumentError
from tore_export.sources.builder import Builder
from tore_export.sources.markdown.reader import append_markdown
from tore_export.sources.unit import Limits


def elements(markdown: str, limits: Limits | None = None) -> list[Element]:
    limits = limits or Limits()
    rows = DocumentRows(0)
    append_markdown(markdown, Builder(rows.elements, limits), limits)
    rows.elements.counts.append(len(rows.elements))
    return rows.elements.to_elements()[0]


def outline(markdown: str) -> list[tuple[str, str, int | None, str | None]]:
    """Return (kind, text, level, text of what holds it) of each element."""
    found = elements(markdown)
    text_of = {element.id: element.text for element in found}
    return [
        (e.kind.name.lower(), e.text, e.level, None if e.parent is None else text_of[e.parent])
        for e in found
    ]


def metas(markdown: str) -> list[dict[str, Any]]:
    return [dict(element.meta) for element in elements(markdown)]


def test_headings_of_both_sorts_have_their_level():
    assert outline("# a\n\nb\nc\n===\n\nd\n---\n\n###### e #\n\n####### f\n\n#\n") == [
        ("title", "a", 1, None),
        ("title", "b c", 1, None),
        ("title", "d", 2, None),
        ("title", "e", 6, None),
        ("paragraph", "####### f", None, None),
    ]


def test_items_know_how_deep_they_lie_and_in_which_item():
    assert outline("- a\n  - b\n    1. c\n  - d\n- e\n") == [
        ("list_item", "a", 0, None),
        ("list_item", "b", 1, "a"),
        ("list_item", "c", 2, "b"),
        ("list_item", "d", 1, "a"),
        ("list_item", "e", 0, None),
    ]


def test_what_follows_in_an_item_names_it_as_parent():
    assert outline("- a\n\n  b\n\n      c\n\n  > d\n  >\n  > # e\n\nf\n") == [
        ("list_item", "a", 0, None),
        ("paragraph", "b", None, "a"),
        ("code", "c", None, "a"),
        ("quote", "d", None, "a"),
        ("title", "e", 1, "d"),
        ("paragraph", "f", None, None),
    ]


def test_a_container_that_begins_with_another_block_has_no_text():
    assert outline("- # a\n- > b\n-\n- ```\n  c\n  ```\n\n> - d\n") == [
        ("list_item", "", 0, None),
        ("title", "a", 1, ""),
        ("list_item", "", 0, None),
        ("quote", "b", None, ""),
        ("list_item", "", 0, None),
        ("list_item", "", 0, None),
        ("code", "c", None, ""),
        ("quote", "", None, None),
        ("list_item", "d", 0, ""),
    ]


def test_a_quote_without_content_is_none():
    assert outline(">\n\na\n\n>\n>\n") == [("paragraph", "a", None, None)]


def test_ordered_items_are_numbered_as_a_reader_shows_them():
    assert metas("3. a\n3. b\n7. c\n\n- d\n") == [
        {"ordered": True, "number": 3},
        {"ordered": True, "number": 4},
        {"ordered": True, "number": 5},
        {},
    ]


def test_a_number_or_dash_that_begins_a_bulleted_item_is_no_mark():
    said = metas("- 3\\. floor\n- – 4\n- `*`\n- floor 3\n")
    assert [meta.get("ordered") for meta in said] == [False, False, False, None]


def test_a_list_right_after_one_of_its_sort_says_so():
    said = [meta.get("new_list") for meta in metas("- a\n- b\n\n* c\n* d\n\n1. e\n\n1) f\n")]
    assert said == [None, None, True, None, None, True]
    said = [meta.get("new_list") for meta in metas("- a\n\n<!-- -->\n\n- b\n\nc\n\n- d\n")]
    assert said == [None, True, None, None]
    said = [meta.get("new_list") for meta in metas("- a\n  - b\n- c\n  - d\n  + e\n")]
    assert said == [None, None, None, None, True]


def test_task_items_are_boxes():
    found = elements("- [x] a\n- [ ] b\n  1. [X] c\n- [y] d\n- [x]\n")
    assert [(e.kind, e.text, e.level, e.meta.get("checked")) for e in found] == [
        (Kind.CHECKBOX, "a", 0, True),
        (Kind.CHECKBOX, "b", 0, False),
        (Kind.CHECKBOX, "c", 1, True),
        (Kind.LIST_ITEM, "[y] d", 0, None),
        (Kind.LIST_ITEM, "[x]", 0, None),
    ]


def test_code_keeps_every_space_and_its_language():
    found = elements("```py {1}\n  a\n\n```\n\n    b\n\n     c\n\n~~~\n~~~\n\n``` c&#43;+ x\n```\n")
    assert [(e.kind, e.text, e.meta.get("language")) for e in found] == [
        (Kind.CODE, "  a\n", "py"),
        (Kind.CODE, "b\n\n c", None),
        (Kind.CODE, "", None),
        (Kind.CODE, "", "c++"),
    ]


def test_tables_have_a_head_alignment_and_formatted_cells():
    (table,) = elements(
        "| a | *b* | c |\n|:--|:-:|---|\n| `1\\|` | 2<br>3 |\n| 4 | 5 | ~6~<br>7 | 8 |\n"
    )
    assert table.kind == Kind.TABLE
    assert table.cells == (
        (Cell("a", header=True), Cell("b", header=True), Cell("c", header=True)),
        (Cell("1|"), Cell("2\n3"), Cell("")),
        (Cell("4"), Cell("5"), Cell("6\n7")),
    )
    assert table.meta == {
        "align": ["left", "center", None],
        "rich": [
            {"row": 0, "place": 1, "spans": [{"start": 0, "end": 1, "kind": "emphasis"}]},
            {"row": 1, "place": 0, "spans": [{"start": 0, "end": 2, "kind": "code"}]},
            {
                "row": 2,
                "place": 2,
                "spans": [
                    {"start": 0, "end": 1, "kind": "strike"},
                    {"start": 1, "end": 2, "kind": "break"},
                ],
            },
        ],
    }


def test_a_paragraph_of_one_image_is_an_image():
    assert [(e.kind, e.meta) for e in elements('![a *b*](c.png "d")\n\n![](e.png)\n')] == [
        (Kind.IMAGE, {"alt": "a b", "url": "c.png", "caption": "d"}),
        (Kind.IMAGE, {"url": "e.png"}),
    ]


def test_embedded_images_are_kept_only_where_asked_for():
    data = "data:image/png;base64," + "A" * 1_000
    markdown = f"![a]({data})\n\n![b][i]\n\n`{data}`\n\n[i]: <{data}>\n"
    assert [dict(e.meta) for e in elements(markdown)][:2] == [{"alt": "a"}, {"alt": "b"}]
    kept = elements(markdown, Limits(keep_images=True))
    assert [e.meta.get("data") for e in kept] == [data, data, None]
    assert kept[2].text == data


def test_formulas_on_lines_of_their_own_are_elements():
    assert [
        (e.kind, e.text, e.meta) for e in elements("$$\nx^2\n$$\n\na\n\n$$y$$\n\n- $$z$$\n")
    ] == [
        (Kind.FORMULA, "x^2", {"latex": "x^2", "display": True}),
        (Kind.PARAGRAPH, "a", {}),
        (Kind.FORMULA, "y", {"latex": "y", "display": True}),
        (Kind.LIST_ITEM, "", {}),
        (Kind.FORMULA, "z", {"latex": "z", "display": True}),
    ]


def test_footnotes_stand_where_they_are_written_and_hold_their_blocks():
    found = elements("a[^n]\n\n[^n]: first\n\n    second\n\n[^unused]:\n\n        code\n")
    assert [(e.kind, e.text, e.parent, e.meta.get("label")) for e in found] == [
        (Kind.PARAGRAPH, "an", None, None),
        (Kind.FOOTNOTE, "first", None, "n"),
        (Kind.PARAGRAPH, "second", "1", None),
        (Kind.FOOTNOTE, "", None, "unused"),
        (Kind.CODE, "code", "3", None),
    ]


def test_rules_and_definitions_of_links():
    assert outline("a\n\n***\n\n[b]: /c\n") == [
        ("paragraph", "a", None, None),
        ("rule", "", None, None),
    ]


def test_page_marks_set_the_page_of_what_follows():
    markdown = (
        "a\n\n<!-- page 3 -->\n\nb\n\n- <!-- page 4 -->\n  c <!-- page 5 -->\n- d\n\n"
        "<!-- page 6 -->\n<!-- page 7 -->\n\n# e <!-- page 8 -->\n\n| f <!-- page 9 --> |\n|--|\n"
    )
    assert [(e.text, e.page) for e in elements(markdown)] == [
        ("a", None),
        ("b", 3),
        ("c", 4),
        ("d", 5),
        ("e", 7),
        ("", 9),
    ]


def test_a_paragraph_of_nothing_but_tags_is_none():
    markdown = "- <a id=x></a><!-- page 2 -->\n\n  b\n\n<span></span><br>\n"
    assert [(e.text, e.page) for e in elements(markdown)] == [("b", 2)]


def test_comments_and_instructions_say_nothing():
    assert elements("<!-- a\n\nb -->\n\n<?php echo ?>\n\n<!DOCTYPE html>\n\n<!-- c -->\n") == []


def test_html_tables_are_tables():
    (table,) = elements("<table>\n<tr><th>a<th>b\n\n<tr><td colspan=2>c\n</table>\n")
    assert table.cells == (
        (Cell("a", header=True), Cell("b", header=True)),
        (Cell("c", col_span=2),),
    )


def test_text_of_html_blocks_stays():
    assert outline("<div align=center>\n\n# a\n\n</div>\n\n<p>b <b>c</b></p>\n\nd\n") == [
        ("title", "a", 1, None),
        ("paragraph", "b c", None, None),
        ("paragraph", "d", None, None),
    ]


def test_more_elements_than_allowed_are_refused():
    with pytest.raises(DocumentError) as raised:
        elements("a\n\n" * 11, Limits(max_elements=10))
    assert raised.value.rule == "too_many_elements"


_PIECES = ["- ", "1. ", "> ", "# ", "    ", "  ", "```\n", "a", "b", "\n", "\n\n", "|a|b|\n|-|-|\n"]
_PIECES += ["- [x] ", "---\n", "<div>\n", "[^1]: ", "[^1]", "$$", "<!-- -->", "*", "![a](b)", "=\n"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=40).map("".join))
def test_containers_of_any_text_nest_as_brackets_do(markdown: str):
    open_: list[str | None] = []
    kinds: dict[str | None, Kind] = {}
    items = 0
    for element in elements(markdown):
        while open_ and open_[-1] != element.parent:
            items -= kinds[open_.pop()] in (Kind.LIST_ITEM, Kind.CHECKBOX)
        assert element.parent is None or open_
        kinds[element.id] = element.kind
        if element.kind in (Kind.LIST_ITEM, Kind.CHECKBOX):
            assert element.level == items
            items += 1
        if element.kind in CONTAINERS:
            open_.append(element.id)
        assert "\n" not in element.text or element.kind != Kind.TITLE
