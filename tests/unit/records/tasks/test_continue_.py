"""Task `continue`: a text cut where a paragraph or a sentence ends."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.records.tasks.asking import asked, left_out, paragraph, rendered, title
from tore_export.chunks.options import ChunkOptions
from tore_export.chunks.structure import Structure
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import Kind
from tore_export.records.tasks.continue_ import PlacesToCut

STORY = [
    title("The pump"),
    paragraph("It was loud. It was also old. Nobody knew why it ran."),
    paragraph("One day it stopped."),
    title("The end", 2),
    paragraph("They bought another one. That one was quiet."),
]


def test_beginning_and_rest_are_the_text_as_it_is_rendered() -> None:
    (record,) = asked("continue", STORY)
    text = rendered(STORY)["text"][0].as_py()
    assert text.startswith(record["input"])
    assert text.endswith(record["output"])
    between = text[len(record["input"]) : -len(record["output"])]
    assert between.isspace()
    assert record["instruction"].endswith((".", "?"))


def test_a_beginning_never_ends_with_a_heading_or_within_a_sentence() -> None:
    for number in range(40):
        (record,) = asked("continue", [*STORY, paragraph(f"This is number {number}.")])
        assert record["input"].endswith(".")


def test_tables_and_code_are_never_torn() -> None:
    rows = tuple((Cell(f"row {i}. One."), Cell("b. c")) for i in range(30))
    code = "\n".join(f"call({i})  # stop. go on." for i in range(30))
    for block in (
        Element(Kind.TABLE, "", cells=rows),
        Element(Kind.CODE, code),
    ):
        elements = [paragraph("Before it."), block, paragraph("After it.")]
        (record,) = asked("continue", elements)
        assert "row 0" in record["input"] or record["input"] == "Before it."
        torn = ("row 0" in record["input"]) != ("row 29" in record["input"])
        assert not torn
        assert record["input"].count("```") % 2 == 0


def test_text_without_structure_is_cut_as_carefully() -> None:
    fence = "```\n" + "a = 1. b = 2.\n\n" * 40 + "```"
    text = f"# One\n\nThe first line\ngoes on. Here too.\n\n{fence}\n\n# Two\n\nThe last one."
    (record,) = asked("continue", [Element(Kind.RAW, text)])
    assert record["input"].count("```") % 2 == 0
    assert not record["input"].endswith(("# One", "# Two", "first line"))


def test_items_of_a_list_stay_whole_and_a_mere_list_is_cut_between_items() -> None:
    items = [Element(Kind.LIST_ITEM, f"Item {i}. It has two sentences.") for i in range(9)]
    (record,) = asked("continue", items)
    assert record["output"].startswith("- Item")


def test_a_single_sentence_cannot_be_continued() -> None:
    assert left_out("continue", [paragraph("One sentence alone.")]) == "continue.no_place_to_cut"


def test_where_it_is_cut_depends_on_the_text_alone() -> None:
    first = asked("continue", rendered(STORY))
    second = asked("continue", rendered([paragraph("Another one. And more of it.")], STORY))[1:]
    assert [r["input"] for r in first] == [r["input"] for r in second]
    texts = [[*STORY, paragraph(f"Number {i}.")] for i in range(30)]
    assert len({len(asked("continue", text)[0]["input"]) for text in texts}) > 2


def test_a_long_document_is_divided_and_each_part_continued_within_the_bound() -> None:
    long = [paragraph(f"Day {i}. The pump ran well. Nothing broke.") for i in range(80)]
    records = asked("continue", long, chunking=ChunkOptions(128))
    assert len(records) > 5
    assert all(record["n_tokens"] <= 128 for record in records)
    numbers = [record["metadata"]["chunk"]["number"] for record in records]
    assert numbers == list(range(1, len(records) + 1))
    ids = [set(record["metadata"]["element_ids"]) for record in records]
    assert set().union(*ids) == {f"e{i}" for i in range(80)}


def test_the_instruction_is_in_the_language_of_the_document() -> None:
    german = [paragraph("Die Pumpe ist laut und sie ist alt."), paragraph("Das ist nicht gut.")]
    said = {
        language: asked("continue", rendered(german, language=language))[0]["instruction"]
        for language in ("de-AT", "fra", None, "tlh")
    }
    assert "Text" in said["de-AT"]
    assert "texte" in said["fra"]
    assert "Text" in said[None]
    assert "text" in said["tlh"]
    assert said["tlh"] != said["de-AT"]


@settings(max_examples=60, deadline=None)
@given(st.text("ab. \n#`-|", max_size=80), st.integers(0, 40))
def test_a_place_lies_inside_and_leaves_something_on_both_sides(text: str, start: int) -> None:
    place = PlacesToCut(Structure.of(text)).of(start, len(text))
    if place is not None:
        assert start < place < len(text)
        assert text[start:place].strip()
        assert text[place:].strip()
        assert not (text[place - 1].isalnum() and text[place].isalnum())


@pytest.mark.parametrize("unit", ["A. ", "a" * 40, "x\n\n", "# h. ", "`", ".. "])
def test_time_is_linear_in_one_long_text(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        structure = Structure.of(text)
        began = time.process_time()
        places = PlacesToCut(structure)
        for start in range(0, len(text), 2_000):
            places.of(start, min(len(text), start + 2_000))
        return time.process_time() - began

    seconds(20_000)
    small, large = min(seconds(40_000) for _ in range(3)), min(seconds(320_000) for _ in range(2))
    assert large < 8 * 3 * max(small, 0.005)


def test_where_an_instruction_leaves_no_room_the_document_is_left_out() -> None:
    text = [paragraph("It was loud. It was old. " * 20)]
    assert left_out("continue", text, chunking=ChunkOptions(50)) == "continue.no_room 1"


def test_a_part_that_cannot_be_cut_is_left_out_and_counted() -> None:
    code = Element(Kind.CODE, "\n".join(f"call({i})" for i in range(90)))
    assert left_out("continue", [code], chunking=ChunkOptions(150)).startswith(
        "continue.no_place_to_cut "
    )
