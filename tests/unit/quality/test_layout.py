from __future__ import annotations

import numpy as np
import pytest

from tests.unit.quality.spoil import MENU
from tests.unit.quality.tables import paragraphs, words
from tore_export.documents.schema import Kind
from tore_export.quality.layout import line_layout

Document = list[tuple[int, str]]
SENTENCE = "Open the valve and wait until the pump has stopped."


def layout(document: Document) -> dict[str, float]:
    return {name: float(values[0]) for name, values in line_layout(words(document)).items()}


def test_short_lines_have_thirty_bytes_or_fewer() -> None:
    lines = ["x" * 30, "x" * 31, "y", SENTENCE] * 2
    assert layout(paragraphs(*lines))["short_line_share"] == 0.5


@pytest.mark.parametrize(
    "end", [".", "!", "?", ":", ";", "…", "。", "？", "؟", ".”"[:1] + '"', "।"]
)
def test_lines_end_with_a_sentence_in_many_scripts(end: str) -> None:
    lines = [f"A line{end}"] * 4 + ["A line"] * 4
    assert layout(paragraphs(*lines))["line_punct_share"] == 0.5


def test_few_lines_say_nothing() -> None:
    assert all(np.isnan(value) for value in layout(paragraphs("Home", "About us")).values())


def test_a_menu_is_all_entries() -> None:
    assert layout(paragraphs(*MENU))["menu_share"] == 1


@pytest.mark.parametrize(
    "line",
    [
        SENTENCE,
        "Step 2",
        "Popen.stdout",
        "read-only",
        "wait()",
        "Done.",
        "one two three four five six",
        "---",
        "option: value",
        "foo bar-baz",
    ],
)
def test_what_is_no_entry_of_a_menu(line: str) -> None:
    assert layout(paragraphs(*[line] * 8))["menu_share"] == 0


@pytest.mark.parametrize(
    "line", ["Home", "About us", "Terms & conditions", "Gift cards", "Öffnungszeiten"]
)
def test_what_is_one(line: str) -> None:
    assert layout(paragraphs(*[line] * 8))["menu_share"] == 1


def test_share_of_a_menu_is_by_length_so_a_page_with_its_menu_stays() -> None:
    page = paragraphs(*["Home"] * 10, *[SENTENCE] * 10)
    assert layout(page)["menu_share"] == pytest.approx(40 / (40 + 10 * len(SENTENCE)))


def test_headings_and_labels_next_to_code_and_tables_are_no_menu() -> None:
    headings = [(Kind.TITLE, "Known problems")] * 10
    assert np.isnan(layout(headings)["menu_share"])
    labels = [(Kind.PARAGRAPH, "Output"), (Kind.CODE, "print(valve.open(wait=True))" * 5)] * 8
    assert layout(labels)["menu_share"] < 0.05
