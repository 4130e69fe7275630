"""The sink of an analysis: small tables, rejects, books that balance, and no text."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from tests.unit.analysis.material import DOCUMENTS, NOTICE, table_of
from tore_export.analysis.savings import MOST_NAMED
from tore_export.documents.columns import DocumentRows
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.errors import BooksError
from tore_export.sinks.analysis import (
    AnalysisSink,
    facts_schema,
    fewer_named,
    measured_facts,
    read_facts,
)
from tore_export.sinks.shards import plan_joins
from tore_export.stages.format import Format
from tore_export.stages.measure_tokens import MeasureTokens
from tore_export.storage.layout import Layout

ENCODINGS = ("cl100k_base",)


def tables_of(documents=DOCUMENTS, end: int | None = None) -> list[pa.Table]:
    """Return a unit's tables, measured, its mark in the last."""
    mark = DocumentRows(0)
    mark.mark_end(len(documents) if end is None else end)
    return [
        MeasureTokens(("gpt-4",))(Format()(table))
        for table in (table_of(documents), mark.to_table())
    ]


def test_facts_are_as_the_schema_says_and_rejects_say_why(tmp_path: Path) -> None:
    layout = Layout(str(tmp_path / "out"))
    sink = AnalysisSink(layout, "f", ENCODINGS)
    receipt = sink.write_unit(iter(tables_of()))
    assert receipt.documents.to_dict() == {"in": 7, "kept": 6, "dropped": 0, "failed": 1}
    facts = read_facts(layout, ENCODINGS)
    assert facts.schema == facts_schema(ENCODINGS)
    assert facts["doc_id"].to_pylist() == [f"d{n}" for n in range(7)]
    assert facts["failed"].to_pylist() == [None, True, None, None, None, None, None]
    tokens = sum(row["cl100k_base"] for row in facts["counts"].to_pylist() if row)
    assert receipt.tokens == {"tokens": tokens}
    (join,) = plan_joins([receipt], (), None)
    path = Path(sink.join(join).path)
    (row,) = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert (row["doc_id"], row["rule"], row["detail"]) == ("d1", "not_utf8", "bad bytes")


def test_no_text_is_kept_but_the_first_words_of_what_is_named(tmp_path: Path) -> None:
    layout = Layout(str(tmp_path / "out"))
    AnalysisSink(layout, "f", ENCODINGS).write_unit(iter(tables_of()))
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert NOTICE.encode() not in kept
    assert all(len(n["excerpt"]) <= 60 for row in read_facts(layout, ENCODINGS)["named"].to_pylist()
               for n in row or ())  # fmt: skip


def test_a_unit_that_is_not_whole_has_no_receipt(tmp_path: Path) -> None:
    sink = AnalysisSink(Layout(str(tmp_path / "out")), "f", ENCODINGS)
    with pytest.raises(BooksError, match="is not whole"):
        sink.write_unit(iter(tables_of(end=9)))


def test_an_empty_unit_has_a_receipt_and_facts_of_nobody(tmp_path: Path) -> None:
    layout = Layout(str(tmp_path / "out"))
    receipt = AnalysisSink(layout, "f", ENCODINGS).write_unit(iter(tables_of(documents=[])))
    assert receipt.documents.seen == 0
    assert read_facts(layout, ENCODINGS).num_rows == 0


def test_a_unit_names_the_ten_that_save_most_where_they_are() -> None:
    sizes = [*range(300, 312), 900]
    documents = [[Element(Kind.CODE, "x " * size, id=str(size))] for size in reversed(sizes)]
    whole = measured_facts(tables_of(documents)[0], ENCODINGS)
    fewer = fewer_named(whole)
    assert fewer.schema == whole.schema
    assert fewer.drop_columns("named").equals(whole.drop_columns("named"))
    named = [[one["element_id"] for one in row] for row in fewer["named"].to_pylist()]
    largest = sorted(sizes, reverse=True)[:MOST_NAMED]
    assert named == [[str(size)] if size in largest else [] for size in reversed(sizes)]


def test_nobody_has_facts_where_there_is_no_output(tmp_path: Path) -> None:
    assert read_facts(Layout(str(tmp_path / "none")), ENCODINGS).num_rows == 0
