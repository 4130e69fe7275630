"""Task `question`: what a document asks and answers itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.records.tasks.asking import asked, left_out, paragraph, rendered, title
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind


def pairs(elements: list[Element], **said: str) -> list[tuple[str, str]]:
    records = asked("question", rendered(elements, **said))
    return [(record["instruction"], record["output"]) for record in records]


def raw(text: str) -> list[Element]:
    return [Element(Kind.RAW, text)]


@pytest.mark.parametrize(
    "heading",
    [
        "What stops the pump?",
        "Was hält die Pumpe an?",
        "Qu’est-ce qui arrête la pompe ?",
        "¿Qué detiene la bomba?",
        "Что останавливает насос?",
        "ポンプは何で止まりますか。",
        "泵怎么停？",
        "كيف تتوقف المضخة؟",
        "Τι σταματά την αντλία;",
    ],
)
def test_a_heading_that_asks_is_answered_by_the_text_below_it(heading: str) -> None:
    elements = [title(heading), paragraph("A valve stops it."), paragraph("Slowly, though.")]
    assert pairs(elements) == [(heading, "A valve stops it.\n\nSlowly, though.")]


def test_numbers_of_headings_are_no_part_of_the_question() -> None:
    elements = [title("3.1 Who may open it?"), paragraph("Only the dealer.")]
    assert pairs(elements) == [("Who may open it?", "Only the dealer.")]


def test_a_heading_that_states_is_no_question() -> None:
    elements = [title("Valves; seals"), paragraph("They stop it.")]
    assert left_out("question", elements) == "question.no_question"


def test_a_paragraph_that_asks_is_answered_by_the_next_one_and_what_belongs_to_it() -> None:
    elements = [
        paragraph("How do I stop the pump?"),
        paragraph("Like this:"),
        Element(Kind.LIST_ITEM, "close the valve"),
        Element(Kind.LIST_ITEM, "wait a minute"),
        paragraph("This is about something else."),
    ]
    assert pairs(elements) == [
        ("How do I stop the pump?", "Like this:\n\n- close the valve\n- wait a minute")
    ]


def test_a_question_that_another_or_a_heading_follows_is_not_answered() -> None:
    elements = [
        paragraph("Is it loud?"),
        paragraph("Is it old?"),
        title("A heading"),
        paragraph("Very much so."),
    ]
    assert pairs(elements) == []


def test_an_answer_that_only_announces_is_left_out() -> None:
    elements = [title("How is it stopped?"), paragraph("There are three ways:")]
    assert left_out("question", elements) == "question.unfinished_answer 1"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Q:", "A:"),
        ("**Q1:**", "**A1:**"),
        ("Frage:", "Antwort:"),
        ("F:", "A:"),
        ("Question :", "Réponse :"),
        ("P:", "R:"),
        ("Domanda:", "Risposta:"),
        ("V:", "A:"),
        ("Вопрос:", "Ответ:"),
        ("问：", "答："),
        ("質問：", "回答："),
    ],
)
def test_labels_of_many_languages_are_known_in_paragraphs_and_in_text(
    question: str, answer: str
) -> None:
    lines = [
        f"{question} Does it run",
        f"{answer} Yes, it does.",
        f"{question} Is it loud",
        f"{answer} No, it never was.",
    ]
    expected = [("Does it run", "Yes, it does."), ("Is it loud", "No, it never was.")]
    assert pairs(raw("\n\n".join(lines))) == expected
    if "*" not in question:
        assert pairs([paragraph(line) for line in lines]) == expected
        assert pairs([paragraph("\n".join(lines[:2]))]) == expected[:1]


def test_letters_are_labels_only_in_the_pairs_of_a_language() -> None:
    assert pairs(raw("P: three of them\nA: four of them")) == []
    assert pairs(raw("A: four of them\nQ: three of them")) == []


def test_an_answer_reaches_to_the_next_label_or_heading_and_the_last_one_no_further_than_its_own() -> (
    None
):
    elements = [
        paragraph("Q: Is it loud?"),
        paragraph("A: At first it is."),
        paragraph("Later it is not."),
        paragraph("Q: Is it old?"),
        paragraph("A: It is, as you see here."),
        Element(Kind.CODE, "age = 90"),
        paragraph("This text is about something else."),
    ]
    assert pairs(elements) == [
        ("Is it loud?", "At first it is.\n\nLater it is not."),
        ("Is it old?", "It is, as you see here.\n\n```\nage = 90\n```"),
    ]
    elements.insert(3, title("Others"))
    assert pairs(elements)[0] == ("Is it loud?", "At first it is.\n\nLater it is not.")
    text = "Q: a b?\nA: c d\n\n# Other\n\nmore\n\nQ: e f?\nA: g h\n\nThe end."
    assert pairs(raw(text)) == [("a b?", "c d"), ("e f?", "g h")]


def test_a_line_below_a_question_that_underlines_it_is_no_part_of_it() -> None:
    text = "Q: Is it old?\n-------------\nA: Yes, it is."
    assert pairs(raw(text)) == [("Is it old?", "Yes, it is.")]


def test_what_looks_like_a_label_in_code_is_none() -> None:
    assert pairs([Element(Kind.CODE, "Q: a b\nA: c d")]) == []


def test_a_term_is_asked_for_and_defined_with_all_that_lies_in_its_definition() -> None:
    elements = [
        Element(Kind.TERM, "stop valve"),
        Element(Kind.DEFINITION, "Closes the pipe.", id="d"),
        Element(Kind.PARAGRAPH, "By hand.", parent="d"),
        Element(Kind.TERM, "What is a seal?"),
        Element(Kind.TERM, "gasket"),
        Element(Kind.DEFINITION, "Keeps it tight."),
        Element(Kind.TERM, "undefined"),
    ]
    first, second = pairs(elements)
    assert "“stop valve”" in first[0]
    assert first[1] == "Closes the pipe.\n\nBy hand."
    assert "What is a seal? / gasket" in second[0]
    assert second[1] == "Keeps it tight."
    assert pairs(
        [Element(Kind.TERM, "What is it?"), Element(Kind.DEFINITION, "It is a pump.")]
    ) == [("What is it?", "It is a pump.")]


def test_keys_are_asked_for_where_the_document_has_a_title() -> None:
    element = Element(
        Kind.KEY_VALUE, "Number: 12", meta={"pairs": [["Number:", "12"], ["Paid", ""], ["", "x"]]}
    )
    ((question, answer),) = pairs([element], name="Invoice")
    assert "“Invoice”" in question
    assert "“Number”" in question
    assert answer == "Number: 12"
    assert pairs([element]) == []


def test_a_record_leads_to_question_and_answer() -> None:
    elements = [paragraph("Intro text."), paragraph("Is it so?"), paragraph("So it is.")]
    (record,) = asked("question", elements)
    assert record["metadata"]["element_ids"] == ["e1", "e2"]
    assert record["metadata"]["pages"] == [2, 3]


LINES = st.sampled_from(["Q: a b?", "A: c d", "# Is it?", "text of it", "", "Why so?", "A:", "Q:"])


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, max_size=14), st.booleans())
def test_questions_and_answers_stand_in_the_text(lines: list[str], is_raw: bool) -> None:
    elements = raw("\n".join(lines)) if is_raw else [paragraph(line) for line in lines]
    text = rendered(elements)["text"][0].as_py()
    for question, answer in pairs(elements):
        assert answer in text
        assert question.split()[0] in text
