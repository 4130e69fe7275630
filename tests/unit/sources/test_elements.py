from __future__ import annotations

from typing import Any

import pytest

from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import Kind
from tore_export.errors import DocumentError
from tore_export.sources.elements import append_elements, elements_from_dicts
from tore_export.sources.unit import Limits


def one(**fields: Any) -> tuple[Element, int]:
    """Return the one element these fields make, and the number of warnings."""
    (element,), n_warnings = elements_from_dicts([{"type": "Text", "text": "t", **fields}])
    return element, n_warnings


@pytest.mark.parametrize(
    "spelled",
    [
        {
            "element_id": "e",
            "type": "Title",
            "text": "t",
            "metadata": {"page_number": 2, "category_depth": 1},
        },
        {
            "element_id": "e",
            "element_type": "Title",
            "text": "t",
            "metadata": {"page_number": 2, "custom_fields": {"category_depth": 1}},
        },
        {"id": "e", "type": "title", "text": "t", "page_number": 2, "category_depth": 1},
        {
            "id": "e",
            "category": "TITLE",
            "text": "t",
            "page": 2.0,
            "metadata": {"category_depth": 1},
        },
    ],
)
def test_each_dialect_says_the_same(spelled: dict[str, Any]) -> None:
    assert elements_from_dicts([spelled]) == (
        [Element(Kind.TITLE, "t", id="e", level=2, page=2)],
        0,
    )


def test_a_parent_is_named_on_the_element_or_in_its_metadata() -> None:
    elements, _ = elements_from_dicts(
        [
            {"id": "a", "type": "title", "text": "1"},
            {"id": "b", "type": "title", "text": "2", "parent_id": "a"},
            {"id": "c", "type": "title", "text": "3", "metadata": {"parent_id": "b"}},
            {"id": "d", "type": "text", "text": "4", "parent_id": "nobody"},
        ]
    )
    assert [(e.parent, e.level) for e in elements] == [(None, 1), ("a", 2), ("b", 3), (None, None)]


def test_ids_that_are_missing_are_the_place_in_the_document() -> None:
    elements, n_warnings = elements_from_dicts(
        [
            {"type": "Text", "text": "a"},
            {"type": "Text", "text": "b", "id": 7},
            {"type": "Text", "id": ""},
        ]
    )
    assert [e.id for e in elements] == ["0", "7", "2"]
    assert n_warnings == 0


def test_a_place_that_is_an_id_already_gets_another_name() -> None:
    elements, _ = elements_from_dicts([{"type": "Text"}, {"type": "Text", "id": "0"}])
    assert [e.id for e in elements] == ["0_", "0"]


@pytest.mark.parametrize(
    ("fields", "text", "n_warnings"),
    [
        ({"text": None}, "", 0),
        ({"text": 12}, "12", 1),
        ({"text": 1.5}, "1.5", 1),
        ({"text": ["a", "b"]}, "a\nb", 1),
        ({"text": ["a", 1]}, "", 1),
        ({"text": {"a": "b"}}, "", 1),
        ({"type": "Hologram"}, "t", 1),
        ({"type": None}, "t", 1),
        ({"type": ["Title"]}, "t", 1),
        ({"metadata": "none"}, "t", 1),
        ({"metadata": ["x"]}, "t", 1),
        ({"metadata": None}, "t", 0),
        ({"metadata": {"custom_fields": "x"}}, "t", 0),
        ({"metadata": {"category_depth": "1"}}, "t", 1),
        ({"metadata": {"category_depth": -1}}, "t", 1),
        ({"metadata": {"category_depth": 10**30}}, "t", 1),
        ({"metadata": {"category_depth": True}}, "t", 1),
        ({"confidence": "high"}, "t", 0),
        ({"confidence": 7}, "t", 0),
        ({"parent_id": ["a"]}, "t", 0),
    ],
)
def test_a_bad_element_falls_back_to_its_text_with_one_warning(
    fields: dict[str, Any], text: str, n_warnings: int
) -> None:
    assert one(**fields) == (Element(Kind.PARAGRAPH, text, id="0"), n_warnings)


@pytest.mark.parametrize(
    ("page", "expected", "n_warnings"),
    [
        (3, 3, 0),
        (3.0, 3, 0),
        (None, None, 0),
        (0, None, 1),
        (-1, None, 1),
        (2.5, None, 1),
        ("3", None, 1),
        (True, None, 1),
        (2**31, None, 1),
        (10**40, None, 1),
        (float("inf"), None, 1),
        (float("nan"), None, 1),
    ],
)
def test_pages_count_from_one(page: Any, expected: int | None, n_warnings: int) -> None:
    element, warned = one(metadata={"page_number": page})
    assert (element.page, warned) == (expected, n_warnings)


def test_an_element_with_many_faults_is_counted_once() -> None:
    assert one(type="?", text=1, metadata={"page_number": -1, "category_depth": "x"})[1] == 1


def test_a_string_is_a_paragraph_and_what_is_nothing_is_passed_over() -> None:
    elements, n_warnings = elements_from_dicts(["a", None, 3, [], {"type": "Text", "text": "b"}])
    assert [(e.kind, e.text) for e in elements] == [(Kind.PARAGRAPH, "a"), (Kind.PARAGRAPH, "b")]
    assert n_warnings == 4


def test_confidence_lies_between_0_and_1() -> None:
    assert one(confidence=0.5)[0].confidence == 0.5
    assert one(metadata={"detection_class_prob": 1})[0].confidence == 1.0
    assert one(confidence=True)[0].confidence is None


def test_headings_without_depth_are_ranked_by_font_size() -> None:
    elements, _ = elements_from_dicts(
        [{"type": "title", "text": "t", "metadata": {"font_size": size}} for size in (10, 24, 10)]
    )
    assert [e.level for e in elements] == [2, 1, 2]


@pytest.mark.parametrize(
    ("elements", "rule"),
    [
        ([{"type": "Text", "id": "a"}, {"type": "Text", "id": "a"}], "duplicate_ids"),
        ([{"type": "Text", "id": 1}, {"type": "Text", "id": "1"}, {}], "duplicate_ids"),
        (
            [
                {"type": "Text", "id": "a", "parent_id": "b"},
                {"type": "Text", "id": "b", "parent_id": "a"},
            ],
            "parent_cycle",
        ),
        ([{"type": "Text"}] * 4, "too_many_elements"),
        ({"type": "Text"}, "not_elements"),
        ("text", "not_elements"),
        (None, "not_elements"),
    ],
)
def test_what_is_no_document_is_refused(elements: Any, rule: str) -> None:
    with pytest.raises(DocumentError) as caught:
        append_elements(elements, ElementColumns(), Limits(max_elements=3))
    assert caught.value.rule == rule


def test_no_elements_are_an_empty_document() -> None:
    assert elements_from_dicts([]) == ([], 0)


def test_half_a_surrogate_pair_from_python_is_replaced_and_counted() -> None:
    html = "<table><tr><td>\ud800</td></tr></table>"
    elements, n_warnings = elements_from_dicts(
        [
            {
                "type": "Table",
                "id": "\udfff",
                "text": "a\U0001f600",
                "metadata": {"text_as_html": html},
            }
        ]
    )
    assert elements == [Element(Kind.TABLE, "a\U0001f600", id="\ufffd", cells=((Cell("\ufffd"),),))]
    assert n_warnings == 2


def test_objects_no_dialect_knows_are_no_fault() -> None:
    assert one(metadata={"coordinates": object(), (1, 2): "x", "score": float("nan")})[1] == 0
