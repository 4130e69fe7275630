"""Headings, paragraphs, lists, inline groups, furniture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.sources.docling.documents import document, elements_of, flat, item
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind


def shown(elements: list[Element]) -> list[tuple[Kind, str]]:
    return [(element.kind, element.text) for element in elements]


def span(start: int, end: int, kind: str, **more: str) -> dict[str, Any]:
    return {"start": start, "end": end, "kind": kind, **more}


def test_a_title_is_level_one_and_headings_one_below_what_they_say(tmp_path: Path) -> None:
    levels = [None, 1, 3, 0, -4, 10**9]
    said = flat(item("title", "t"), *(item("section_header", "h", level=n) for n in levels))
    assert [e.level for e in elements_of(tmp_path, said)] == [1, 2, 2, 4, 2, 2, 100]


def test_a_heading_is_one_line(tmp_path: Path) -> None:
    said = flat(item("section_header", "a\nb", formatting={"bold": True}))
    (found,) = elements_of(tmp_path, said)
    assert (found.text, found.meta) == ("a b", {"spans": [span(0, 3, "strong")]})


def test_what_hangs_below_a_heading_follows_it(tmp_path: Path) -> None:
    said = document("texts/0", "texts/2", texts=[])
    said["texts"] = [item("title", "a", "texts/1"), item("text", "b"), item("text", "c")]
    assert [e.text for e in elements_of(tmp_path, said)] == ["a", "b", "c"]
    assert [e.parent for e in elements_of(tmp_path, said)] == [None, None, None]


def test_texts_without_words_are_no_elements(tmp_path: Path) -> None:
    labels = ("text", "title", "caption", "list_item", "checkbox_selected", "code", "formula")
    assert elements_of(tmp_path, flat(*(item(label, " \n") for label in labels))) == []


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("paragraph", Kind.PARAGRAPH),
        ("reference", Kind.PARAGRAPH),
        ("handwritten_text", Kind.PARAGRAPH),
        ("field_heading", Kind.PARAGRAPH),
        ("caption", Kind.CAPTION),
        ("footnote", Kind.FOOTNOTE),
        ("page_header", Kind.HEADER),
        ("page_footer", Kind.FOOTER),
    ],
)
def test_labels_are_kinds(tmp_path: Path, label: str, kind: Kind) -> None:
    assert shown(elements_of(tmp_path, flat(item(label, "a")))) == [(kind, "a")]


def test_formatting_and_links_lie_over_the_whole_text(tmp_path: Path) -> None:
    formatting = {"bold": True, "italic": True, "underline": True, "strikethrough": True}
    said = flat(item("text", " ab ", formatting=formatting, hyperlink="https://a.org"))
    (found,) = elements_of(tmp_path, said)
    assert found.text == "ab"
    kinds = ["strong", "emphasis", "strike", "underline"]
    assert found.meta["spans"] == [
        {"start": 0, "end": 2, "kind": "link", "url": "https://a.org"},
        *({"start": 0, "end": 2, "kind": kind} for kind in kinds),
    ]


def test_an_embedded_file_is_no_link(tmp_path: Path) -> None:
    (found,) = elements_of(tmp_path, flat(item("text", "a", hyperlink="data:image/png;base64,AA")))
    assert found.meta == {}


def test_a_newline_in_a_text_is_a_break_and_a_blank_line_parts_paragraphs(tmp_path: Path) -> None:
    (found,) = elements_of(tmp_path, flat(item("text", "a \n b\n\nc")))
    assert found.text == "a\nb\n\nc"
    assert found.meta["spans"] == [span(1, 2, "break")]


def inline(*parts: Any, above: str | None = None) -> dict[str, Any]:
    """A document of one inline group, or of an item of that label which holds it."""
    texts = [item("text", part) if isinstance(part, str) else part for part in parts]
    group = item("inline", None, *(f"texts/{i}" for i in range(len(texts))))
    if above is None:
        return document("groups/0", groups=[group], texts=texts)
    texts.append(item(above, "", "groups/0"))
    return document(f"texts/{len(parts)}", groups=[group], texts=texts)


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (["plain", "words"], "plain words"),
        (["plain ", "words"], "plain words"),
        (["plain", " words"], "plain words"),
        (["plain", " ", "words"], "plain words"),
        (["plain", "", "words"], "plain words"),
        (["bold", ", and", "more", "."], "bold, and more."),
        (["Term", ": what it is"], "Term: what it is"),
        (["he said “", "no", "”", "(", "twice", ")"], "he said “no” (twice)"),
        (["the keeper", "'s keys"], "the keeper's keys"),
        (
            ["version", ".NET", "and", "...", "or", "!important"],
            "version .NET and... or !important",
        ),
        (["中文", "粗体", "。", "English", "中文"], "中文粗体。English 中文"),
        (["a", "/", "b"], "a / b"),
    ],
)
def test_parts_are_joined_as_a_writer_would_space_them(
    tmp_path: Path, parts: list[str], text: str
) -> None:
    assert shown(elements_of(tmp_path, inline(*parts))) == [(Kind.PARAGRAPH, text)]


def test_what_is_raised_or_lowered_stands_close_to_its_letter(tmp_path: Path) -> None:
    lowered, raised = (item("text", "2", formatting={"script": s}) for s in ("sub", "super"))
    (found,) = elements_of(tmp_path, inline("x", raised, "and H", lowered, "O, CO", lowered))
    assert found.text == "x2 and H2O, CO2"
    assert [s["kind"] for s in found.meta["spans"]] == ["superscript", "subscript", "subscript"]


def test_code_formulas_images_and_boxes_stand_within_the_line(tmp_path: Path) -> None:
    parts = [
        "run",
        item("code", "a.b", formatting={"bold": True}),
        item("formula", "", orig="x^2"),
        item("picture", "", image={"uri": "https://a.org/i.png"}),
        item("checkbox_selected", "yes"),
        item("checkbox_unselected", "no"),
        item("section_header", "end", hyperlink="u"),
    ]
    (found,) = elements_of(tmp_path, inline(*parts))
    assert found.text == "run a.b x^2  ☑ yes ☐ no end"
    assert found.meta["spans"] == [
        span(4, 7, "strong"),
        span(4, 7, "code"),
        span(8, 11, "math"),
        {"start": 12, "end": 12, "kind": "image", "url": "https://a.org/i.png"},
        {"start": 24, "end": 27, "kind": "link", "url": "u"},
    ]


def test_groups_within_an_inline_group_are_parts_of_its_line(tmp_path: Path) -> None:
    said = inline("a", item("text", "", "groups/1"), "c")
    said["groups"].append(item("inline", None, "texts/3"))
    said["texts"].append(item("text", "b"))
    assert shown(elements_of(tmp_path, said)) == [(Kind.PARAGRAPH, "a b c")]


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("list_item", Kind.LIST_ITEM),
        ("section_header", Kind.TITLE),
        ("caption", Kind.CAPTION),
        ("footnote", Kind.FOOTNOTE),
        ("checkbox_selected", Kind.CHECKBOX),
        ("text", Kind.PARAGRAPH),
        ("page_header", Kind.HEADER),
    ],
)
def test_an_item_without_words_has_those_of_its_inline_group(
    tmp_path: Path, label: str, kind: Kind
) -> None:
    (found,) = elements_of(tmp_path, inline("a", "b", above=label))
    assert (found.kind, found.text, found.id) == (kind, "a b", "#/texts/2")


def test_parts_that_are_parts_twice_are_read_once(tmp_path: Path) -> None:
    said = inline("a", "b")
    said["groups"][0]["children"] *= 2
    assert shown(elements_of(tmp_path, said, n_warnings=2)) == [(Kind.PARAGRAPH, "a b")]


def test_an_inline_group_without_words_is_no_element(tmp_path: Path) -> None:
    assert elements_of(tmp_path, inline("", " ")) == []


# lists


def entry(text: str, *children: str, enumerated: bool = False, marker: str = "-") -> dict[str, Any]:
    return item("list_item", text, *children, enumerated=enumerated, marker=marker)


def levels(elements: list[Element]) -> list[tuple[str, int | None, str | None]]:
    return [(element.text, element.level, element.parent) for element in elements]


def test_a_list_within_a_list_belongs_to_the_item_before_it(tmp_path: Path) -> None:
    said = document("groups/0", texts=[entry(letter) for letter in "abcd"])
    said["groups"] = [item("list", None, "texts/0", "groups/1", "texts/3")]
    said["groups"].append(item("list", None, "texts/1", "texts/2"))
    assert levels(elements_of(tmp_path, said)) == [
        ("a", 0, None),
        ("b", 1, "#/texts/0"),
        ("c", 1, "#/texts/0"),
        ("d", 0, None),
    ]


def test_a_list_below_an_item_belongs_to_it(tmp_path: Path) -> None:
    said = document("groups/0", texts=[entry("a", "groups/1"), entry("b", "texts/2")])
    said["texts"].append(item("text", "more of b"))
    said["groups"] = [item("list", None, "texts/0"), item("list", None, "texts/1")]
    found = elements_of(tmp_path, said)
    assert levels(found) == [
        ("a", 0, None),
        ("b", 1, "#/texts/0"),
        ("more of b", None, "#/texts/1"),
    ]


def test_a_list_that_begins_with_a_list_has_no_item_to_put_it_in(tmp_path: Path) -> None:
    said = document("groups/0", texts=[entry("a"), entry("b")])
    said["groups"] = [item("list", None, "groups/1", "texts/1"), item("list", None, "texts/0")]
    assert levels(elements_of(tmp_path, said)) == [("a", 0, None), ("b", 0, None)]


def test_what_stands_between_items_belongs_to_the_one_before(tmp_path: Path) -> None:
    said = document("groups/0", texts=[entry("a"), item("text", "b"), entry("c")])
    said["groups"] = [item("list", None, "texts/0", "texts/1", "pictures/0", "texts/2")]
    said["pictures"] = [item("picture")]
    assert [(e.text, e.parent) for e in elements_of(tmp_path, said)] == [
        ("a", None),
        ("b", "#/texts/0"),
        ("", "#/texts/0"),
        ("c", None),
    ]


def test_an_item_without_words_has_those_of_its_first_paragraph(tmp_path: Path) -> None:
    said = flat(entry("", "texts/1", "texts/2"), item("text", "a"), item("text", "b"))
    said["body"]["children"] = said["body"]["children"][:1]
    assert [(e.kind, e.text) for e in elements_of(tmp_path, said)] == [
        (Kind.LIST_ITEM, "a"),
        (Kind.PARAGRAPH, "b"),
    ]


def test_an_item_that_begins_with_another_block_keeps_its_place(tmp_path: Path) -> None:
    said = flat(entry("", "texts/1"), item("code", "a()"))
    said["body"]["children"] = said["body"]["children"][:1]
    first, second = elements_of(tmp_path, said)
    assert (first.kind, first.text, second.parent) == (Kind.LIST_ITEM, "", "#/texts/0")


@pytest.mark.parametrize(
    ("marker", "enumerated", "text", "meta"),
    [
        ("-", False, "a", {}),
        ("•", False, "a", {}),
        ("", True, "a", {"ordered": True}),
        ("-", True, "a", {"ordered": True}),
        ("3.", True, "a", {"ordered": True, "number": 3}),
        ("3)", False, "a", {"ordered": True, "number": 3}),
        ("1.2.", True, "1.2. a", {"ordered": False}),
        ("a)", True, "a) a", {}),
        ("(iv)", True, "(iv) a", {}),
        (" ", False, "a", {}),
    ],
)
def test_a_marker_says_what_an_item_is(
    tmp_path: Path, marker: str, enumerated: bool, text: str, meta: dict[str, Any]
) -> None:
    said = flat(entry("a", marker=marker, enumerated=enumerated))
    (found,) = elements_of(tmp_path, said)
    assert (found.text, found.meta) == (text, meta)


def test_a_marker_that_is_text_moves_the_spans(tmp_path: Path) -> None:
    said = flat({**entry("ab", marker="1.1"), "formatting": {"bold": True}})
    (found,) = elements_of(tmp_path, said)
    assert found.meta == {"ordered": False, "spans": [span(4, 6, "strong")]}
    twice = flat(entry("1.1 ab", marker="1.1"))
    assert elements_of(tmp_path, twice)[0].text == "1.1 ab"


def test_a_number_a_text_begins_with_is_text_where_the_item_has_a_mark(tmp_path: Path) -> None:
    with_mark, without = elements_of(
        tmp_path, flat(entry("2 cups", marker="•"), entry("2. Then", marker=""))
    )
    assert with_mark.meta == {"ordered": False}
    assert without.meta == {}


def test_items_of_an_ordered_list_of_schema_1_0_are_ordered(tmp_path: Path) -> None:
    said = document("groups/0", version="1.0.0", texts=[item("list_item", "a")])
    said["groups"] = [item("ordered_list", None, "texts/0")]
    assert elements_of(tmp_path, said)[0].meta == {"ordered": True}


def two_lists(first: list[Any], second: list[Any], between: list[Any]) -> dict[str, Any]:
    texts = [*first, *between, *second]
    names = [f"texts/{i}" for i in range(len(texts))]
    n_first, n_second = len(first), len(first) + len(between)
    groups = [item("list", None, *names[:n_first]), item("list", None, *names[n_second:])]
    return document("groups/0", *names[n_first:n_second], "groups/1", texts=texts, groups=groups)


@pytest.mark.parametrize(
    ("first", "second", "between", "is_new"),
    [
        ([entry("a")], [entry("b")], [], True),
        ([entry("a")], [entry("b")], [item("text", "")], True),
        ([entry("a")], [entry("b")], [item("text", "c")], None),
        ([entry("a")], [entry("b")], [item("page_footer", "c")], True),
        ([entry("a")], [entry("b", marker="1.")], [], None),
        ([entry("a", marker="1.")], [entry("b", marker="1.")], [], True),
        # a page break cut this list in two
        ([entry("a", marker="1.")], [entry("b", marker="2.")], [], None),
    ],
)
def test_a_list_right_after_another_of_its_sort_says_so(
    tmp_path: Path, first: list[Any], second: list[Any], between: list[Any], is_new: bool | None
) -> None:
    found = elements_of(tmp_path, two_lists(first, second, between))
    assert found[-1].meta.get("new_list") is is_new
    assert found[0].meta.get("new_list") is None


def test_numbers_are_counted_on_where_an_item_has_none(tmp_path: Path) -> None:
    first = [entry("a", marker="1."), entry("b", marker="", enumerated=True)]
    found = elements_of(tmp_path, two_lists(first, [entry("c", marker="3.")], []))
    assert [e.meta.get("number") for e in found] == [1, None, 3]
    assert "new_list" not in found[2].meta


def test_only_the_first_item_says_that_its_list_is_new(tmp_path: Path) -> None:
    found = elements_of(tmp_path, two_lists([entry("a")], [entry("b"), entry("c")], []))
    assert [e.meta.get("new_list") for e in found] == [None, True, None]


def test_checkboxes_are_items(tmp_path: Path) -> None:
    boxes = [item("checkbox_selected", "a", "texts/2"), item("checkbox_unselected", "b")]
    said = flat(*boxes, item("text", "c"))
    said["body"]["children"] = said["body"]["children"][:2]
    first, inside, second = elements_of(tmp_path, said)
    assert (first.kind, first.level, first.meta) == (Kind.CHECKBOX, 0, {"checked": True})
    assert (inside.text, inside.parent) == ("c", "#/texts/0")
    assert (second.level, second.meta) == (0, {"checked": False})


# what belongs to the page


def aside(label: str, text: str, layer: str) -> dict[str, Any]:
    return {**item(label, text), "content_layer": layer}


def test_layers_beside_the_body_are_furniture(tmp_path: Path) -> None:
    layers = ("furniture", "notes", "background", "invisible", "body", "unheard_of", None)
    texts = [{**item("section_header", "a"), "content_layer": layer} for layer in layers]
    kinds = [Kind.HEADER, Kind.NOTE, Kind.NOTE, Kind.NOTE, Kind.TITLE, Kind.TITLE, Kind.TITLE]
    n_warnings = 0
    found = elements_of(tmp_path, flat(*texts), n_warnings=n_warnings)
    assert [e.kind for e in found] == kinds


def test_groups_named_footer_hold_footers(tmp_path: Path) -> None:
    texts = [aside("text", t, "furniture") for t in "abc"]
    said = document("groups/0", "groups/1", texts=texts)
    head = {**item("section", None, "texts/0"), "content_layer": "furniture"}
    foot = {**item("section", None, "groups/2"), "content_layer": "furniture"}
    line = {**item("inline", None, "texts/1", "texts/2"), "content_layer": "furniture"}
    said["groups"] = [{**head, "name": "page header"}, {**foot, "name": "page footer"}, line]
    assert shown(elements_of(tmp_path, said)) == [(Kind.HEADER, "a"), (Kind.FOOTER, "b c")]


def test_comments_are_notes(tmp_path: Path) -> None:
    said = document("texts/0", "groups/0", texts=[item("text", "a"), item("text", "b")])
    said["groups"] = [item("comment_section", None, "texts/1")]
    assert shown(elements_of(tmp_path, said)) == [(Kind.PARAGRAPH, "a"), (Kind.NOTE, "b")]


def test_pictures_of_the_page_are_left_out_and_its_tables_are_lines(tmp_path: Path) -> None:
    said = document("pictures/0", "tables/0", texts=[item("text", "in it")])
    said["pictures"] = [{**item("picture", None, "texts/0"), "content_layer": "furniture"}]
    cells = [
        {"text": "a", "start_row_offset_idx": 0, "start_col_offset_idx": 0},
        {"text": "b", "start_row_offset_idx": 0, "start_col_offset_idx": 1},
    ]
    table = {**item("table"), "content_layer": "furniture", "data": {"table_cells": cells}}
    said["tables"] = [table]
    assert shown(elements_of(tmp_path, said)) == [(Kind.HEADER, "a b")]


def test_the_tree_of_furniture_of_older_schemas_comes_first(tmp_path: Path) -> None:
    said = document("texts/0", version="1.0.0", texts=[item("text", "a")])
    said["texts"] += [item("text", "b"), item("page_footer", "c")]
    said["furniture"] = item("unspecified", None, "texts/1", "texts/2")
    for text in said["texts"]:
        del text["content_layer"]
    assert shown(elements_of(tmp_path, said)) == [
        (Kind.HEADER, "b"),
        (Kind.FOOTER, "c"),
        (Kind.PARAGRAPH, "a"),
    ]
