from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.sources.reading import read
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.sources.key_values import pairs_of
from tore_export.sources.unit import Limits


def pair(key: str, value: str | None) -> dict[str, Any]:
    side = None if value is None else {"text": value, "bbox": None, "confidence": 0.9}
    return {"key": {"text": key, "bbox": None}, "value": side, "confidence": 0.9}


def form(**fields: Any) -> dict[str, Any]:
    said = {"key_value_pairs": [pair("Name", "Ada"), pair("Signed:", None)]}
    return {"type": "FormKeysValues", "element_id": "f", "text": "own", "metadata": said} | fields


def elements(folder: Path, *found: Any, limits: Limits | None = None) -> list[Element]:
    (row,) = read(folder, "a.json", json.dumps(found).encode(), limits or Limits())
    assert row["warnings"] == 0
    read_: list[Element] = row["elements"]
    return read_


@pytest.mark.parametrize("odd", [{}, {"id": 7}])
def test_a_form_has_its_pairs_and_a_line_for_each(tmp_path: Path, odd: dict[str, Any]) -> None:
    """Both ways of reading elements, the fast one and the other, agree."""
    (found,) = elements(tmp_path, form(**odd))
    assert (found.kind, found.text) == (Kind.KEY_VALUE, "Name: Ada\nSigned:")
    assert found.meta == {"pairs": [["Name", "Ada"], ["Signed:", ""]]}


def test_a_form_without_pairs_is_its_text(tmp_path: Path) -> None:
    for said in ({}, {"key_value_pairs": []}, {"key_value_pairs": "x"}):
        (found,) = elements(tmp_path, form(type="Form", metadata=said))
        assert (found.kind, found.text, found.meta) == (Kind.KEY_VALUE, "own", {})


def test_where_unstructureds_own_markdown_is_asked_for_the_text_is_its_own(tmp_path: Path) -> None:
    (found,) = elements(tmp_path, form(), limits=Limits(keep_html=True))
    assert found.text == "own"


def test_the_name_of_a_field_and_its_value_are_a_pair(tmp_path: Path) -> None:
    def part(kind: str, text: str) -> dict[str, Any]:
        return {"type": kind, "element_id": text, "text": text, "metadata": {"page_number": 2}}

    found = elements(
        tmp_path,
        part("Field-Name", "Name:"),
        part("Value", "Ada"),
        part("Field-Name", "Born"),
        part("Text", "words"),
        part("Value", "1815"),
    )
    assert [(e.kind.name, e.text, e.page) for e in found] == [
        ("KEY_VALUE", "Name: Ada", 2),
        ("KEY_VALUE", "Born", 2),
        ("PARAGRAPH", "words", 2),
        ("KEY_VALUE", "1815", 2),
    ]
    assert found[0].meta == {"pairs": [["Name:", "Ada"]]}
    assert found[0].id == "Name:"


@pytest.mark.parametrize(
    ("said", "pairs"),
    [
        ([{"key": "a", "value": "b"}], [["a", "b"]]),
        ([{"key": {"text": " a "}, "value": {"text": 3}}], [["a", ""]]),
        ([{"key": None, "value": None}, 7, "x"], []),
        ([{"value": {"text": "b"}}], [["", "b"]]),
        (None, []),
    ],
)
def test_odd_pairs_cost_only_themselves(said: Any, pairs: list[list[str]]) -> None:
    assert pairs_of({"key_value_pairs": said}) == pairs
