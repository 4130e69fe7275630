"""How much each element matters to its document."""

from __future__ import annotations

from tests.unit.budget.material import columns_of, prose
from tore_export.budget.importance import KINDS, importance_of
from tore_export.budget.structure import structure_of
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import Kind

TEXT = "The pump moves water from the tank to the river."


def importance(*elements: Element) -> list[float]:
    columns = columns_of(elements)
    everything = bytearray(b"\x01") * len(elements)
    return importance_of(columns, structure_of(columns, everything), everything)


def test_every_kind_has_its_factor():
    assert set(KINDS) == set(Kind)


def test_running_text_matters_more_than_what_belongs_to_the_page():
    filler = Element(Kind.PARAGRAPH, prose(2))
    found = importance(
        filler, *[Element(kind, TEXT) for kind in (Kind.FOOTER, Kind.FOOTNOTE, Kind.PARAGRAPH)]
    )
    assert found[1] < found[2] < found[3]


def test_what_comes_first_matters_more():
    first, second, third = importance(*[Element(Kind.PARAGRAPH, TEXT)] * 3)
    assert first > second > third


def test_the_first_element_under_a_heading_matters_more():
    found = importance(
        Element(Kind.PARAGRAPH, TEXT),
        Element(Kind.PARAGRAPH, TEXT),
        Element(Kind.TITLE, "Pumps"),
        Element(Kind.PARAGRAPH, TEXT),
    )
    assert found[3] > found[1]


def test_what_stands_under_deeper_headings_matters_less():
    shallow = importance(Element(Kind.TITLE, "A", level=1), Element(Kind.PARAGRAPH, TEXT))
    deep = importance(Element(Kind.TITLE, "A", level=4), Element(Kind.PARAGRAPH, TEXT))
    assert deep[1] < shallow[1]


def test_words_the_document_is_about_weigh_more_than_words_that_are_everywhere_or_once():
    about = ["the valve of the boiler"] * 4
    everywhere = ["the thing of the lot"] * 8
    found = importance(*[Element(Kind.PARAGRAPH, text) for text in about + everywhere])
    alike = importance(*[Element(Kind.PARAGRAPH, "aa bb cc dd ee")] * 12)
    relative = [a / b for a, b in zip(found, alike, strict=True)]
    assert min(relative[:4]) > max(relative[4:])


def test_a_word_alone_matters_less_than_a_sentence():
    found = importance(*[Element(Kind.PARAGRAPH, prose(1))] * 2, Element(Kind.PARAGRAPH, "pump"))
    assert found[2] < found[1]


def test_what_holds_or_leads_others_has_at_least_their_importance():
    found = importance(
        Element(Kind.TITLE, "A"),
        Element(Kind.LIST_ITEM, "x", id="i"),
        Element(Kind.PARAGRAPH, prose(3), parent="i"),
    )
    assert found[0] == found[1] == found[2]


def test_tables_and_images_speak_with_their_cells_and_descriptions():
    words = TEXT.split()
    found = importance(
        Element(Kind.TABLE, cells=(tuple(Cell(word) for word in words),)),
        Element(Kind.TABLE, "", cells=((Cell("x"),),)),
        Element(Kind.IMAGE, "", meta={"alt": TEXT}),
        Element(Kind.IMAGE, "", meta={"url": "https://example.org"}),
    )
    assert found[0] > found[1]
    assert found[2] > found[3]


def test_scripts_without_spaces_have_words_too():
    found = importance(
        *[Element(Kind.PARAGRAPH, text) for text in ("ポンプは水を動かす", "の", "弁")]
    )
    assert found[0] > found[2]


def test_nothing_is_well():
    assert importance() == []
    # of a formula: its kind, no words, a length that is not known, first under no heading
    assert importance(Element(Kind.FORMULA)) == [round(0.9 * 0.75 * 0.5 * 1.25, 6)]
