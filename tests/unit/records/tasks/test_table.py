"""Task `table`: what a table says, looked up in it."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.records.tasks.asking import asked, left_out, paragraph, rendered
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import Kind


def table_of(*rows: list[str], marked: bool = True) -> Element:
    cells = tuple(
        tuple(Cell(text, header=marked and at == 0) for text in row) for at, row in enumerate(rows)
    )
    return Element(Kind.TABLE, "", cells=cells)


RIVERS = [
    ["River", "Length in km", "Mouth"],
    ["Rhine", "1,233", "North Sea"],
    ["Danube", "2,857", "Black Sea"],
    ["Elbe", "1,094", "North Sea"],
]


def records(*elements: Element, language: str | None = "en") -> list[tuple[str, str, str]]:
    found = asked("table", rendered(list(elements), language=language))
    return [(record["instruction"], record["input"], record["output"]) for record in found]


def test_the_table_is_the_input_as_it_is_rendered() -> None:
    found = records(paragraph("Rivers:"), table_of(*RIVERS), paragraph("That is all."))
    for _, about, _ in found:
        assert about.startswith("| River | Length in km | Mouth |")
        assert about.endswith("| Elbe | 1,094 | North Sea |")


def test_what_stands_in_a_row_below_a_name_is_asked_for_and_answered_as_it_stands() -> None:
    instruction, _, output = records(table_of(*RIVERS))[0]
    rows = {row[0]: dict(zip(RIVERS[0], row, strict=True)) for row in RIVERS[1:]}
    (row,) = [row for row in rows if row in instruction]
    (column,) = [name for name in RIVERS[0] if name in instruction]
    assert rows[row][column] in output
    assert row in output
    assert column in output
    assert rows[row][column] not in instruction


def test_which_row_has_a_value_is_asked_only_where_one_row_has_it() -> None:
    found = asked("table", rendered(*[[table_of(*RIVERS)]] * 8))
    for record in found[1::4]:
        assert "North Sea" not in record["instruction"]
        (row,) = [row for row in RIVERS[1:] if row[0] in record["output"]]
        assert row[0] not in record["instruction"]


def test_rows_are_counted_without_the_head() -> None:
    found = records(table_of(*RIVERS))
    (answer,) = [o for i, _, o in found if i.startswith(("Count the rows", "How many rows"))]
    assert re.findall(r"\d+", answer) == ["3"]


def forms(n: int = 12) -> dict[str, tuple[list[list[str]], str]]:
    """Return a table in each of the other forms, by what it begins with."""
    rows = [*RIVERS, ["Oder", 'a, "b"', ""]]
    documents = rendered(*[[table_of(*rows)]] * n)
    found = asked("table", documents)
    last = {record["doc_id"]: record["output"] for record in found}
    return {output[0]: (rows, output) for output in last.values()}


def test_the_table_in_other_forms_says_the_same() -> None:
    found = forms()
    assert set(found) == {"[", "-", "R"}
    rows, as_csv = found["R"]
    assert list(csv.reader(io.StringIO(as_csv))) == rows
    rows, as_json = found["["]
    assert [list(row.values()) for row in json.loads(as_json)] == rows[1:]
    assert list(json.loads(as_json)[0]) == rows[0]
    rows, as_list = found["-"]
    assert as_list.split("\n")[0] == "- River: Rhine; Length in km: 1,233; Mouth: North Sea"
    assert len(as_list.split("\n")) == len(rows) - 1


def test_merged_cells_count_in_each_place_they_take() -> None:
    cells = (
        (Cell("Sea", header=True), Cell("River", header=True), Cell("km", header=True)),
        (Cell("North Sea", row_span=2), Cell("Rhine"), Cell("1,233")),
        (Cell("Elbe"), Cell("1,094")),
        (Cell("Black Sea"), Cell("Danube"), Cell("2,857")),
    )
    found = records(Element(Kind.TABLE, "", cells=cells))
    # seas repeat too often to name rows: rivers do
    instruction, _, answer = found[0]
    (row,) = [name for name in ("Rhine", "Elbe", "Danube") if name in instruction]
    assert ("North Sea" in answer) == (row != "Danube" and "“Sea”" in instruction)
    assert len(found) == 4


@pytest.mark.parametrize(
    "element",
    [
        table_of(["0x0", "No check."], ["0x1", "Check it."], ["0x2", "Warn."], marked=False),
        table_of(["River", "Length"], ["Rhine", "1,233"]),
        table_of(["River"], ["Rhine"], ["Elbe"]),
        table_of(["River", ""], ["Rhine", "1"], ["Elbe", "2"]),
        Element(Kind.TABLE, "a table without cells"),
    ],
)
def test_a_table_without_a_head_or_with_too_little_in_it_is_not_asked_about(
    element: Element,
) -> None:
    assert records(element) == []
    why = left_out("table", [paragraph("Before."), element])
    assert why in ("table.no_head_or_rows 1", "table.no_table")


def test_an_unmarked_first_row_is_a_head_above_numbers() -> None:
    assert records(table_of(*RIVERS, marked=False))


def test_a_caption_goes_with_its_table_and_a_record_leads_to_both() -> None:
    table = table_of(*RIVERS)
    elements = [
        paragraph("Text."),
        Element(Kind.CAPTION, "Table 1: Rivers"),
        table,
        Element(Kind.CAPTION, "Figure 2: something else"),
    ]
    for record in asked("table", elements):
        assert "Table 1: Rivers" in record["input"]
        assert "Figure 2" not in record["input"]
        assert record["metadata"]["element_ids"] == ["e1", "e2"]
    below = [
        Element(Kind.TABLE, "", cells=table.cells, id="t"),
        Element(Kind.CAPTION, "Table 1: Rivers", parent="t"),
    ]
    assert all("Table 1" in record["input"] for record in asked("table", below))


@pytest.mark.parametrize("language", ["de", "fr", "es", "it", "pt", "nl", "zh", "ja", "ru"])
def test_questions_and_answers_are_in_the_language_of_the_document(language: str) -> None:
    english = {instruction for instruction, _, _ in records(table_of(*RIVERS))}
    found = records(table_of(*RIVERS), language=language)
    assert len(found) == 4
    assert not english & {instruction for instruction, _, _ in found}


def test_a_column_that_shares_its_name_is_not_looked_up() -> None:
    rows = [["Name", "km", "km"], ["Rhine", "1", "2"], ["Elbe", "3", "4"], ["Oder", "5", "6"]]
    assert not [i for i, _, _ in records(table_of(*rows)) if "km" in i]


def test_larger_tables_are_looked_up_more_often_but_never_without_end() -> None:
    def look_ups(n_rows: int) -> int:
        rows = [["Key", "Value"], *[[f"key {i}", f"value {i}"] for i in range(n_rows)]]
        return len(records(table_of(*rows))) - 3

    assert [look_ups(n) for n in (3, 15, 25, 500)] == [1, 2, 3, 3]


TEXTS = st.text('ab1 |"-,\n', max_size=4)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(TEXTS, min_size=1, max_size=4), min_size=1, max_size=5), st.booleans())
def test_any_table_is_asked_about_without_an_error(rows: list[list[str]], marked: bool) -> None:
    for instruction, about, output in records(table_of(*rows, marked=marked)):
        assert instruction
        assert about
        assert len(output.split()) > 1


def test_lists_have_the_colon_of_their_language() -> None:
    def lists(language: str) -> set[str]:
        documents = rendered(*[[table_of(*RIVERS)]] * 12, language=language)
        found = [record["output"] for record in asked("table", documents)]
        return {output.split("\n")[0] for output in found if output.startswith("- ")}

    assert lists("en") == {"- River: Rhine; Length in km: 1,233; Mouth: North Sea"}
    assert lists("fr") == {"- River : Rhine; Length in km : 1,233; Mouth : North Sea"}
    assert lists("zh") == {"- River：Rhine；Length in km：1,233；Mouth：North Sea"}


def test_in_json_a_name_that_comes_twice_and_one_that_is_missing_are_told_apart() -> None:
    rows = [["Name", "km", "km", ""], ["Rhine", "1", "2", "x"], ["Elbe", "3", "4", "y"]]
    documents = rendered(*[[table_of(*rows)]] * 12)
    (keys,) = {
        tuple(json.loads(record["output"])[0])
        for record in asked("table", documents)
        if record["output"].startswith("[")
    }
    assert keys == ("Name", "km", "km (3)", "4")
