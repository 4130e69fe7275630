"""Elements as columns: to Arrow and back without a loss, wherever the column is cut."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.documents.columns import (
    DocumentRows,
    ElementColumns,
    decode_meta,
    encode_meta,
)
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import DOCUMENT, END_OF_UNIT, Kind

TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
CELLS = st.builds(Cell, TEXTS, st.integers(1, 9), st.integers(1, 9), st.booleans())
METAS = st.fixed_dictionaries(
    {}, optional={"language": TEXTS, "number": st.integers(0, 99), "align": st.lists(st.none())}
)
ELEMENTS = st.builds(
    Element,
    kind=st.sampled_from(Kind),
    text=TEXTS,
    id=st.none() | TEXTS,
    level=st.none() | st.integers(0, 99),
    parent=st.none() | TEXTS,
    page=st.none() | st.integers(1, 10**6),
    confidence=st.none() | st.sampled_from([0.0, 0.5, 1.0]),
    cells=st.none() | st.lists(st.lists(CELLS, max_size=3).map(tuple), max_size=3).map(tuple),
    meta=METAS,
)
DOCUMENTS = st.lists(st.lists(ELEMENTS, max_size=4), max_size=5)


@settings(max_examples=120, deadline=None)
@given(DOCUMENTS, st.integers(0, 5), st.integers(0, 5))
def test_elements_come_back_as_they_went_wherever_the_column_is_cut(
    documents: list[list[Element]], start: int, length: int
) -> None:
    columns = ElementColumns.from_elements(documents)
    assert columns.to_elements() == documents
    arrow = columns.to_arrow()
    assert arrow.type == DOCUMENT.field("elements").type
    arrow.validate(full=True)
    back = ElementColumns.from_arrow(arrow.slice(start, length))
    assert back.to_elements() == documents[start : start + length]
    chunked = pa.chunked_array([arrow.slice(0, start), arrow.slice(start)])
    assert ElementColumns.from_arrow(chunked).to_elements() == documents


@settings(max_examples=60, deadline=None)
@given(DOCUMENTS)
def test_arrow_says_what_it_would_say_made_of_python_objects(
    documents: list[list[Element]],
) -> None:
    plain = [
        [
            {
                "id": element.id,
                "kind": int(element.kind),
                "text": element.text,
                "level": element.level,
                "parent": element.parent,
                "page": element.page,
                "confidence": element.confidence,
                "cells": None
                if element.cells is None
                else [
                    [
                        {
                            "text": cell.text,
                            "row_span": cell.row_span,
                            "col_span": cell.col_span,
                            "header": cell.header,
                        }
                        for cell in row
                    ]
                    for row in element.cells
                ],
                "meta": encode_meta(element.meta),
            }
            for element in elements
        ]
        for elements in documents
    ]
    assert ElementColumns.from_elements(documents).to_arrow().to_pylist() == plain


def test_a_null_list_has_no_elements() -> None:
    column = ElementColumns.from_elements([[Element(Kind.TITLE, "a")], []]).to_arrow()
    masked = pa.concat_arrays([column, pa.nulls(1, column.type), column])
    found = ElementColumns.from_arrow(masked)
    assert found.counts == [1, 0, 0, 1, 0]
    assert found.offsets == [0, 1, 1, 1, 2, 2]
    assert found.texts == ["a", "a"]


def test_meta_is_json_with_sorted_keys_or_nothing() -> None:
    assert encode_meta({"url": "u", "alt": "é"}) == '{"alt":"é","url":"u"}'
    assert encode_meta({}) is encode_meta(None) is None
    assert decode_meta('{"a":1}') == {"a": 1}
    assert decode_meta(None) == {}


def append(rows: DocumentRows, *texts: str) -> None:
    for text in texts:
        for column, value in zip(
            rows.elements.lists(),
            (None, Kind.PARAGRAPH, text, None, None, None, None, None, None),
            strict=True,
        ):
            column.append(value)


def test_elements_belong_to_the_document_that_is_closed_next() -> None:
    rows = DocumentRows(unit=7)
    append(rows, "a", "b")
    rows.add("x", "x.json", title="X", warnings=1)
    rows.add("y", "y.json")
    append(rows, "c")
    rows.add("z", "z.json", place=5, language="de", created_at="2026", meta='{"k":1}')
    table = rows.to_table()
    assert table.schema == DOCUMENT
    assert [[e["text"] for e in d] for d in table["elements"].to_pylist()] == [
        ["a", "b"],
        [],
        ["c"],
    ]
    assert table["unit"].to_pylist() == [7, 7, 7]
    assert table["warnings"].to_pylist() == [1, 0, 0]
    assert table.select(["place", "title", "language", "meta"]).to_pylist()[2] == {
        "place": 5,
        "title": None,
        "language": "de",
        "meta": '{"k":1}',
    }
    assert len(rows) == 3


def test_a_document_that_cannot_be_read_gives_its_elements_back() -> None:
    rows = DocumentRows(0)
    append(rows, "a")
    rows.add("x", "x.json")
    append(rows, "half", "of")
    rows.fail("y", "y.json", rule="invalid_json", detail="cut short", place=3)
    append(rows, "b")
    rows.add("z", "z.json")
    table = rows.to_table()
    assert [[e["text"] for e in d] for d in table["elements"].to_pylist()] == [["a"], [], ["b"]]
    assert table["reject"].to_pylist()[1] == {
        "failed": True,
        "stage": "source",
        "rule": "invalid_json",
        "value": None,
        "threshold": None,
        "detail": "cut short",
    }


def test_what_was_taken_back_is_forgotten() -> None:
    rows = DocumentRows(0)
    append(rows, "wrong")
    rows.take_back()
    append(rows, "right")
    rows.add("x", "x.json")
    assert rows.elements.texts == ["right"]


def test_documents_may_lie_in_arrow_before_and_behind_those_in_lists() -> None:
    def texts_of(rows: DocumentRows) -> list[list[str]]:
        return [[e["text"] for e in d] for d in rows.to_table()["elements"].to_pylist()]

    made = DocumentRows(0)
    for words in (["a"], ["b", "c"], [], ["d"]):
        append(made, *words)
        made.add("x", "x.json")
    array = made.to_table()["elements"].chunk(0)
    rows = DocumentRows(0)
    rows.add("0", "x.json", elements=(array, 1))
    rows.add("1", "x.json", elements=(array, 2))
    assert texts_of(rows) == [["b", "c"], []]
    append(rows, "e")
    rows.add("2", "x.json")
    append(rows, "wrong")
    rows.fail("3", "x.json", rule="invalid_json", detail="cut short")
    rows.add("4", "x.json", elements=(array, 3))
    rows.add("5", "x.json", elements=(array, 0))
    append(rows, "f", "g")
    rows.add("6", "x.json")
    assert texts_of(rows) == [["b", "c"], [], ["e"], [], ["d"], ["a"], ["f", "g"]]
    assert rows.to_table()["doc_id"].to_pylist() == list("0123456")


def test_the_mark_at_the_end_counts_the_documents_and_is_no_failure() -> None:
    rows = DocumentRows(0)
    rows.mark_end(12)
    (mark,) = rows.to_table()["reject"].to_pylist()
    assert (mark["rule"], mark["value"], mark["failed"]) == (END_OF_UNIT, 12.0, False)


def test_no_rows_are_an_empty_table_of_the_contract() -> None:
    table = DocumentRows(0).to_table()
    assert (table.num_rows, table.schema) == (0, DOCUMENT)
