from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.sources.reading import read, rules, texts
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import Kind
from tore_export.sources.identity import document_id

CONTENT = {
    "text_elements": [
        {
            "element_type": "heading",
            "content": "Pumps",
            "page_number": 0,
            "bbox": [0, 0, 9, 9],
            "confidence": 0.5,
            "metadata": {"font": "A", "size": 20, "flags": 0, "color": 0},
        },
        {
            "type": "paragraph",
            "content": "They move water.",
            "page_number": 0,
            "metadata": {"size": 10},
        },
        {"type": "heading", "content": "Small ones", "page_number": 1, "metadata": {"size": 14}},
        {"type": "list", "content": "hand pump", "page_number": 1},
    ],
    "tables": [
        {"data": [["a", "1"]], "headers": ["h", "i"], "page_number": 0, "bbox": [0, 0, 1, 1]}
    ],
}
HEADED = (
    (Cell("h", header=True), Cell("i", header=True)),
    (Cell("a"), Cell("1")),
)


def project(*documents: Any, **fields: Any) -> bytes:
    return json.dumps(
        {
            "name": "Manuals",
            "description": "",
            "created_at": "2024-01-01",
            "modified_at": "2024-01-02",
            "version": "1.0.0",
            "documents": list(documents),
            **fields,
        },
        indent=2,
    ).encode()


@pytest.mark.parametrize(
    "document",
    [
        {"extracted_content": CONTENT},
        {"processing_data": {"extracted_content": CONTENT}},
        {"extracted_content": CONTENT, "processing_data": {"extracted_content": CONTENT}},
        {"extracted_content": {}, "processing_data": {"extracted_content": CONTENT}},
        {"extracted_content": None, "processing_data": {"extracted_content": CONTENT}},
        {"extracted_content": CONTENT, "processing_data": None},
    ],
)
def test_content_is_read_once_wherever_it_lies(tmp_path: Path, document: dict[str, Any]) -> None:
    data = project({"id": "d1", "name": "pumps.pdf", "created_at": "2023", **document})
    (row,) = read(tmp_path, "p.tore", data)
    assert (row["doc_id"], row["place"], row["warnings"]) == ("d1", 0, 0)
    assert (row["title"], row["created_at"]) == ("pumps.pdf", "2023")
    assert row["meta"] == '{"project":"Manuals"}'
    assert row["elements"] == [
        Element(Kind.TITLE, "Pumps", id="0", level=1, page=1, confidence=0.5),
        Element(Kind.PARAGRAPH, "They move water.", id="1", page=1),
        Element(Kind.TABLE, "h i\na 1", id="2", page=1, cells=HEADED),
        Element(Kind.TITLE, "Small ones", id="3", level=2, page=2),
        Element(Kind.LIST_ITEM, "hand pump", id="4", level=0, page=2),
    ]


def test_each_document_has_its_place_and_one_without_content_fails_alone(tmp_path: Path) -> None:
    data = project(
        {"extracted_content": CONTENT},
        {"id": "empty", "extracted_content": {"text_elements": [], "tables": []}},
        "not a document",
        {"document_id": 9, "extracted_content": {"text_elements": [{"content": "x", "page": 1}]}},
        {"extracted_content": {"text_elements": "x"}},
    )
    found = read(tmp_path, "p.tore", data, batch_rows=2)
    assert [row["place"] for row in found] == [0, 1, 2, 3, 4]
    assert rules(found) == [None, "no_content", "no_content", None, "not_elements"]
    assert [row["doc_id"] for row in found[:2]] == [document_id(None, "p.tore", 0), "empty"]
    assert found[1]["reject"]["detail"].startswith("p.tore at 1: ")
    assert found[3]["elements"] == [Element(Kind.PARAGRAPH, "x", id="0", page=1)]


@pytest.mark.parametrize(
    ("pages", "expected"),
    [([0, 1, 1], [1, 2, 2]), ([1, 2, 3], [1, 2, 3]), ([None, 0, None], [None, 1, None])],
)
def test_page_counts_from_zero_only_where_there_is_a_page_zero(
    tmp_path: Path, pages: list[int | None], expected: list[int | None]
) -> None:
    content = {"text_elements": [{"content": "x", "page": page} for page in pages]}
    (row,) = read(tmp_path, "p.tore", project({"extracted_content": content}))
    assert [e.page for e in row["elements"]] == expected


def test_tables_follow_the_text_of_their_page(tmp_path: Path) -> None:
    content = {
        "text_elements": [
            {"content": name, "page_number": page} for name, page in (("b", 1), ("a", 0), ("c", 1))
        ],
        "tables": [
            {"data": [["t1"]], "page_number": 1},
            {"data": [["t?"]]},
            {"data": [["t0"]], "page_number": 0},
        ],
    }
    (row,) = read(tmp_path, "p.tore", project({"extracted_content": content}))
    assert texts(row) == ["a", "t0", "b", "c", "t1", "t?"]


def test_older_names_of_fields_are_read(tmp_path: Path) -> None:
    content = {
        "elements": [
            {"type": "heading", "text": "T", "page": 1, "id": "h", "metadata": {"font_size": 9}},
            {"element_type": "heading", "text": "U", "page": 1, "level": 3, "parent_id": "h"},
        ],
        "tables": [{"cells": [[1]], "page": 1, "text": "one", "caption": "C"}],
    }
    (row,) = read(tmp_path, "p.tore", project({"extracted_content": content}))
    assert row["elements"] == [
        Element(Kind.TITLE, "T", id="h", level=1, page=1),
        Element(Kind.TITLE, "U", id="1", level=3, page=1, parent="h"),
        Element(Kind.TABLE, "one", id="2", page=1, cells=((Cell("1"),),), meta={"caption": "C"}),
    ]


def test_odd_elements_fall_back_to_their_text(tmp_path: Path) -> None:
    content = {
        "text_elements": ["a string", {"content": 5, "page_number": 1.5, "metadata": "x"}, None],
        "tables": [{"data": "rows", "headers": ["h"]}, 3],
    }
    (row,) = read(tmp_path, "p.tore", project({"extracted_content": content}))
    assert texts(row) == ["a string", "5", "h"]
    assert row["warnings"] == 5


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (project(), "documents []"),
        (project(documents=None), "documents None"),
        (project({}, {"name": "x"}), "2 documents without any"),
        (project(visual_areas=[{}]), "only visual_areas"),
        (b'{"format": "tore_v2", "data": {}}', "no documents"),
        (b'{"visual_areas": {}}', "only visual_areas"),
    ],
)
def test_a_project_without_content_is_an_error(tmp_path: Path, data: bytes, detail: str) -> None:
    (row,) = read(tmp_path, "p.tore", data)
    assert (rules([row]), row["place"]) == (["no_content"], None)
    assert detail in row["reject"]["detail"]
    assert "text_elements or tables" in row["reject"]["detail"]
