"""Task `section`: the path of headings, and the text below the last of them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.records.tasks.asking import answers, asked, left_out, paragraph, rendered, title
from tore_export.chunks.options import ChunkOptions
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.records.rules import Bounds
from tore_export.tokens.manager import TokenizerManager

MANUAL = [
    title("Pump manual"),
    paragraph("This manual is for those who service the pump."),
    title("Maintenance", 2),
    title("Seals", 3),
    paragraph("Replace both seals once a year."),
    Element(Kind.LIST_ITEM, "the upper one"),
    title("Disposal", 2),
    paragraph("Bring it back to the dealer."),
]


def test_a_section_is_asked_for_by_its_path_below_the_title() -> None:
    prompts = [record["instruction"] for record in asked("section", MANUAL)]
    assert "“Pump manual”" in prompts[0]
    assert "›" not in prompts[0]
    assert "“Maintenance › Seals”" in prompts[1]
    assert "“Pump manual”" in prompts[1]
    assert "“Disposal”" in prompts[2]
    assert "“Pump manual”" in prompts[2]


def test_the_answer_is_its_own_text_up_to_the_next_heading_as_it_is_rendered() -> None:
    assert answers("section", MANUAL) == [
        "This manual is for those who service the pump.",
        "Replace both seals once a year.\n\n- the upper one",
        "Bring it back to the dealer.",
    ]


def test_a_section_of_only_sub_headings_makes_no_record_and_a_text_without_headings_none() -> None:
    assert left_out("section", [title("Only"), title("headings", 2)]) == "section.no_section"
    assert left_out("section", [paragraph("No heading at all.")]) == "section.no_section"


def test_a_record_leads_back_to_its_heading_and_the_elements_below() -> None:
    seals = asked("section", MANUAL)[1]["metadata"]
    assert seals["element_ids"] == ["e3", "e4", "e5"]
    assert seals["pages"] == [4, 5, 6]
    assert (seals["task"], seals["record"], seals["chunk"]) == ("section", 2, None)


def test_the_first_heading_is_no_title_where_others_are_as_high() -> None:
    flat = [title("NAME"), paragraph("cat, a tool"), title("SEE ALSO"), paragraph("tac and nl")]
    assert not any("NAME" in r["instruction"] for r in asked("section", flat)[1:])


def test_the_title_that_the_source_names_comes_first() -> None:
    table = rendered(MANUAL, name="Pumps, 3rd edition ¶")
    assert all(
        "“Pumps, 3rd edition”" in record["instruction"] for record in asked("section", table)
    )


def test_a_heading_in_a_quotation_begins_no_section() -> None:
    quoted = [
        title("Letters"),
        Element(Kind.QUOTE, "", id="q"),
        Element(Kind.TITLE, "Dear all", level=2, parent="q"),
        Element(Kind.PARAGRAPH, "thank you.", parent="q"),
    ]
    assert len(asked("section", quoted)) == 1


def test_headings_of_markdown_divide_a_text_that_came_without_structure() -> None:
    below = "Replace both.\n\n```\n# no heading\n```"
    text = f"# Pumps\n\nAll about them.\n\n## Seals ##\n\n{below}\n\n## Empty\n"
    records = asked("section", [Element(Kind.RAW, text)])
    assert [record["output"] for record in records] == [
        "All about them.",
        below,
    ]
    assert "“Pumps › Seals”" in records[1]["instruction"]


def test_a_long_section_is_divided_into_parts_that_prompts_name() -> None:
    long = [title("Log"), *[paragraph(f"Entry {i}: the pump ran well all day.") for i in range(40)]]
    records = asked("section", long, bounds=Bounds(max_answer_tokens=100))
    count = TokenizerManager().get("gpt-3.5-turbo").count
    assert len(records) > 3
    assert all(count(record["output"]) <= 100 for record in records)
    for number, record in enumerate(records, 1):
        assert record["instruction"].endswith(f"part {number} of {len(records)}.")
        chunk = record["metadata"]["chunk"]
        assert (chunk["number"], chunk["of"]) == (number, len(records))
        assert record["metadata"]["element_ids"][0] == "e0"
    ids = [one for r in records for one in r["metadata"]["element_ids"][1:]]
    assert ids == [f"e{i}" for i in range(1, 41)]
    assert "\n\n".join(record["output"] for record in records) == "\n\n".join(
        element.text for element in long[1:]
    )


def test_a_long_section_without_structure_is_divided_too() -> None:
    text = "# Log\n\n" + "\n\n".join(f"Entry {i}: the pump ran well." for i in range(50))
    (table, bounds) = (rendered([Element(Kind.RAW, text)]), Bounds(max_answer_tokens=60))
    records = asked("section", table, bounds=bounds)
    assert len(records) > 3
    for record in records:
        chunk = record["metadata"]["chunk"]
        assert text[chunk["start"] : chunk["end"]].strip() == record["output"]


def test_where_a_prompt_leaves_no_room_the_section_is_left_out() -> None:
    long = [title("A heading of very many words " * 9), paragraph("It runs. " * 200)]
    assert left_out("section", long, chunking=ChunkOptions(100)) == "section.no_room 1"


WORDS = st.text("ab ", max_size=12)
ELEMENTS = st.lists(
    st.builds(Element, st.just(Kind.TITLE), WORDS, level=st.integers(1, 4))
    | st.builds(Element, st.sampled_from([Kind.PARAGRAPH, Kind.CODE, Kind.LIST_ITEM]), WORDS),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(ELEMENTS)
def test_no_element_is_in_two_answers(elements: list[Element]) -> None:
    below = [r["metadata"]["element_ids"][1:] for r in asked("section", elements)]
    ids = [one for own in below for one in own]
    assert len(ids) == len(set(ids))
