"""Tables, pictures, code, formulas and forms, with their captions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.sources.docling.documents import document, elements_of, flat, item, refs
from tests.unit.sources.reading import LIMITS
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import Kind
from tore_export.sources.docling.tree import Tree
from tore_export.sources.docling.types import DoclingCell, DoclingTable
from tore_export.sources.unit import Limits


def cell(text: str, row: int, column: int, **more: Any) -> dict[str, Any]:
    down, right = more.get("row_span", 1), more.get("col_span", 1)
    return {
        "text": text,
        "row_span": down,
        "col_span": right,
        "start_row_offset_idx": row,
        "end_row_offset_idx": row + down,
        "start_col_offset_idx": column,
        "end_col_offset_idx": column + right,
        **more,
    }


def table_of(*cells: dict[str, Any], **data: Any) -> dict[str, Any]:
    return document("tables/0", tables=[item("table", data={"table_cells": list(cells), **data})])


def texts_of(element: Element) -> list[list[str]]:
    return [[found.text for found in row] for row in element.cells or ()]


# tables


def test_cells_stand_in_their_rows_with_their_spans(tmp_path: Path) -> None:
    said = table_of(
        cell("a", 0, 0, col_span=2, column_header=True),
        cell("b", 1, 0, row_span=2, row_header=True),
        cell("c", 1, 1),
        cell("d", 2, 1, row_section=True),
        num_rows=3,
        num_cols=2,
    )
    (found,) = elements_of(tmp_path, said)
    assert (found.kind, found.text, found.id) == (Kind.TABLE, "", "#/tables/0")
    assert found.cells == (
        (Cell("a", col_span=2, header=True),),
        (Cell("b", row_span=2, header=True), Cell("c")),
        (Cell("d"),),
    )


def test_cells_out_of_order_and_gaps_are_put_right(tmp_path: Path) -> None:
    said = table_of(cell("d", 1, 2), cell("a", 0, 0), num_rows=2, num_cols=3)
    (found,) = elements_of(tmp_path, said)
    assert texts_of(found) == [["a", "", ""], ["", "", "d"]]


def test_a_row_that_only_a_merged_cell_reaches_is_there(tmp_path: Path) -> None:
    said = table_of(cell("a", 0, 0), cell("b", 0, 1, row_span=2), num_rows=2, num_cols=2)
    (found,) = elements_of(tmp_path, said)
    assert found.cells == ((Cell("a"), Cell("b", row_span=2)), (Cell(""),))


def test_two_cells_on_one_place_are_lines_of_one(tmp_path: Path) -> None:
    said = table_of(cell("a", 0, 0, column_header=True), cell("b", 0, 0), cell("", 0, 0))
    (found,) = elements_of(tmp_path, said, n_warnings=2)
    assert found.cells == ((Cell("a\nb", header=True),),)


def test_a_merged_cell_over_another_loses_its_span(tmp_path: Path) -> None:
    said = table_of(cell("b", 1, 1), cell("a", 0, 0, row_span=2, col_span=2))
    (found,) = elements_of(tmp_path, said, n_warnings=1)
    assert texts_of(found) == [["a", ""], ["", "b"]]


def test_the_grid_stands_in_for_cells_that_are_missing(tmp_path: Path) -> None:
    merged = cell("a", 0, 0, col_span=2)
    grid = [[merged, merged], [cell("b", 1, 0), cell("c", 1, 1)]]
    (found,) = elements_of(tmp_path, table_of(grid=grid, num_rows=2, num_cols=2))
    assert found.cells == ((Cell("a", col_span=2),), (Cell("b"), Cell("c")))
    (bare,) = elements_of(
        tmp_path, table_of(grid=[[{"text": "a"}, {"text": "b"}], [{"text": "c"}]])
    )
    assert texts_of(bare) == [["a", "b"], ["c", ""]]


def test_a_grid_is_read_from_an_item_that_had_to_be_mended(tmp_path: Path) -> None:
    said = table_of(grid=[[{"text": "a", "col_span": "two"}, 7]], num_rows="x")
    (found,) = elements_of(tmp_path, said, n_warnings=3)
    assert texts_of(found) == [["a"]]


def test_spans_may_be_told_by_where_they_end(tmp_path: Path) -> None:
    merged = {**cell("a", 0, 0, col_span=2), "col_span": None, "row_span": None}
    (found,) = elements_of(tmp_path, table_of(merged, cell("b", 1, 0), cell("c", 1, 1)))
    assert found.cells == ((Cell("a", col_span=2),), (Cell("b"), Cell("c")))


@pytest.mark.parametrize("data", [None, {}, {"table_cells": []}, {"grid": []}])
def test_a_table_without_cells_is_no_element(tmp_path: Path, data: Any) -> None:
    said = document("tables/0", tables=[item("table", data=data)])
    assert elements_of(tmp_path, said) == []


def test_what_a_cell_claims_costs_no_more_than_what_it_is(tmp_path: Path) -> None:
    huge = cell("a", 0, 0, row_span=10**9, col_span=10**9)
    (found,) = elements_of(tmp_path, table_of(huge, num_rows=10**9, num_cols=10**9))
    assert found.cells == ((Cell("a"),),)


def test_a_table_of_too_many_places_is_its_lines(tmp_path: Path) -> None:
    said = table_of(cell("b", 9_999, 9_999), cell("a", 0, 0), cell("c", 9_999, 10_000))
    (found,) = elements_of(tmp_path, said, n_warnings=1)
    assert (found.kind, found.cells, found.text) == (Kind.TABLE, None, "a\nb c")


def test_all_tables_share_the_room_for_gaps() -> None:
    table = DoclingTable([DoclingCell("a", 999, 299)])
    tree = Tree({}, [])
    assert [tree.placed(table) is None for _ in range(5)] == [False] * 3 + [True] * 2
    assert tree.n_faults == 2


def test_cells_that_claim_the_same_places_over_and_over_are_given_up(tmp_path: Path) -> None:
    cells = [cell("x", 999, i) for i in range(900)]
    cells += [cell("y", 0, i, row_span=1_000, col_span=900 - i) for i in range(900)]
    (found,) = elements_of(tmp_path, table_of(*cells, num_rows=1_000, num_cols=900), n_warnings=5)
    assert found.cells is None


# rich cells


def rich_table(folder: Path, *children: str, **lists: Any) -> Element:
    """The table whose one cell holds these children."""
    groups = [item("unspecified", None, *children), *lists.pop("groups", [])]
    one = cell("as text", 0, 0, ref={"$ref": "#/groups/0"})
    tables = [
        item("table", None, "groups/0", data={"table_cells": [one], "num_rows": 1, "num_cols": 1}),
        *lists.pop("tables", []),
    ]
    said = document("tables/0", tables=tables, groups=groups, **lists)
    (found,) = elements_of(folder, said)
    return found


BOLD = {"bold": True}


def test_a_cell_of_one_line_has_spans(tmp_path: Path) -> None:
    texts = [item("text", "see"), item("text", "here", formatting=BOLD), item("text", ".")]
    found = rich_table(tmp_path, "texts/0", "texts/1", "texts/2", texts=texts)
    assert texts_of(found) == [["see here."]]
    spans = [{"start": 4, "end": 8, "kind": "strong"}]
    assert found.meta == {"rich": [{"row": 0, "place": 0, "spans": spans}]}


def test_a_cell_of_plain_words_is_plain(tmp_path: Path) -> None:
    found = rich_table(tmp_path, "texts/0", "texts/1", texts=[item("text", "a"), item("text", "")])
    assert (texts_of(found), found.meta) == ([["a"]], {})


def html_of(found: Element) -> str:
    (only,) = found.meta["rich"]
    return only["html"]


def test_a_cell_of_blocks_has_html_and_a_line_a_block(tmp_path: Path) -> None:
    texts = [
        item("section_header", "Parts & co"),
        item("list_item", "a"),
        item("list_item", "", "groups/3"),
        item("list_item", "c", enumerated=True),
        item("code", "x < 1\ny"),
        item("formula", "x^2"),
        item("text", "b"),
        item("text", "!", formatting={"italic": True}),
    ]
    groups = [
        item("list", None, "texts/1", "texts/2", "groups/2"),
        item("list", None, "texts/3"),
        item("inline", None, "texts/6", "texts/7"),
    ]
    children = ("texts/0", "groups/1", "texts/4", "texts/5")
    found = rich_table(tmp_path, *children, texts=texts, groups=groups)
    assert texts_of(found) == [["Parts & co\na\nb!\nc\nx < 1\ny\nx^2"]]
    assert html_of(found) == (
        "<p><strong>Parts &amp; co</strong></p>"
        "<ul><li>a</li><li>b<em>!</em><ol><li>c</li></ol></li></ul>"
        "<pre><code>x &lt; 1<br>y</code></pre><p>$x^2$</p>"
    )


def test_paragraphs_are_told_from_runs_by_how_they_begin(tmp_path: Path) -> None:
    texts = [item("text", t, formatting=f) for t, f in [("A", BOLD), ("b", None), ("C", BOLD)]]
    texts.append(item("text", "D", formatting=BOLD))
    found = rich_table(tmp_path, *(f"texts/{i}" for i in range(4)), texts=texts)
    assert html_of(found) == (
        "<p><strong>A</strong> b</p><p><strong>C</strong></p><p><strong>D</strong></p>"
    )


def test_a_blank_line_in_a_text_parts_paragraphs_of_a_cell(tmp_path: Path) -> None:
    found = rich_table(tmp_path, "texts/0", texts=[item("text", "a\n\nb")])
    assert (texts_of(found), html_of(found)) == ([["a\nb"]], "<p>a</p><p>b</p>")


def test_links_boxes_and_pictures_within_a_cell(tmp_path: Path) -> None:
    texts = [
        item("checkbox_selected", "Tea"),
        item("text", "docs", hyperlink='https://a.org/"x"'),
        item("inline", "", "texts/3"),
        item("text", "in a line"),
    ]
    pictures = [item("picture", image={"uri": uri}) for uri in ("https://a.org/i.png", "data:x")]
    children = ("texts/0", "texts/1", "pictures/0", "pictures/1", "groups/1")
    groups = [item("inline", None, "texts/3")]
    texts[2] = item("text", "under", hyperlink=None, formatting={"script": "sub"})
    found = rich_table(
        tmp_path, *children, "texts/2", texts=texts, pictures=pictures, groups=groups
    )
    assert html_of(found) == (
        '<p>☑ Tea</p><p><a href="https://a.org/&quot;x&quot;">docs</a></p>'
        '<img src="https://a.org/i.png"><p>in a line</p><p><sub>under</sub></p>'
    )


def test_a_table_within_a_cell(tmp_path: Path) -> None:
    inner = [
        cell("h", 0, 0, column_header=True, col_span=2),
        cell("", 1, 0, ref={"$ref": "#/texts/0"}),
        cell("b\nc", 1, 1),
    ]
    nested = item("table", None, "texts/0", data={"table_cells": inner})
    found = rich_table(tmp_path, "tables/1", tables=[nested], texts=[item("text", "a")])
    assert texts_of(found) == [["h\na\nb\nc"]]
    assert html_of(found) == (
        '<table><tr><th colspan="2">h</th></tr><tr><td><p>a</p></td><td>b<br>c</td></tr></table>'
    )


def test_tables_nested_deep_are_no_matter(tmp_path: Path) -> None:
    n_tables = 3_000
    nested = [
        item("table", data={"table_cells": [cell("", 0, 0, ref={"$ref": f"#/tables/{i + 2}"})]})
        for i in range(n_tables)
    ]
    nested.append(item("table", data={"table_cells": [cell("deep", 0, 0)]}))
    found = rich_table(tmp_path, "tables/1", tables=nested)
    assert texts_of(found) == [["deep"]]
    assert html_of(found).count("<table>") == n_tables + 1


def test_a_cell_that_names_nothing_keeps_its_text(tmp_path: Path) -> None:
    said = table_of(cell("a", 0, 0, ref={"$ref": "#/groups/7"}))
    (found,) = elements_of(tmp_path, said, n_warnings=1)
    assert (texts_of(found), found.meta) == ([["a"]], {})


def test_a_list_without_items_in_a_cell_is_empty(tmp_path: Path) -> None:
    groups = [item("list", None, "texts/0"), item("list")]
    children = ("groups/1", "groups/2")
    found = rich_table(tmp_path, *children, texts=[item("text", "a")], groups=groups)
    assert html_of(found) == "<ul><li><p>a</p></li></ul><ul></ul>"


# captions and footnotes


@pytest.mark.parametrize(
    ("name", "label", "before"),
    [("tables", "table", True), ("pictures", "picture", True), ("form_items", "form", True)],
)
@pytest.mark.parametrize("place", ["before", "after", "below", "nowhere"])
def test_a_caption_stands_before_what_it_belongs_to(
    tmp_path: Path, name: str, label: str, before: bool, place: str
) -> None:
    texts = [item("caption", "Table 1"), item("text", "a")]
    owner = item(label, None, *(["texts/0"] if place == "below" else []), captions=refs("texts/0"))
    if label == "table":
        owner["data"] = {"table_cells": [cell("x", 0, 0)]}
    if label == "form":
        owner["graph"] = {"cells": [{"cell_id": 0, "label": "key", "text": "x"}]}
    body = ["texts/1", f"{name}/0"]
    if place == "before":
        body.insert(0, "texts/0")
    elif place == "after":
        body.append("texts/0")
    found = elements_of(tmp_path, document(*body, texts=texts, **{name: [owner]}))
    assert [(e.kind, e.parent) for e in found[:2]] == [
        (Kind.PARAGRAPH, None),
        (Kind.CAPTION, f"#/{name}/0"),
    ]
    assert len(found) == 3


def test_the_caption_of_code_stands_after_it(tmp_path: Path) -> None:
    said = flat(item("code", "a()", captions=refs("texts/1")), item("caption", "Listing 1"))
    assert [e.kind for e in elements_of(tmp_path, said)] == [Kind.CODE, Kind.CAPTION]


def test_captions_that_are_nobody_s_stand_where_they_are(tmp_path: Path) -> None:
    said = flat(item("caption", "a"), pictures=[item("picture", captions=refs("texts/0"))])
    (found,) = elements_of(tmp_path, said, n_warnings=1)
    assert (found.kind, found.parent) == (Kind.CAPTION, None)


def test_the_caption_of_what_is_no_element_belongs_to_nothing(tmp_path: Path) -> None:
    said = document("tables/0", tables=[item("table", captions=refs("texts/0"))])
    said["texts"] = [item("caption", "a")]
    (found,) = elements_of(tmp_path, said)
    assert (found.kind, found.parent) == (Kind.CAPTION, None)


def test_a_caption_of_two_pictures_goes_to_the_first(tmp_path: Path) -> None:
    pictures = [item("picture", captions=refs("texts/0", "texts/9")) for _ in "ab"]
    said = document("pictures/0", "pictures/1", pictures=pictures, texts=[item("caption", "c")])
    found = elements_of(tmp_path, said, n_warnings=2)
    assert [e.parent for e in found] == ["#/pictures/0", None, None]


def test_footnotes_follow_a_table_unless_they_have_a_place(tmp_path: Path) -> None:
    texts = [item("footnote", "here"), item("footnote", "lost"), item("text", "b")]
    owner = item("table", footnotes=refs("texts/1", "texts/0"))
    owner["data"] = {"table_cells": [cell("x", 0, 0)]}
    said = document("tables/0", "texts/2", "texts/0", tables=[owner], texts=texts)
    found = elements_of(tmp_path, said)
    assert [e.kind for e in found] == [
        Kind.TABLE,
        Kind.FOOTNOTE,
        Kind.PARAGRAPH,
        Kind.FOOTNOTE,
    ]
    assert [e.text for e in found] == ["", "lost", "b", "here"]


def test_what_a_table_holds_besides_its_cells_follows_it(tmp_path: Path) -> None:
    owner = item("table", None, "texts/0", data={"table_cells": [cell("x", 0, 0)]})
    said = document("tables/0", tables=[owner], texts=[item("text", "a")])
    assert [e.text for e in elements_of(tmp_path, said)] == ["", "a"]


def test_what_lies_below_a_footnote_lies_in_it(tmp_path: Path) -> None:
    said = document("texts/0", texts=[item("footnote", "a", "texts/1"), item("text", "b")])
    assert [e.parent for e in elements_of(tmp_path, said)] == [None, "#/texts/0"]


# pictures


def picture(folder: Path, *, limits: Limits = LIMITS, **said: Any) -> list[Element]:
    found = document("pictures/0", pictures=[item("picture", **said)])
    return elements_of(folder, found, limits=limits)


GUESSES = [
    {"class_name": "logo", "confidence": 0.1},
    {"class_name": "pie_chart", "confidence": 0.9},
]


@pytest.mark.parametrize(
    ("said", "alt"),
    [
        ({"annotations": [{"kind": "description", "text": " A duck. "}]}, "A duck."),
        ({"meta": {"description": {"text": "A duck."}}}, "A duck."),
        ({"meta": {"classification": {"predictions": GUESSES}}}, "Pie chart"),
        ({"annotations": [{"kind": "classification", "predicted_classes": GUESSES}]}, "Pie chart"),
        (
            {
                "annotations": [{"kind": "description", "text": "A duck."}],
                "meta": {"classification": {"predictions": GUESSES}},
            },
            "A duck.",
        ),
        ({"annotations": [{"kind": "misc", "content": {}}], "meta": {}}, None),
        ({"meta": {"classification": {"predictions": [{"confidence": 1}]}}}, None),
    ],
)
def test_a_picture_is_what_it_is_described_as_else_what_it_is_taken_for(
    tmp_path: Path, said: dict[str, Any], alt: str | None
) -> None:
    (found,) = picture(tmp_path, **said)
    assert (found.kind, found.text, found.meta.get("alt")) == (Kind.IMAGE, "", alt)


def test_embedded_pictures_are_only_kept_where_asked_for(tmp_path: Path) -> None:
    image = {"mimetype": "image/png", "uri": "data:image/png;base64,AAAA", "dpi": 72}
    assert picture(tmp_path, image=image)[0].meta == {}
    (kept,) = picture(tmp_path, image=image, limits=Limits(keep_images=True))
    assert kept.meta == {"data": "data:image/png;base64,AAAA"}
    (linked,) = picture(tmp_path, image={"uri": "images/duck 1.png"})
    assert linked.meta == {"url": "images/duck 1.png"}


CHART = {"table_cells": [cell("2019", 0, 0), cell("120", 0, 1)]}


@pytest.mark.parametrize(
    "said",
    [
        {"meta": {"tabular_chart": {"chart_data": CHART}}},
        {"annotations": [{"kind": "misc"}, {"kind": "tabular_chart_data", "chart_data": CHART}]},
    ],
)
def test_the_numbers_of_a_chart_are_a_table_after_it(tmp_path: Path, said: dict[str, Any]) -> None:
    image, table = picture(tmp_path, **said)
    assert (image.kind, table.kind) == (Kind.IMAGE, Kind.TABLE)
    assert (table.id, texts_of(table)) == ("#/pictures/0/chart", [["2019", "120"]])


def test_the_words_within_a_picture_are_part_of_it(tmp_path: Path) -> None:
    said = document("pictures/0", texts=[item("text", "axis")])
    said["pictures"] = [item("picture", None, "texts/0")]
    assert [e.kind for e in elements_of(tmp_path, said)] == [Kind.IMAGE]


# code and formulas


@pytest.mark.parametrize(
    ("language", "meta"),
    [("Python", {"language": "python"}), ("C++", {"language": "c++"}), ("unknown", {}), (None, {})],
)
def test_code_keeps_its_lines_and_language(tmp_path: Path, language: Any, meta: Any) -> None:
    (found,) = elements_of(tmp_path, flat(item("code", "  a\n\n  b\n", code_language=language)))
    assert (found.kind, found.text, found.meta) == (Kind.CODE, "  a\n\n  b\n", meta)


def test_code_and_formulas_without_text_are_what_stood_on_the_page(tmp_path: Path) -> None:
    said = flat(item("code", "", orig="a()"), item("formula", "", orig="x 2"), item("formula", "y"))
    code, seen, formula = elements_of(tmp_path, said)
    assert (code.text, seen.text, seen.meta) == ("a()", "x 2", {"display": True})
    assert (formula.text, formula.meta) == ("y", {"latex": "y", "display": True})


# forms


def form(cells: Any, links: Any) -> dict[str, Any]:
    region = item("key_value_region", graph={"cells": cells, "links": links})
    return document("key_value_items/0", key_value_items=[region])


KEYS = [
    {"cell_id": 1, "label": "key", "text": "Name:"},
    {"cell_id": 2, "label": "value", "text": " Ada "},
    {"cell_id": 3, "label": "value", "orig": "Lovelace"},
    {"cell_id": 4, "label": "key", "text": "Age"},
    {"cell_id": 5, "label": "value", "text": "alone"},
    {"cell_id": 6, "label": "checkbox", "text": ""},
]
LINKS = [
    {"label": "to_value", "source_cell_id": 1, "target_cell_id": 2},
    {"label": "to_key", "source_cell_id": 2, "target_cell_id": 1},
    {"label": "to_key", "source_cell_id": 3, "target_cell_id": 1},
    {"label": "to_child", "source_cell_id": 1, "target_cell_id": 5},
    {"label": "to_value", "source_cell_id": 1, "target_cell_id": 99},
]


def test_linked_keys_and_values_are_pairs(tmp_path: Path) -> None:
    (found,) = elements_of(tmp_path, form(KEYS, LINKS))
    assert (found.kind, found.text) == (Kind.KEY_VALUE, "Name: Ada\nName: Lovelace\nAge:\nalone")
    pairs = [["Name:", "Ada"], ["Name:", "Lovelace"], ["Age", ""], ["", "alone"]]
    assert found.meta == {"pairs": pairs}


def test_a_form_whose_words_all_stand_in_the_text_is_not_read_twice(tmp_path: Path) -> None:
    cells = [{**KEYS[0], "item_ref": refs("texts/0")[0]}]
    said = form(cells, [])
    said |= {"texts": [item("text", "Name:")]}
    said["body"]["children"] = refs("texts/0", "key_value_items/0")
    assert [e.kind for e in elements_of(tmp_path, said)] == [Kind.PARAGRAPH]


def test_a_form_without_cells_is_no_element(tmp_path: Path) -> None:
    assert elements_of(tmp_path, form([], [])) == []
    assert elements_of(tmp_path, document("form_items/0", form_items=[item("form")])) == []


def test_field_items_are_pairs(tmp_path: Path) -> None:
    texts = [
        item("field_key", "Name"),
        item("field_value", "Ada"),
        item("field_value", "Lovelace"),
        item("field_key", "Age"),
        item("field_heading", "Person"),
    ]
    said = document("field_regions/0", texts=texts)
    said["field_regions"] = [
        item("field_region", None, "texts/4", "field_items/0", "field_items/1", "field_items/2")
    ]
    said["field_items"] = [
        item("field_item", None, "texts/0", "texts/1", "texts/2"),
        item("field_item", None, "texts/3"),
        item("field_item"),
    ]
    assert [(e.kind, e.text) for e in elements_of(tmp_path, said)] == [
        (Kind.PARAGRAPH, "Person"),
        (Kind.KEY_VALUE, "Name: Ada\nName: Lovelace"),
        (Kind.KEY_VALUE, "Age:"),
    ]
