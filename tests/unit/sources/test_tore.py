from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.sources.reading import read, rules
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import Kind
from tore_export.sources.identity import document_id

V3 = {
    "version": "3.0",
    "format": "unified_element_model",
    "created_at": "2026-01-01T00:00:00",
    "v1_compatible": False,
    "elements": [
        {
            "element_id": "t",
            "element_type": "Title",
            "text": "Pumps",
            "parent_id": None,
            "metadata": {
                "coordinates": None,
                "confidence": 1.0,
                "detection_method": "default",
                "page_number": 1,
                "languages": ["en"],
                "custom_fields": {"category_depth": 1},
            },
        },
        {
            "element_id": "u",
            "element_type": "Table",
            "text": "a 1",
            "parent_id": "t",
            "metadata": {"page_number": 2},
            "headers": ["h", "i"],
            "cells": [["a", "1"]],
            "table_metadata": {"num_rows": 1, "num_cols": 2, "cell_spans": {}},
        },
        {
            "element_id": "c",
            "element_type": "CodeBlock",
            "text": "x = 1",
            "metadata": {},
            "code_metadata": {"language": "python"},
        },
    ],
}
EXPECTED = [
    Element(Kind.TITLE, "Pumps", id="t", level=2, page=1, confidence=1.0),
    Element(
        Kind.TABLE,
        "a 1",
        id="u",
        parent="t",
        page=2,
        cells=((Cell("h", header=True), Cell("i", header=True)), (Cell("a"), Cell("1"))),
    ),
    Element(Kind.CODE, "x = 1", id="c", meta={"language": "python"}),
]
V1_ELEMENTS = [
    {
        "id": "t",
        "type": "title",
        "text": "Pumps",
        "bbox": [0, 0, 1, 1],
        "confidence": 1,
        "page_number": 1,
        "languages": ["en"],
        "category_depth": 1,
    },
    {
        "id": "u",
        "type": "table",
        "text": "a 1",
        "parent_id": "t",
        "page_number": 2,
        "headers": ["h", "i"],
        "cells": [["a", "1"]],
    },
    {"id": "c", "type": "code", "text": "x = 1", "language": "python"},
]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_v3_file_is_one_document(tmp_path: Path, indent: int | None) -> None:
    (row,) = read(tmp_path, "a.tore", json.dumps(V3, indent=indent).encode())
    assert (row["doc_id"], row["place"]) == (document_id(None, "a.tore", None), None)
    assert (row["created_at"], row["language"]) == ("2026-01-01T00:00:00", "en")
    assert (row["meta"], row["warnings"]) == (None, 0)
    assert row["elements"] == EXPECTED


@pytest.mark.parametrize(
    "value",
    [
        {"version": "1.0", "elements": V1_ELEMENTS},
        {"version": "1.0", "content": V1_ELEMENTS},
        V1_ELEMENTS,
    ],
)
def test_v1_says_the_same_in_each_of_its_spellings(tmp_path: Path, value: Any) -> None:
    (row,) = read(tmp_path, "a.tore", json.dumps(value).encode())
    assert (row["language"], row["warnings"], row["meta"]) == ("en", 0, None)
    assert row["elements"] == EXPECTED


def test_a_single_object_of_text_is_a_document(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "a.json", b'{"id": "x", "text": "a", "url": "u", "version": "9"}')
    assert (row["doc_id"], row["meta"]) == ("x", '{"url":"u","version":"9"}')
    assert row["elements"] == [Element(Kind.RAW, "a", id="0")]


def test_an_element_that_is_odd_falls_back_to_its_text(tmp_path: Path) -> None:
    odd = {
        **V3,
        "elements": [*V3["elements"], {"element_id": "z", "element_type": "Table", "cells": 7}],
    }
    (row,) = read(tmp_path, "a.tore", json.dumps(odd).encode())
    assert row["elements"] == [*EXPECTED, Element(Kind.TABLE, "", id="z")]
    assert row["warnings"] == 1


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (json.dumps(V3).encode()[:-1], "invalid_json"),
        (json.dumps(V3, indent=1).encode()[:-40], "invalid_json"),
        (b"{}", "no_content"),
        (b'{"version": "3.0", "elements": null}', "no_content"),
        (b'{"version": "3.0", "elements": "x"}', "invalid_json"),
        (b'{"version": "3.0", "elements": 3}', "not_elements"),
    ],
)
def test_what_is_no_document_is_one_failed_document(tmp_path: Path, data: bytes, rule: str) -> None:
    assert rules(read(tmp_path, "a.tore", data)) == [rule]
