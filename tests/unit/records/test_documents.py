"""Documents as tasks see them."""

from __future__ import annotations

import pytest

from tests.unit.records.tasks.asking import paragraph, rendered, title
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.records.documents import Documents
from tore_export.stages.stage import reject

PUMP = [title("The\npump ¶"), paragraph("It runs."), title("Seals", 2), paragraph("Tight.")]


def test_rejected_documents_are_not_seen_and_rows_are_those_of_the_table() -> None:
    table = reject(rendered(PUMP, PUMP, PUMP), [None, {"stage": "s", "rule": "r"}, None])
    documents = Documents(table)
    assert [document.row for document in documents] == [0, 2]
    assert [document.doc_id for document in documents] == ["doc-0", "doc-2"]
    assert [(document.first, document.last) for document in documents] == [(0, 4), (4, 8)]


@pytest.mark.parametrize(
    ("named", "elements", "said"),
    [
        ("Pumps", PUMP, "Pumps"),
        (None, PUMP, "The pump"),
        ("pump_manual.pdf", PUMP, "The pump"),
        (None, [title("NAME"), title("SEE ALSO")], ""),
        (None, [title("Chapter", 2), title("Book")], ""),
        (None, [paragraph("no heading")], ""),
        ("Version 2.0", [], "Version 2.0"),
    ],
)
def test_the_title_is_what_the_source_names_or_stands_above_all(
    named: str | None, elements: list[Element], said: str
) -> None:
    (document,) = Documents(rendered(elements, name=named))
    assert document.title == said


def test_a_range_of_elements_is_the_text_between_those_that_are_shown() -> None:
    elements = [*PUMP[:2], Element(Kind.FOOTER, "page 7"), *PUMP[2:]]
    (document,) = Documents(rendered(elements))
    assert document.rendered(1, 4) == "It runs.\n\n## Seals"
    assert document.rendered(2, 3) == ""
    assert document.places(0, 5) == [0, 1, 3, 4]
    structure = document.structure(1, 5)
    assert structure.text == "It runs.\n\n## Seals\n\nTight."
    assert structure.starts.tolist() == [0, 10, 20]
