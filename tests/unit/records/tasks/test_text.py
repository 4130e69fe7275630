"""The task `text`: a document that has a text is one record."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.unit.stages.test_to_records import documents
from tore_export.records.row import record_schema
from tore_export.records.shapes.text import Text
from tore_export.records.tasks.text import records
from tore_export.stages.stage import is_live


@pytest.mark.parametrize("include_metadata", [True, False])
def test_a_live_document_with_text_is_one_record_and_any_other_none(include_metadata: bool) -> None:
    table = documents()
    found = records(table, is_live(table), include_metadata)
    assert found.type == pa.list_(pa.struct(list(record_schema(Text.schema, include_metadata))))
    assert [len(own) for own in found.to_pylist()] == [1, 0, 0, 0]
    assert found[0].as_py()[0]["text"] == "hello"


def test_of_no_documents_there_are_no_records() -> None:
    table = documents().slice(0, 0)
    assert len(records(table, is_live(table), True)) == 0
