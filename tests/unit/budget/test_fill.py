"""What still fits after the least important elements went."""

from __future__ import annotations

from tests.unit.budget.material import COUNT, prose
from tests.unit.budget.test_engine import written
from tore_export.budget.engine import OptimizationEngine
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import Kind


def shortened(document, budget):
    return OptimizationEngine().optimize(document, budget)


def test_a_sentence_is_kept_whole_where_the_budget_is_used_well_with_it():
    text = prose(40)
    result = shortened([Element(Kind.PARAGRAPH, text)], 400)
    (element,) = result.elements
    assert element.text.endswith(".")
    assert text.startswith(element.text)
    assert result.n_tokens >= 380


def test_a_word_is_kept_whole_where_a_sentence_is_too_short():
    text = " ".join(["water"] * 500)
    (element,) = shortened([Element(Kind.PARAGRAPH, text)], 100).elements
    assert set(element.text.split()) == {"water"}
    assert len(element.text.split()) == 99


def test_a_word_that_is_all_there_is_is_cut():
    result = shortened([Element(Kind.PARAGRAPH, "ab" * 5_000)], 100)
    assert result.n_tokens == 100


def test_a_table_is_cut_at_a_row():
    rows = tuple((Cell(f"pump {n}"), Cell(str(n))) for n in range(200))
    (element,) = shortened([Element(Kind.TABLE, cells=rows)], 300).elements
    assert element.cells == rows[: len(element.cells)]
    assert 20 < len(element.cells) < 60


def test_code_is_cut_at_a_line_and_formulas_are_not_cut():
    code = "\n".join(f"pump_{n}.open(valve={n})" for n in range(100))
    (element,) = shortened([Element(Kind.CODE, code)], 300).elements
    assert code.startswith(element.text + "\n")
    latex = Element(Kind.FORMULA, meta={"latex": "+".join(f"x_{n}" for n in range(100))})
    assert shortened([latex], 100).elements == ()


def test_what_cannot_be_cut_leaves_its_room_to_others():
    latex = Element(Kind.FORMULA, meta={"latex": "+".join(f"x_{n}" for n in range(60))})
    document = [latex, Element(Kind.QUOTE, prose(9)), Element(Kind.FOOTNOTE, prose(9))]
    result = shortened(document, 150)
    assert {element.kind for element in result.elements} == {Kind.QUOTE, Kind.FOOTNOTE}
    assert result.n_tokens >= 0.95 * 150


def test_captions_come_back_with_their_table_only():
    rows = tuple((Cell(f"pump {n}"), Cell(str(n))) for n in range(50))
    document = [
        Element(Kind.TITLE, "Pumps"),
        Element(Kind.CAPTION, "All pumps of the house"),
        Element(Kind.TABLE, cells=rows),
    ]
    result = shortened(document, 100)
    assert [element.kind for element in result.elements] == [Kind.TITLE, Kind.CAPTION, Kind.TABLE]
    assert result.n_tokens >= 95
    assert shortened(document, 5).elements == ()


def test_a_heading_that_leaves_no_room_keeps_its_section_out():
    document = [Element(Kind.TITLE, prose(3)), Element(Kind.PARAGRAPH, prose(9))]
    assert shortened(document, 20).elements == ()


def test_what_nests_counts_where_it_stands():
    document = [
        Element(Kind.LIST_ITEM, f"item {n}", level=n, id=str(n), parent=str(n - 1) if n else None)
        for n in range(6)
    ]
    code = "\n".join(f"pump({n})" for n in range(200))
    document.append(Element(Kind.CODE, code, parent="5"))
    for budget in (60, 200, 600):
        result = shortened(document, budget)
        assert COUNT(written(result.elements)) == result.n_tokens <= budget
        assert result.n_tokens >= 0.9 * budget


def test_a_document_that_is_one_text_is_cut():
    text = "\n".join(f"Line {n} of the file." for n in range(400))
    (element,) = shortened([Element(Kind.RAW, text)], 100).elements
    assert text.startswith(element.text + "\n")
