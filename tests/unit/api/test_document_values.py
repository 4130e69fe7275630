"""Documents as values: what a parser's JSON file holds is taken as the file itself is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import document, write_jsonl
from tore_export import ExportAPI, FinetuningTextExporter
from tore_export.api.document_values import is_document
from tore_export.api.documents import as_table
from tore_export.errors import DocumentError, UsageError

ELEMENTS = [{"element_id": "1", "element_type": "Title", "text": "Pumps", "metadata": {}}]
V3 = {"version": "3.0", "format": "unified_element_model", "elements": ELEMENTS}
V1 = {"version": "1.0", "content": [{"id": "1", "type": "title", "text": "Pumps"}]}
PART = {"text_elements": [{"type": "heading", "content": "Pumps", "page_number": 0}]}
PROJECT = {"name": "p", "version": "1.0.0", "documents": [{"extracted_content": PART}]}


class Parsed:
    """A document of another library: it holds elements, and `to_dict` gives all of it."""

    elements = ELEMENTS

    def to_dict(self) -> dict[str, Any]:
        return V3


@pytest.mark.parametrize("value", [V3, V1, PROJECT, Parsed(), {"id": 7, "text": "# Pumps"}])
def test_a_document_as_a_value_is_one_document_everywhere(value: Any) -> None:
    exporter, api = FinetuningTextExporter(), ExportAPI()
    assert exporter.export_markdown(value) == "# Pumps\n"
    assert api.export_document(value).content == "# Pumps\n"
    assert api.export_batch([value], ["plaintext"]).failed == ()
    assert api.get_token_analysis(value).documents["in"] == 1
    assert api.export_for_training(value).documents["in"] == 1
    assert len(exporter.optimize_for_tokens(value, 1_000)) == 1
    assert sum(len(found) for found in exporter.split_dataset(value).values()) == 1


@pytest.mark.parametrize("value", [V3, V1, PROJECT])
def test_a_value_and_its_file_are_the_same_elements(value: Any, tmp_path: Path) -> None:
    (tmp_path / "a.tore").write_text(json.dumps(value))
    assert as_table(value)["elements"].equals(as_table(tmp_path / "a.tore")["elements"])


def test_documents_without_an_id_are_numbered() -> None:
    parts = [{"extracted_content": PART}, {"extracted_content": PART}]
    two = {"name": "p", "version": "1.0.0", "documents": parts}
    table = as_table([V3, ELEMENTS, two, {"doc_id": "own", "elements": []}])
    assert table["doc_id"].to_pylist() == [
        *("document-0", "document-1", "document-2-0", "document-2-1", "own")
    ]
    assert set(table["source"].to_pylist()) == {""}


def test_a_list_of_lists_is_several_documents_and_a_list_of_files_too(tmp_path: Path) -> None:
    lists = as_table([document(n)["elements"] for n in range(3)])
    files = as_table([write_jsonl(tmp_path / f"{n}.jsonl", range(n, n + 1)) for n in range(3)])
    assert lists["elements"].equals(files["elements"])
    assert lists["doc_id"].to_pylist() == ["document-0", "document-1", "document-2"]
    assert files["source"].to_pylist() == ["0.jsonl", "1.jsonl", "2.jsonl"]


def test_documents_of_all_forms_stand_beside_one_another(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", range(2))
    docling = {"schema_name": "DoclingDocument", "version": "1.0.0", "body": {"children": []}}
    table = as_table([V3, path, docling])
    ids = ["document-0", "doc-00000", "doc-00001", "document-2"]
    assert table["doc_id"].to_pylist() == ids


def test_what_cannot_be_read_is_named_by_its_number() -> None:
    with pytest.raises(DocumentError, match=r"\Adocument-1: the elements are no list, found 7"):
        FinetuningTextExporter().split_dataset([V3, {"elements": 7}])
    batch = ExportAPI().export_batch([{"elements": 7}, V3], ["markdown"])
    assert len(batch.results["markdown"]) == len(batch.failed) == 1


def test_what_is_no_document_among_documents_is_named_with_its_place() -> None:
    with pytest.raises(UsageError, match="document 1: not a document, found int"):
        as_table([V3, 7])


@pytest.mark.parametrize("value", [{"type": "Title", "text": "A"}, {"title": "A"}, 7, None, "a.md"])
def test_an_element_is_no_document(value: Any) -> None:
    assert not is_document(value)
