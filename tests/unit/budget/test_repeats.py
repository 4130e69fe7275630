"""What belongs to the page, and what is said twice."""

from __future__ import annotations

from tests.unit.budget.material import prose
from tests.unit.budget.test_tables import draft
from tore_export.budget.engine import OptimizationEngine
from tore_export.budget.repeats import furniture, repeats
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import FURNITURE, Kind

SAID = "The pump moves water from the tank to the river."


def places(changes) -> list[int]:
    return [change.place for change in changes]


def test_furniture_is_what_is_written_of_the_page():
    document = [Element(kind, "a line of the page") for kind in [*FURNITURE, Kind.PARAGRAPH]]
    assert len(furniture(draft(*document, include_furniture=True))) == len(FURNITURE)
    assert furniture(draft(*document)) == []


def test_the_second_of_two_that_say_the_same_is_a_repeat():
    found = draft(
        Element(Kind.PARAGRAPH, SAID),
        Element(Kind.LIST_ITEM, SAID),
        Element(Kind.PARAGRAPH, SAID.replace(" ", "\n")),
        Element(Kind.PARAGRAPH, SAID.upper()),
        Element(Kind.LIST_ITEM, SAID),
    )
    assert places(repeats(found)) == [2, 4]


def test_headings_short_lines_and_what_holds_others_may_repeat():
    found = draft(
        *[Element(Kind.TITLE, SAID), Element(Kind.PARAGRAPH, "yes")] * 2,
        Element(Kind.LIST_ITEM, SAID),
        Element(Kind.LIST_ITEM, SAID, id="i"),
        Element(Kind.PARAGRAPH, "inside", parent="i"),
    )
    assert repeats(found) == []


def test_tables_repeat_by_their_cells_and_formulas_by_their_source():
    def table(last):
        return Element(Kind.TABLE, cells=((Cell("a"), Cell("b")), (Cell("c"), Cell(last))))

    latex = {"latex": r"\frac{a}{b} + \sqrt{c} = d"}
    found = draft(
        table("d"),
        table("e"),
        table("d"),
        Element(Kind.FORMULA, meta=latex),
        Element(Kind.FORMULA, meta=latex | {"latex": r"\frac{a}{b} + \sqrt{c} = e"}),
        Element(Kind.FORMULA, meta=latex),
    )
    assert places(repeats(found)) == [2, 5]


def test_no_more_repeats_go_than_needed_and_the_last_ones_first():
    document = [Element(Kind.PARAGRAPH, SAID, id=str(n)) for n in range(5)]
    engine = OptimizationEngine()
    full = engine.optimize(document, 1000).n_tokens
    result = engine.optimize(document, full - 12)
    assert [step.name for step in result.steps] == ["repeats"]
    assert [element.id for element in result.elements] == ["0", "1", "2"]


def test_a_step_is_only_taken_where_those_before_it_are_not_enough():
    document = [
        Element(Kind.PAGE_NUMBER, "page 7 of 7 of this document"),
        Element(Kind.PARAGRAPH, SAID),
        Element(Kind.PARAGRAPH, SAID),
        Element(Kind.PARAGRAPH, prose(9)),
    ]
    engine = OptimizationEngine({"markdown": {"include_furniture": True}})
    full = engine.optimize(document, 1000).n_tokens
    names = [
        [step.name for step in engine.optimize(document, full - less).steps] for less in (1, 12, 60)
    ]
    assert names == [
        ["furniture"],
        ["furniture", "repeats"],
        ["furniture", "repeats", "importance"],
    ]
