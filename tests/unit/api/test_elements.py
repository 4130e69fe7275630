"""What users hand over as a document: elements of any kind, a file, a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import document, write_jsonl
from tore_export.api.documents import as_elements, as_table, first_failure
from tore_export.documents.element import Element
from tore_export.documents.schema import DOCUMENT, Kind
from tore_export.errors import DocumentError, PreflightError, UsageError
from tore_export.sources.unit import Limits


class Foreign:
    """An element of another library, known by its `to_dict` alone."""

    def __init__(self, kind: str, text: str) -> None:
        self._said = {"type": kind, "text": text}

    def to_dict(self) -> dict[str, Any]:
        return self._said


def test_dicts_of_any_dialect_and_foreign_objects_become_ours() -> None:
    dialects: list[Any] = [
        {"type": "Title", "text": "A", "metadata": {"category_depth": 1}},
        {"element_type": "Title", "text": "A", "metadata": {"page_number": 1}},
        {"type": "title", "text": "A"},
        Foreign("Title", "A"),
    ]
    for element in dialects:
        (found,), warnings = as_elements([element])
        assert (found.kind, found.text, warnings) == (Kind.TITLE, "A", 0)


def test_our_own_elements_are_taken_as_they_are() -> None:
    elements = [Element(Kind.CODE, "x = 1", meta={"language": "python"})]
    assert as_elements(elements) == (elements, 0)


@pytest.mark.parametrize("element", [7, "text", None, object(), Element])
def test_what_is_no_element_is_named_with_its_place(element: Any) -> None:
    with pytest.raises(UsageError, match=r"element 1: not an element, found \w+, allowed: Element"):
        as_elements([{"type": "Title", "text": "A"}, element])


def test_an_object_whose_to_dict_gives_no_dict_is_no_element() -> None:
    class Odd:
        def to_dict(self) -> list[int]:
            return [1]

    with pytest.raises(UsageError, match="found Odd"):
        as_elements([Odd()])


def test_a_list_is_one_document() -> None:
    table = as_table([{"type": "Title", "text": "A"}, Foreign("NarrativeText", "b")])
    assert table.schema.equals(DOCUMENT)
    assert table.num_rows == 1
    assert [e["text"] for e in table["elements"][0].as_py()] == ["A", "b"]
    assert table["doc_id"].to_pylist() == ["document-0"]


def test_elements_that_name_several_documents_are_several_in_order() -> None:
    elements = [
        Element(Kind.PARAGRAPH, "one", doc_id="x"),
        Element(Kind.PARAGRAPH, "other", doc_id="y"),
        Element(Kind.PARAGRAPH, "two", doc_id="x"),
    ]
    table = as_table(elements)
    assert table["doc_id"].to_pylist() == ["x", "y"]
    assert [[e["text"] for e in d] for d in table["elements"].to_pylist()] == [
        ["one", "two"],
        ["other"],
    ]


def test_no_elements_are_an_empty_document() -> None:
    table = as_table([])
    assert table["elements"].to_pylist() == [[]]


def test_a_damaged_element_is_counted_as_a_warning_of_its_document() -> None:
    table = as_table([{"type": "Table", "text": "a b", "cells": 7}, {"type": "Title", "text": "A"}])
    assert table["warnings"].to_pylist() == [1]


def test_a_path_is_read_with_all_its_documents_and_no_mark(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", range(3))
    for said in (str(path), path, tmp_path):
        table = as_table(said)
        assert table["doc_id"].to_pylist() == [f"doc-{n:05d}" for n in range(3)]
        assert table["source"].to_pylist() == ["a.jsonl"] * 3


def test_a_path_and_its_elements_are_the_same_document(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "a.jsonl", range(1))
    elements: Any = document(0)["elements"]
    assert as_table(tmp_path)["elements"].equals(as_table(elements)["elements"])


def test_limits_hold_for_files(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", range(1))
    failure = first_failure(as_table(str(path), Limits(max_elements=2)))
    assert failure is not None
    assert failure.rule == "too_many_elements"


@pytest.mark.parametrize("documents", [7, {"type": "Title"}, {1, 2}, None])
def test_what_is_neither_path_nor_list_is_refused(documents: Any) -> None:
    with pytest.raises(UsageError, match="not documents, found"):
        as_table(documents)


def test_a_path_that_is_not_there_is_refused() -> None:
    with pytest.raises(PreflightError, match="no such file"):
        as_table(os.fspath("nowhere.json"))


def test_the_first_failure_is_the_error_of_the_first_bad_document(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "well"}\n{"elements": 7}\n{"elements": 8}\n')
    failure = first_failure(as_table(str(tmp_path / "a.jsonl")))
    assert isinstance(failure, DocumentError)
    assert failure.rule == "not_elements"
    assert first_failure(as_table([])) is None
