"""Task `dialogue`: documents that are dialogues, as they are."""

from __future__ import annotations

from tests.unit.records.tasks.asking import left_out, paragraph, rendered
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.stages.to_records import ToRecords

SAID = [
    Element(Kind.MESSAGE, "Be short.", meta={"role": "system"}),
    Element(Kind.MESSAGE, "  Is it on?\n", meta={"role": "user"}),
    Element(Kind.MESSAGE, "42", meta={"role": "assistant"}),
]
TEXT = [paragraph("This is no dialogue. It is a text.")]


def test_a_dialogue_is_handed_on_to_the_last_byte_though_its_answer_is_a_word() -> None:
    (record,) = ToRecords(("dialogue",), "messages")(rendered(SAID))["records"][0].as_py()
    assert record["messages"] == [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "  Is it on?\n"},
        {"role": "assistant", "content": "42"},
    ]
    assert record["metadata"]["element_ids"] == ["e0", "e1", "e2"]


def test_an_instruction_stays_apart_from_what_it_is_about() -> None:
    asked = Element(
        Kind.MESSAGE, "Do it.\n\nAn input.", meta={"role": "user", "instruction_end": 6}
    )
    (record,) = ToRecords(("dialogue",), "alpaca")(rendered([asked, SAID[2]]))["records"][0].as_py()
    assert (record["instruction"], record["input"]) == ("Do it.", "An input.")


def test_each_task_takes_what_it_is_for_and_says_so_of_the_rest() -> None:
    made = ToRecords(("dialogue", "continue"), "messages")(rendered(SAID, TEXT))
    tasks = [[r["metadata"]["task"] for r in rs] for rs in made["records"].to_pylist()]
    assert tasks == [["dialogue"], ["continue"]]
    assert made["left_out"].to_pylist() == [[{"rule": "continue.is_dialogue", "n": 1}], None]
    assert left_out("dialogue", TEXT) == "dialogue.no_dialogue"
    for task in ("text", "continue", "section", "question", "table"):
        assert left_out(task, SAID) == f"{task}.is_dialogue 1"


def test_a_dialogue_that_a_shape_cannot_hold_is_left_out_by_the_shapes_rule() -> None:
    assert left_out("dialogue", SAID).startswith("dialogue.")
    assert left_out("dialogue", [SAID[0], SAID[2]]).startswith("dialogue.")
