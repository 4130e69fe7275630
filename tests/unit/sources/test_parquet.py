from __future__ import annotations

import datetime
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import document
from tests.unit.sources.reading import input_file, read, rows, rules, tables, texts
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.sources.identity import document_id
from tore_export.sources.unit import Limits, Unit

METADATA = pa.struct(
    [("page_number", pa.int64()), ("category_depth", pa.int64()), ("text_as_html", pa.string())]
)
ELEMENT = pa.struct(
    [
        ("element_id", pa.string()),
        ("type", pa.string()),
        ("text", pa.string()),
        ("metadata", METADATA),
    ]
)


def parquet(table: pa.Table, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **options)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def jsonl(table: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in table)


def without_place(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if k not in ("place", "source")} for row in found]


def test_rows_of_parquet_are_the_rows_of_json_lines(tmp_path: Path) -> None:
    documents = [document(number) for number in range(300)]
    schema = pa.schema([("doc_id", pa.string()), ("elements", pa.list_(ELEMENT))])
    data = parquet(pa.Table.from_pylist(documents, schema=schema), row_group_size=70)
    found = read(tmp_path, "a.parquet", data)
    assert [row["place"] for row in found] == list(range(300))
    assert without_place(found) == without_place(read(tmp_path, "a.jsonl", jsonl(documents)))


def test_row_groups_that_tile_a_file_give_every_row_once(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": [f"t{i}" for i in range(25)]}), path, row_group_size=10)
    file = input_file(path)
    whole = rows(Unit(0, "files", (file,)))
    pieces = [row for i in range(3) for row in rows(Unit(0, "parquet", (file,), i, i + 1))]
    assert pieces == whole
    assert [row["place"] for row in whole] == list(range(25))
    assert rows(Unit(0, "parquet", (file,), 1, 9)) == whole[10:]
    assert whole[3]["doc_id"] == document_id(None, "a.parquet", 3)


@pytest.mark.parametrize("name", ["text", "content"])
def test_a_column_of_text_is_raw_text(tmp_path: Path, name: str) -> None:
    data = parquet(pa.table({"id": [1, 2], name: pa.array(["a", None], pa.large_string())}))
    found = read(tmp_path, "a.parquet", data)
    assert found[0]["elements"] == [Element(Kind.RAW, "a", id="0")]
    assert [row["doc_id"] for row in found] == ["1", "2"]
    assert rules(found) == [None, "no_content"]


def test_elements_may_be_json(tmp_path: Path) -> None:
    elements = json.dumps([{"type": "Title", "text": "T", "element_id": "e"}])
    data = parquet(pa.table({"elements": [elements, "[broken", "[]"], "text": ["x", "x", "x"]}))
    found = read(tmp_path, "a.parquet", data)
    assert found[0]["elements"] == [Element(Kind.TITLE, "T", id="e", level=1)]
    assert rules(found) == [None, "invalid_json", None]


def test_a_row_without_elements_has_its_text(tmp_path: Path) -> None:
    table = pa.table({"elements": pa.array([[], None], pa.list_(ELEMENT)), "text": ["a", "b"]})
    assert [texts(row) for row in read(tmp_path, "a.parquet", parquet(table))] == [[], ["b"]]


def test_other_columns_become_meta_but_for_embedded_ones(tmp_path: Path) -> None:
    data = parquet(
        pa.table(
            {
                "text": ["a"],
                "url": ["u"],
                "n": [3],
                "day": pa.array([datetime.date(2024, 1, 2)]),
                "at": pa.array([1], pa.timestamp("ns")),
                "far": pa.array([2**60], pa.timestamp("s")),
                "tags": [["x", "y"]],
                "embedding": [[0.5] * 3],
                "vectors": pa.array([[[0.5]]]),
                "pixels": pa.array([b"\x00"]),
                "none": pa.array([None], pa.string()),
                "language": ["fr"],
                "created_at": ["2024"],
            }
        ).drop_columns(["far"])
    )
    (row,) = read(tmp_path, "a.parquet", data)
    assert (row["language"], row["created_at"]) == ("fr", "2024")
    assert json.loads(row["meta"]) == {
        "url": "u",
        "n": 3,
        "day": "2024-01-02",
        "at": "1970-01-01 00:00:00.000000001",
        "tags": ["x", "y"],
    }


def test_tables_are_made_of_about_16_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": [str(i) + "x" * 4_000_000 for i in range(9)]}), path)
    found = tables(Unit(0, "files", (input_file(path),)))
    assert sum(table.num_rows for table in found) == 10
    assert max(table.nbytes for table in found) < 25_000_000


def test_limits_hold_for_each_row(tmp_path: Path) -> None:
    elements = [{"element_id": str(i), "type": "Text", "text": "t"} for i in range(4)]
    data = parquet(pa.table({"elements": [elements[:2], elements, elements[:1]]}))
    assert rules(read(tmp_path, "a.parquet", data, Limits(max_elements=3))) == [
        None,
        "too_many_elements",
        None,
    ]
    data = parquet(pa.table({"text": ["a", "x" * 100_000, "b"]}))
    assert rules(read(tmp_path, "a.parquet", data, Limits(max_document_bytes=50_000))) == [
        None,
        "too_large",
        None,
    ]


def test_a_file_without_documents_is_one_failed_document(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "a.parquet", parquet(pa.table({"a": [1, 2], "b": [3, 4]})))
    assert rules([row]) == ["no_content"]
    assert "found the columns a, b" in row["reject"]["detail"]


def test_a_file_of_no_rows_has_no_documents(tmp_path: Path) -> None:
    assert read(tmp_path, "a.parquet", parquet(pa.table({"text": pa.array([], pa.string())}))) == []


def test_a_damaged_file_keeps_the_rows_before_the_damage(tmp_path: Path) -> None:
    table = pa.table({"text": [sha256(b"%d" % i).hexdigest() for i in range(4_000)]})
    data = bytearray(parquet(table, row_group_size=1_000, compression="zstd", use_dictionary=False))
    whole = read(tmp_path, "a.parquet", bytes(data))
    middle = len(data) // 2 + 2_000
    data[middle : middle + 8_000] = b"\xff" * 8_000
    found = read(tmp_path, "a.parquet", bytes(data))
    assert rules(found[-1:]) == ["invalid_parquet"]
    assert 1_000 <= len(found) - 1 < 4_000
    assert found[:-1] == whole[: len(found) - 1]
    assert found[-1]["place"] == len(found) - 1
    (row,) = read(tmp_path, "b.parquet", bytes(data[:-10]))
    assert (rules([row]), row["place"]) == (["invalid_parquet"], None)


ROWS = st.lists(
    st.lists(
        st.fixed_dictionaries(
            {
                "element_id": st.sampled_from([None, "", *"abcdefgh"]),
                "type": st.sampled_from([None, "Title", "ListItem", "Table", "Image", "Code", "?"]),
                "text": st.none() | st.text(st.characters(codec="utf-8"), max_size=4),
                "parent_id": st.sampled_from([None, "", "a", "b", "z"]),
                "code_metadata": st.none() | st.just({"language": "c"}),
                "metadata": st.none()
                | st.fixed_dictionaries(
                    {
                        "page_number": st.none() | st.integers(-1, 3),
                        "category_depth": st.none() | st.integers(-1, 3),
                        "confidence": st.none() | st.sampled_from([0.5, 2.0]),
                        "languages": st.sampled_from([None, [], ["de"]]),
                        "text_as_html": st.sampled_from([None, "<table><tr><td>1</table>"]),
                        "links": st.sampled_from([None, [{"url": "u", "text": "t"}]]),
                        "image_url": st.sampled_from([None, "i.png"]),
                    }
                ),
            }
        ),
        max_size=4,
    ),
    min_size=1,
    max_size=4,
)
FULL = pa.struct(
    [
        ("element_id", pa.string()),
        ("type", pa.string()),
        ("text", pa.string()),
        ("parent_id", pa.string()),
        ("code_metadata", pa.struct([("language", pa.string())])),
        (
            "metadata",
            pa.struct(
                [
                    ("page_number", pa.int32()),
                    ("category_depth", pa.int16()),
                    ("confidence", pa.float64()),
                    ("languages", pa.list_(pa.string())),
                    ("text_as_html", pa.string()),
                    ("links", pa.list_(pa.struct([("url", pa.string()), ("text", pa.string())]))),
                    ("image_url", pa.string()),
                ]
            ),
        ),
    ]
)


@settings(max_examples=100, deadline=None)
@given(ROWS)
def test_columns_say_what_json_says(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[list[dict[str, Any]]]
) -> None:
    folder = tmp_path_factory.mktemp("parity")
    documents = [{"doc_id": str(i), "elements": elements} for i, elements in enumerate(drawn)]
    schema = pa.schema([("doc_id", pa.string()), ("elements", pa.list_(FULL))])
    found = read(folder, "a.parquet", parquet(pa.Table.from_pylist(documents, schema=schema)))
    expected = read(folder, "a.jsonl", jsonl(documents))
    for row, other in zip(without_place(found), without_place(expected), strict=True):
        if row["reject"]:
            assert row["reject"]["rule"] == other["reject"]["rule"]
        else:
            assert row == other


def test_rows_of_columns_that_are_not_plain_say_what_json_says(tmp_path: Path) -> None:
    below = {"element_id": "a", "type": "ListItem", "text": "below", "parent_id": "b"}
    linked = {
        "element_id": "b",
        "type": "ListItem",
        "text": "t",
        "metadata": {"links": [{"url": "u", "text": "t"}], "languages": ["de"]},
    }
    drawn = [[linked, below], [below, linked], [{**linked, "type": "Hologram"}], [linked, linked]]
    documents = [{"doc_id": str(i), "elements": elements} for i, elements in enumerate(drawn)]
    schema = pa.schema([("doc_id", pa.string()), ("elements", pa.list_(FULL))])
    data = parquet(pa.Table.from_pylist(documents, schema=schema))
    found = without_place(read(tmp_path, "a.parquet", data))
    assert found[:3] == without_place(read(tmp_path, "a.jsonl", jsonl(documents)))[:3]
    assert [element.level for element in found[1]["elements"]] == [1, 0]
    assert [row["warnings"] for row in found[:3]] == [0, 0, 1]
    assert rules(found) == [None, None, None, "duplicate_ids"]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([[{"id": "a", "type": "Text", "text": "t", "metadata": '{"page": 1}'}]]),
        pa.array([[{"id": 1, "type": "Text", "text": "t"}]]),
        pa.array([[{"element_id": "a", "id": "b", "type": "Text", "text": "t"}]]),
        pa.array([[{"type": "Text", "text": "t"}]]),
        pa.array([[{"id": "a", "type": "Text", "text": "t", "page_number": 2.0}]]),
        pa.array([[{"id": "a", "type": "Text", "text": "t", "metadata": {"font_size": 9}}]]),
        pa.array([[{"id": "a", "type": "Text", "text": "t"}, None]]),
        pa.array([["t"]]),
        pa.array([[{"id": "a", "type": "Text", "text": "t"}]]).cast(
            pa.large_list(
                pa.struct([("id", pa.large_string()), ("type", pa.string()), ("text", pa.string())])
            )
        ),
    ],
)
def test_elements_of_any_type_of_column_are_read(tmp_path: Path, column: pa.Array) -> None:
    (row,) = read(tmp_path, "a.parquet", parquet(pa.table({"elements": column})))
    assert (texts(row), rules([row])) == (["t"], [None])


def test_elements_that_are_no_list_are_refused(tmp_path: Path) -> None:
    data = parquet(pa.table({"elements": pa.array([{"type": "Text"}, None])}))
    assert rules(read(tmp_path, "a.parquet", data)) == ["not_elements", "no_content"]
