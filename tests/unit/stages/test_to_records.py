"""ToRecords: the rows on disk, as a list beside each document."""

from __future__ import annotations

import pyarrow as pa

from tests.unit.stages.contract import check_contract
from tore_export.documents.columns import DocumentRows
from tore_export.documents.schema import Kind
from tore_export.records.provenance import METADATA
from tore_export.records.row import record_schema
from tore_export.records.shapes.text import Text
from tore_export.stages.stage import put
from tore_export.stages.to_records import ToRecords


def documents() -> pa.Table:
    rows = DocumentRows(0)
    for page, identity in ((3, "x"), (2, "y"), (3, "z"), (None, None)):
        values = (identity, Kind.PARAGRAPH, "t", None, None, page, None, None, None)
        for column, value in zip(rows.elements.lists(), values, strict=True):
            column.append(value)
    rows.add("a", "a.json", title="A", language="en", created_at="2026", meta='{"k":1}')
    rows.add("b", "b.json")
    rows.fail("c", "c.json", rule="invalid_json", detail="cut")
    rows.mark_end(3)
    table = put(rows.to_table(), "text", pa.array(["hello", "", None, None]))
    table = put(table, "n_tokens", pa.array([1, 0, None, None], pa.int64()))
    return put(table, "quality_score", pa.array([0.9, 1.0, None, None]))


def test_the_contract_of_stages_is_kept() -> None:
    for with_metadata in (True, False):
        stage = ToRecords(include_metadata=with_metadata)
        kind = pa.list_(pa.struct(list(record_schema(Text.schema, with_metadata))))
        table = documents()
        check_contract(stage, table, {"records": kind, "reject": table.schema.field("reject").type})


def test_a_record_leads_back_to_document_elements_and_pages() -> None:
    record = ToRecords()(documents())["records"][0].as_py()
    assert record == [
        {
            "doc_id": "a",
            "source": "a.json",
            "text": "hello",
            "n_tokens": 1,
            "quality_score": 0.9,
            "metadata": {
                "title": "A",
                "language": "en",
                "created_at": "2026",
                "pages": [2, 3],
                "element_ids": ["x", "y", "z", None],
                "extra": '{"k":1}',
                "chunk": None,
                "task": "text",
                "record": 1,
            },
        }
    ]


def test_without_metadata_a_record_is_its_payload() -> None:
    record = ToRecords(include_metadata=False)(documents())["records"][0].as_py()
    assert record == [{"text": "hello", "n_tokens": 1}]


def test_a_document_without_text_is_dropped_by_no_records_and_rejects_stay() -> None:
    rejects = ToRecords()(documents())["reject"].to_pylist()
    assert [r and (r["failed"], r["stage"], r["rule"]) for r in rejects] == [
        None,
        (False, "to_records", "no_records"),
        (True, "source", "invalid_json"),
        (False, "source", "end_of_unit"),
    ]


def test_metadata_is_one_fixed_struct() -> None:
    assert record_schema(Text.schema, True).field("metadata").type == METADATA
