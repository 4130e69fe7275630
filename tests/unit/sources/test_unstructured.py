from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import SHARED
from tests.unit.sources.reading import input_file, read, rows, rules, texts
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.sources.identity import document_id
from tore_export.sources.unit import Limits, Unit


def element(number: int, text: str, **metadata: Any) -> dict[str, Any]:
    return {"element_id": f"e{number}", "type": "Text", "text": text, "metadata": metadata}


ELEMENTS = [element(0, "a", page_number=1, languages=["eng"]), element(1, "b")]
LIST = json.dumps(ELEMENTS, indent=2).encode()
LINES = b"\n".join(json.dumps(e).encode() for e in ELEMENTS)


@pytest.mark.parametrize("data", [LIST, b"\xef\xbb\xbf" + LIST, LINES, LINES + b"\r\n\n"])
def test_a_list_or_its_lines_are_one_document(tmp_path: Path, data: bytes) -> None:
    (row,) = read(tmp_path, "a.json", data)
    assert (row["doc_id"], row["place"]) == (document_id(None, "a.json", None), None)
    assert (row["language"], row["meta"], row["warnings"]) == ("eng", None, 0)
    assert row["elements"] == [
        Element(Kind.PARAGRAPH, "a", id="e0", page=1),
        Element(Kind.PARAGRAPH, "b", id="e1"),
    ]


def test_an_empty_list_is_an_empty_document(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "a.json", b" [ ] ")
    assert (rules([row]), row["elements"]) == ([None], [])


def test_the_bare_list_of_v1_is_read(tmp_path: Path) -> None:
    elements = [
        {"id": 1, "type": "title", "text": "a", "page_number": 2, "languages": ["de"]},
        {"type": "list", "text": "b"},
    ]
    data = json.dumps(elements).encode()
    (row,) = read(tmp_path, "a.tore", data)
    assert row["language"] == "de"
    assert row["elements"] == [
        Element(Kind.TITLE, "a", id="1", level=1, page=2),
        Element(Kind.LIST_ITEM, "b", id="1_", level=0),
    ]


def test_one_odd_element_costs_only_itself(tmp_path: Path) -> None:
    data = json.dumps([*ELEMENTS, 7, {"type": "?", "text": "c"}]).encode()
    (row,) = read(tmp_path, "a.json", data)
    assert (texts(row), row["warnings"], rules([row])) == (["a", "b", "c"], 2, [None])


def test_half_a_surrogate_pair_is_replaced_and_counted(tmp_path: Path) -> None:
    for data in (
        rb'[{"type": "Text", "text": "a\ud800b"}]',
        rb'{"element_id": "x", "type": "Text", "text": "a\ud800b"}',
    ):
        (row,) = read(tmp_path, "a.ndjson", data)
        assert (texts(row), row["warnings"]) == (["a\ufffdb"], 1)
    (row,) = read(tmp_path, "a.ndjson", data + b"\n" + data.replace(b'"x"', b'"y"'))
    assert (texts(row), row["warnings"]) == (["a\ufffdb"] * 2, 2)


@pytest.mark.parametrize(
    ("data", "rule", "detail"),
    [
        (LIST[:-30], "invalid_json", "cut short"),
        (LINES + b"\n{broken", "invalid_json", "line 3"),
        (b"[1, 2]", "not_elements", "none of its items is an element"),
        (b'[{"doc_id": "a", "text": "x"}]', "not_elements", "JSONL"),
        (b'[{"elements": [], "text": "x"}]', "not_elements", "JSONL"),
        (b'[{"instruction": "a"}]', "not_elements", "objects with type and text"),
        (b"[" * 100_000, "too_deep", "allowed: 1,000"),
        (json.dumps([ELEMENTS[0]] * 2).encode(), "duplicate_ids", "'e0' 2 times"),
        (b'[{"type": "Text", "text": "caf\xe9"}]', "not_utf8", "0xe9"),
    ],
)
def test_what_is_no_document_is_one_failed_document(
    tmp_path: Path, data: bytes, rule: str, detail: str
) -> None:
    (row,) = read(tmp_path, "a.json", data)
    assert rules([row]) == [rule]
    assert row["reject"]["detail"].startswith("a.json: ")
    assert detail in row["reject"]["detail"]


FIELDS = [
    "type",
    "text",
    "element_id",
    "id",
    "metadata",
    "parent_id",
    "page_number",
    "category_depth",
    "cells",
    "headers",
    "languages",
    "text_as_html",
    "links",
    "orig_elements",
    "elements",
    "documents",
    "content",
    "caption",
    "extracted_content",
    "title",
    "text_elements",
    "tables",
    "data",
    "doc_id",
    "table_metadata",
    "cell_spans",
    "processing_data",
    "custom_fields",
    "confidence",
    "row_span",
    "col_span",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(FIELDS),
            inner | st.sampled_from(["Table", "Title", "ListItem", "Image"]),
            max_size=6,
        )
    ),
    max_leaves=30,
)


@settings(max_examples=200, deadline=None)
@given(value=JSON, cut=st.integers(0, 40), form=st.sampled_from(["list", "lines", "object", "row"]))
def test_whatever_a_file_holds_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, value: Any, cut: int, form: str
) -> None:
    whole = {"list": [value], "lines": value, "object": {"elements": [value], "documents": value}}
    whole["row"] = {"text": value} if cut % 2 else value
    data = json.dumps(whole[form]).encode()
    if form == "lines":
        data = b"\n".join([data] * 3)
    folder = tmp_path_factory.mktemp("any")
    for name, content in (("a.json", data), ("b.jsonl", data), ("c.json", data[: len(data) - cut])):
        read(folder, name, content)


@pytest.mark.skipif(not SHARED.exists(), reason="the published documents are not here")
def test_every_published_element_file_is_read_without_a_loss() -> None:
    files = sorted(
        path
        for path in (SHARED / "corpora" / "unstructured").rglob("*")
        if path.suffix in (".json", ".ndjson")
    )
    unit = Unit(0, "files", tuple(input_file(path) for path in files))
    found = rows(unit, Limits(keep_html=True))
    assert set(rules(found)) == {None}
    assert [row["warnings"] for row in found] == [0] * len(files)
    for path, row in zip(files, found, strict=True):
        content = path.read_bytes()
        values = (
            json.loads(content)
            if content.startswith(b"[")
            else map(json.loads, content.splitlines())
        )
        assert texts(row) == [value["text"] for value in values]
    unfolded = rows(unit)
    assert set(rules(unfolded)) == {None}
    changed = {
        path.parent.name
        for path, one, other in zip(files, found, unfolded, strict=True)
        if texts(one) != texts(other)
    }
    assert changed == {"local-single-file-basic-chunking"}
    kinds = {e.kind for row in found for e in row["elements"]}
    assert {Kind.TITLE, Kind.TABLE, Kind.LIST_ITEM, Kind.IMAGE, Kind.CAPTION, Kind.FORMULA} <= kinds
    assert sum(e.cells is not None for row in found for e in row["elements"]) > 40
    assert (
        b"base64"
        not in pa.array([json.dumps(e.meta) for r in found for e in r["elements"]])
        .buffers()[2]
        .to_pybytes()
    )


@pytest.mark.skipif(not SHARED.exists(), reason="the published documents are not here")
def test_of_all_published_files_only_those_in_an_unnamed_encoding_are_refused() -> None:
    folder = SHARED / "corpora" / "unstructured"
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    found = rows(Unit(0, "files", tuple(input_file(path) for path in files)))
    refused = {
        path.name: row["reject"]["rule"]
        for path, row in zip(files, found, strict=True)
        if row["reject"]
    }
    # both hold Latin-1 bytes and say nothing of it
    assert refused == {"fake-html-cp1252.html": "not_utf8", "umlauts-non-utf8.md": "not_utf8"}
    assert sum(row["warnings"] for row in found) == 0
    assert len(found) == len(files) > 200
