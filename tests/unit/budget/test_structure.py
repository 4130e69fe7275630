"""What goes with what in a document."""

from __future__ import annotations

from tests.unit.budget.material import columns_of
from tore_export.budget.structure import Structure, structure_of
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import Kind
from tore_export.formatters.markdown import Markdown


def structure(*elements: Element) -> Structure:
    columns = columns_of(elements)
    return structure_of(columns, bytearray(map(bool, Markdown().render(columns))))


def settled(found: Structure, *kept: int) -> list[int]:
    return list(found.settle(bytearray(kept)))


def title(text: str, level: int = 1, **more) -> Element:
    return Element(Kind.TITLE, text, level=level, **more)


def paragraph(text: str = "a", **more) -> Element:
    return Element(Kind.PARAGRAPH, text, **more)


def item(text: str = "a", level: int | None = 0, **more) -> Element:
    return Element(Kind.LIST_ITEM, text, level=level, **more)


def test_elements_stand_under_the_headings_above_them():
    found = structure(
        paragraph(), title("A"), title("B", 2), paragraph(), title("C", 2), title("D")
    )
    assert found.parent == [-1, -1, 1, 2, 1, -1]
    assert found.leads == [False, True, True, False, False, False]


def test_a_heading_goes_with_the_last_of_its_section_and_stays_for_the_least():
    found = structure(title("A"), title("B", 2), paragraph(), title("C", 2), paragraph())
    assert settled(found, 1, 1, 0, 1, 1) == [1, 0, 0, 1, 1]
    assert settled(found, 0, 0, 1, 0, 0) == [1, 1, 1, 0, 0]
    assert settled(found, 1, 1, 0, 1, 0) == [0, 0, 0, 0, 0]


def test_a_heading_without_a_section_stands_for_itself():
    found = structure(title("A"), title("B"))
    assert settled(found, 1, 1) == [1, 1]
    assert settled(found, 0, 1) == [0, 1]


def test_what_is_not_seen_keeps_no_heading():
    found = structure(title("A"), paragraph(), Element(Kind.PAGE_NUMBER, "7"))
    assert settled(found, 1, 0, 1) == [0, 0, 0]


def test_items_lie_in_the_item_above_them_that_is_less_deep():
    found = structure(item(level=0), item(level=1), item(level=2), item(level=1), item(level=0))
    assert found.holder == [-1, 0, 1, 0, -1]
    assert settled(found, 0, 0, 1, 0, 0) == [1, 1, 1, 0, 0]


def test_blocks_lie_in_the_container_they_name():
    found = structure(
        item(id="i"), paragraph(parent="i"), item(level=None, parent="i"), paragraph(), paragraph()
    )
    assert found.holder == [-1, 0, 0, -1, -1]


def test_a_container_that_closed_holds_nothing_any_more():
    found = structure(item(id="i"), paragraph(), item(id="j"), paragraph(parent="i"))
    assert found.holder == [-1, -1, -1, -1]


def test_a_container_without_text_goes_when_it_is_empty():
    found = structure(Element(Kind.QUOTE, "", id="q"), paragraph(parent="q"), paragraph())
    assert settled(found, 1, 0, 1) == [0, 0, 1]
    assert settled(found, 0, 1, 1) == [1, 1, 1]


def test_a_heading_in_a_container_leads_what_lies_there():
    found = structure(
        Element(Kind.QUOTE, "", id="q"), title("A", parent="q"), paragraph(parent="q"), paragraph()
    )
    assert found.parent == [-1, 0, 1, -1]


def test_captions_go_with_the_table_they_name_else_with_the_one_beside_them():
    table = Element(Kind.TABLE, cells=((Cell("a"),),), id="t")
    caption = Element(Kind.CAPTION, "c")
    named = Element(Kind.CAPTION, "c", parent="t")
    assert structure(table, caption).bound == [-1, 0]
    assert structure(caption, table).bound == [1, -1]
    assert structure(table, paragraph(), named).bound == [-1, -1, 0]
    assert structure(caption, paragraph()).bound == [-1, -1]
    assert settled(structure(table, caption), 0, 1) == [0, 0]


def test_a_caption_of_what_is_not_seen_stands_for_itself():
    assert structure(Element(Kind.TABLE), Element(Kind.CAPTION, "c")).bound == [-1, -1]


def test_what_a_table_in_a_container_holds_lies_there_too():
    table = Element(Kind.TABLE, cells=((Cell("a"),),), id="t", parent="i")
    found = structure(item(id="i"), table, Element(Kind.CAPTION, "c", parent="t"))
    assert found.holder == [-1, 0, 0]


def test_terms_lead_their_definitions():
    found = structure(
        Element(Kind.TERM, "a"),
        Element(Kind.TERM, "b"),
        Element(Kind.DEFINITION, "c"),
        Element(Kind.DEFINITION, "d"),
        paragraph(),
        Element(Kind.TERM, "e"),
    )
    assert found.parent == [-1, 0, 1, 1, -1, -1]
    assert settled(found, 0, 0, 0, 1, 1, 1) == [1, 1, 0, 1, 1, 1]
    assert settled(found, 1, 1, 0, 0, 1, 1) == [0, 0, 0, 0, 1, 1]
