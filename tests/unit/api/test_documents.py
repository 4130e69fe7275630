from __future__ import annotations

from pathlib import Path

import pytest

from tore_export import ExportAPI
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
