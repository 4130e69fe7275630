from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tore_export import ExportAPI
from tore_export.api.documents import as_table
from tore_export.documents.columns import ElementColumns
from tore_export.errors import DocumentError


def test_what_cannot_be_read_is_named_once(tmp_path: Path) -> None:
    (tmp_path / "cut.json").write_text('[{"type": "Title", "text": "Pum')
    with pytest.raises(DocumentError) as caught:
        ExportAPI().export_document(str(tmp_path / "cut.json"))
    assert str(caught.value).startswith("cut.json: the JSON is cut short at byte")
    assert (caught.value.where, caught.value.rule) == ("cut.json", "invalid_json")


def test_a_place_within_a_file_is_named_once_too(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"doc_id": "x", "elements": 7}\n')
    with pytest.raises(DocumentError, match=r"\Aa\.jsonl at 0: the elements are no list"):
        ExportAPI().export_document(str(tmp_path / "a.jsonl"))


class Docling:
    """What a document of docling's can do, as far as it is asked."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def export_to_dict(self) -> dict[str, Any]:
        return self._values


DOCLING = {
    "schema_name": "DoclingDocument",
    "version": "1.10.0",
    "name": "pumps",
    "doc_id": "p1",
    "body": {"children": [{"$ref": "#/texts/0"}]},
    "texts": [{"label": "title", "text": "Pumps\ud800"}],
}


@pytest.mark.parametrize("document", [DOCLING, Docling(DOCLING)])
def test_a_docling_document_is_a_document(document: Any) -> None:
    table = as_table(document)
    assert table.select(["doc_id", "title", "warnings"]).to_pylist() == [
        {"doc_id": "p1", "title": "Pumps\ufffd", "warnings": 0}
    ]
    assert ElementColumns.from_arrow(table["elements"]).texts == ["Pumps\ufffd"]


def test_a_list_of_docling_documents_is_several() -> None:
    named = {name: value for name, value in DOCLING.items() if name != "doc_id"}
    assert as_table([DOCLING, Docling(named)])["doc_id"].to_pylist() == ["p1", "document-1"]


def test_a_docling_document_without_a_body_is_refused() -> None:
    with pytest.raises(DocumentError, match="without a body"):
        as_table({"schema_name": "DoclingDocument"})
