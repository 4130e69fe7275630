"""Items of docling that are given without their document."""

from __future__ import annotations

from typing import Any

import pytest

from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.errors import DocumentError
from tore_export.sources.docling.fields import is_item, item_values
from tore_export.sources.docling.items import append_items
from tore_export.sources.unit import Limits


def item(place: str, label: str, text: str = "", parent: str = "body", **more: Any) -> Any:
    children = [{"$ref": f"#/{child}"} for child in more.pop("children", ())]
    return {
        "self_ref": f"#/{place}",
        "parent": {"$ref": f"#/{parent}"},
        "children": children,
        "label": label,
        "text": text,
        "content_layer": "body",
    } | more


def entry(number: int, text: str, parent: str = "groups/0", **more: Any) -> Any:
    return item(f"texts/{number}", "list_item", text, parent, **more)


def read(*items: Any, limits: Limits | None = None) -> tuple[list[Element], int]:
    columns = ElementColumns()
    _, n_warnings = append_items(items, columns, limits or Limits())
    columns.counts.append(len(columns))
    return columns.to_elements()[0], n_warnings


def outline(*items: Any) -> list[tuple[str, int | None]]:
    elements, n_warnings = read(*items)
    assert n_warnings == 0
    return [(element.text, element.level) for element in elements]


def test_items_are_told_by_what_they_call_themselves() -> None:
    class Item:
        self_ref = "#/texts/0"
        label = "text"

        def model_dump(self, **options: Any) -> dict[str, Any]:
            assert options == {"mode": "json", "by_alias": True, "exclude_none": True}
            return {"self_ref": self.self_ref, "label": self.label}

    assert is_item(Item())
    assert item_values(Item()) == {"self_ref": "#/texts/0", "label": "text"}
    assert is_item(item("texts/0", "text"))
    for other in (
        {"label": "text"},
        {"self_ref": 7, "label": "text"},
        {"self_ref": "#/a"},
        7,
        None,
    ):
        assert not is_item(other)


def test_items_are_elements_in_the_order_given_under_their_own_names() -> None:
    elements, n_warnings = read(
        item("texts/7", "section_header", "Pumps", level=1), item("texts/3", "text", "Oil them.")
    )
    assert [(e.id, e.kind, e.text) for e in elements] == [
        ("#/texts/7", Kind.TITLE, "Pumps"),
        ("#/texts/3", Kind.PARAGRAPH, "Oil them."),
    ]
    assert n_warnings == 0


def test_the_first_title_is_told() -> None:
    columns = ElementColumns()
    items = [item("texts/0", "text", "a"), item("texts/1", "title", "Pumps")]
    assert append_items(items, columns, Limits()) == ("Pumps", 0)


def test_captions_come_with_what_they_belong_to() -> None:
    table = item(
        "tables/0",
        "table",
        children=["texts/1"],
        captions=[{"$ref": "#/texts/1"}, {"$ref": "#/texts/9"}],
        footnotes=[{"$ref": "#/texts/8"}],
        data={"table_cells": [{"text": "a"}], "num_rows": 1, "num_cols": 1},
    )
    caption = item("texts/1", "caption", "Table 1", "tables/0")
    (first, second), n_warnings = read(caption, table)
    assert {first.kind, second.kind} == {Kind.TABLE, Kind.CAPTION}
    assert n_warnings == 0
    (alone,), n_warnings = read(table)
    assert (alone.kind, n_warnings) == (Kind.TABLE, 0)


def test_what_a_cell_holds_is_taken_where_it_is_given() -> None:
    cell = {"text": "Oil it", "ref": {"$ref": "#/texts/1"}, "start_row_offset_idx": 0}
    data = {"table_cells": [cell], "num_rows": 1, "num_cols": 1}
    table = item("tables/0", "table", children=["texts/1"], data=data)
    inside = item("texts/1", "text", "Oil it", "tables/0", formatting={"bold": True})
    ((found,), n_warnings) = read(table, inside)
    assert found.meta["rich"][0]["spans"] == [{"start": 0, "end": 6, "kind": "strong"}]
    assert n_warnings == 0
    ((found,), n_warnings) = read(table)
    assert found.cells is not None
    assert (found.cells[0][0].text, found.meta, n_warnings) == ("Oil it", {}, 0)


def test_items_of_a_group_that_is_not_given_are_a_list() -> None:
    one, two, other = entry(0, "a"), entry(1, "b"), entry(2, "c", "groups/1")
    elements, n_warnings = read(one, two, other)
    assert [e.kind for e in elements] == [Kind.LIST_ITEM] * 3
    assert [e.meta.get("new_list") for e in elements] == [None, None, True]
    assert n_warnings == 0


def test_a_group_that_is_given_is_the_one_that_is_used() -> None:
    group = item("groups/0", "ordered_list", name="list", children=["texts/0", "texts/1"])
    (first, second), _ = read(group, entry(0, "a"), entry(1, "b"))
    assert first.meta.get("ordered") is second.meta.get("ordered") is True


def test_the_body_that_is_listed_with_the_groups_is_no_item() -> None:
    body = {"self_ref": "#/body", "label": "unspecified", "children": [{"$ref": "#/texts/0"}]}
    assert outline(body, item("texts/0", "text", "a")) == [("a", None)]
    assert outline(body) == []


def test_a_list_that_goes_on_behind_another_lies_around_it() -> None:
    assert outline(
        entry(0, "a"),
        entry(1, "a1", "groups/1"),
        entry(2, "a11", "groups/2"),
        entry(3, "a2", "groups/1"),
        entry(4, "b"),
    ) == [("a", 0), ("a1", 1), ("a11", 2), ("a2", 1), ("b", 0)]


def test_a_list_that_an_item_names_lies_in_it() -> None:
    assert outline(entry(0, "a", children=["groups/1"]), entry(1, "a1", "groups/1")) == [
        ("a", 0),
        ("a1", 1),
    ]
    assert outline(
        entry(0, "a", children=["groups/1"]), entry(1, "a1", "groups/1"), entry(2, "b")
    ) == [("a", 0), ("a1", 1), ("b", 0)]


def test_a_list_behind_one_that_has_ended_is_not_in_it() -> None:
    assert outline(entry(0, "a"), entry(1, "b", "groups/1"), entry(2, "c", "groups/2")) == [
        ("a", 0),
        ("b", 0),
        ("c", 0),
    ]


def test_what_stands_between_the_items_of_a_list_stays_there() -> None:
    found = outline(entry(0, "a"), item("texts/1", "text", "Between."), entry(2, "b"))
    assert found == [("a", 0), ("Between.", None), ("b", 0)]


def test_a_group_of_no_list_items_is_looked_through() -> None:
    assert outline(
        item("texts/0", "text", "On a slide.", "groups/0"),
        entry(1, "a", "groups/1"),
        item("texts/2", "text", "On it, too.", "groups/0"),
    ) == [("On a slide.", None), ("a", 0), ("On it, too.", None)]


def test_pieces_of_an_item_without_a_text_are_its_line() -> None:
    pieces = [
        item("texts/1", "text", "Oil", "groups/1", formatting={"bold": True}),
        item("texts/2", "text", "the pump", "groups/1"),
    ]
    ((found,), n_warnings) = read(entry(0, "", children=["groups/1"]), *pieces)
    assert (found.kind, found.text, n_warnings) == (Kind.LIST_ITEM, "Oil the pump", 0)
    assert found.meta["spans"] == [{"start": 0, "end": 3, "kind": "strong"}]


def test_items_of_several_documents_are_refused() -> None:
    with pytest.raises(DocumentError, match="several items have one place, found '#/texts/0'") as e:
        read(item("texts/0", "text", "a"), item("texts/0", "text", "b"))
    assert e.value.rule == "duplicate_ids"


def test_items_below_themselves_are_refused() -> None:
    circle = [
        item("texts/0", "text", "a", "texts/1", children=["texts/1"]),
        item("texts/1", "text", "b", "texts/0", children=["texts/0"]),
    ]
    with pytest.raises(DocumentError, match="an item lies below itself"):
        read(*circle)


def test_too_many_items_are_refused() -> None:
    items = [item(f"texts/{n}", "text", "a") for n in range(3)]
    with pytest.raises(DocumentError, match="too many elements, found 3, allowed: 2"):
        read(*items, limits=Limits(max_elements=2))


def test_a_wrong_value_costs_itself_and_is_counted() -> None:
    elements, n_warnings = read(item("texts/0", "text", "a", level="high"), item("texts/1", "text"))
    assert [element.text for element in elements] == ["a"]
    assert n_warnings == 1


def test_an_odd_parent_is_none() -> None:
    odd = item("texts/0", "text", "a") | {"parent": "body"}
    assert outline(odd, item("texts/1", "text", "b") | {"parent": {"$ref": 7}}) == [
        ("a", None),
        ("b", None),
    ]


def test_many_lists_in_each_other_take_no_longer_each() -> None:
    inward = [entry(n, "a", f"groups/{n}") for n in range(3_000)]
    outward = [entry(6_000 - n, "b", f"groups/{n}") for n in reversed(range(3_000))]
    elements, _ = read(*inward, *outward)
    assert len(elements) == 6_000
