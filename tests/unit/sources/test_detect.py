from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import SHARED
from tests.unit.sources.reading import LIMITS, input_file, read, rules
from tore_export.errors import DocumentError
from tore_export.sources.detect import (
    how_to_split,
    reader_named,
    reader_names,
    reader_of,
    readers,
)
from tore_export.sources.opened import Opened

ELEMENT = {"type": "Text", "element_id": "a", "text": "t", "metadata": {}}
ROW = {"doc_id": "d", "elements": [ELEMENT]}
V3 = {"version": "3.0", "format": "unified_element_model", "elements": []}
LONG = {"doc_id": "d", "elements": [{**ELEMENT, "text": "x" * 200_000}]}


def js(*values: Any, indent: int | None = None) -> bytes:
    return b"\n".join(json.dumps(value, indent=indent).encode() for value in values)


def reader(tmp_path: Path, name: str, data: bytes) -> str:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    with Opened(input_file(path)) as opened:
        return reader_of(opened, LIMITS).name


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a", b"[]", "unstructured"),
        ("a", b" \n [" + js(ELEMENT) + b"]", "unstructured"),
        ("a", b"\xef\xbb\xbf[]", "unstructured"),
        ("a", js([ELEMENT] * 2_000, indent=2), "unstructured"),
        ("a", js(ELEMENT, ELEMENT), "unstructured"),
        ("a.ndjson", js(ELEMENT), "unstructured"),
        ("a.ndjson", js({"element_type": "x", "text": "y"}), "unstructured"),
        ("a", js(ROW, ROW), "jsonl"),
        ("a.json", js({"id": 1, "text": "a", "type": "news"}, {"text": "b"}), "jsonl"),
        ("a", js(LONG, ROW), "jsonl"),
        ("a.jsonl", js(LONG), "jsonl"),
        ("a.jsonl", js(ROW), "jsonl"),
        ("a.JSONL.gz", js(ROW), "jsonl"),
        ("a.jsonl", b'{"broken\n{"also', "jsonl"),
        ("a.jsonl", b'{"broken', "jsonl"),
        ("a.json", b'{"broken\n' + js(ROW), "jsonl"),
        ("a.jsonl", b"", "jsonl"),
        ("a", js(ROW), "tore"),
        ("a", js(LONG), "tore"),
        ("a.tore", js(V3), "tore"),
        ("a", js(V3, indent=2), "tore"),
        ("a.jsonl", js(ROW, indent=2), "tore"),
        ("a", js({"elements": [ELEMENT] * 3_000}, indent=1), "tore"),
        ("a.json", b'{"broken', "tore"),
        ("a.json", b'{"elements": [\n' + js(ELEMENT) + b"\n]}", "tore"),
        ("a", js({"name": "p", "version": "1.0.0", "documents": []}, indent=2), "tore_project"),
        ("a", js({"documents": [{"x": "y" * 100_000}]}), "tore_project"),
        ("a", js({"format": "tore_v2"}), "tore_project"),
        ("a", js({"visual_areas": {}}), "tore_project"),
        ("a.md", b"# Title", "markdown"),
        ("a.md", b"[a]: b\n", "markdown"),
        ("a.csv", b"a,b\n1,2", "csv"),
        ("a.TSV", b"a\tb\n", "csv"),
        ("a.csv", b"[1],2\n", "csv"),
        ("a.csv", js([ELEMENT]), "unstructured"),
        ("a.txt", b"some words", "text"),
        ("a", b"some words", "text"),
        ("v1.0/a", b"some words", "text"),
        ("a.txt", "größer ".encode() * 20_000, "text"),
        ("a.txt", b"[1] A reference", "text"),
        ("a.log", b"[2026-11-22 10:00] started\n{not json}", "text"),
        ("a.txt", b"{a brace}", "text"),
        ("a", b"[1, 2]", "unstructured"),
        ("a", b"[1, 2", "text"),
        ("a.txt", b"caf\xe9, in Latin-1", "text"),
        ("a.txt", b"one \0 in a long line of text", "text"),
        ("a.txt", b'"text"', "text"),
        ("a.txt", b"<john> hello", "text"),
        ("a.txt", js([ELEMENT]), "unstructured"),
        ("a.txt", js(ROW, ROW), "jsonl"),
        ("a.txt", js(V3, indent=2), "tore"),
        ("a.json", "[]".encode("utf-16"), "unstructured"),
    ],
)
def test_content_tells_what_a_file_is(
    tmp_path: Path, name: str, data: bytes, expected: str
) -> None:
    assert reader(tmp_path, name, data) == expected
    for compressed in (gzip.compress(data), pa.Codec("zstd").compress(data, asbytes=True)):
        assert data == b"" or reader(tmp_path, name, compressed) == expected


def test_parquet_is_told_by_its_magic(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["a"]}), tmp_path / "a.json")
    assert reader(tmp_path, "b.json", (tmp_path / "a.json").read_bytes()) == "parquet"


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("a.pdf", b"%PDF-1.7", "a PDF"),
        ("a.txt", b"%PDF-1.7", "a PDF"),
        ("a.rtf", b"{\\rtf1 a}", "RTF"),
        ("a.docx", b"PK\x03\x04", "a ZIP archive"),
        ("a.bin", b"\x01\x02\x03\x00", "binary data"),
        ("a", b"\x01\x02\x03\x00", "binary data"),
        ("a.bin", b"\x81\x82", "bytes that are no UTF-8 text"),
        ("a", b"caf\xe9", "bytes that are no UTF-8 text"),
        ("a.bin", b"x" * 30_000 + b"\x81" + b"x" * 60_000, "bytes that are no UTF-8 text"),
        ("a.svg", b"<?xml version='1.0'?><svg/>", "XML"),
        ("a.json", b'"text"', "a JSON value that is neither object nor list"),
        ("a", b"null", "a JSON value that is neither object nor list"),
        ("a.py", b"import os", "text named .py, which is no name of a plain text"),
    ],
)
def test_what_is_not_read_is_named(tmp_path: Path, name: str, data: bytes, found: str) -> None:
    (row,) = read(tmp_path, name, data)
    assert rules([row]) == ["unsupported_format"]
    assert f"found {found}" in row["reject"]["detail"]
    assert "Parquet" in row["reject"]["detail"]


@pytest.mark.parametrize("data", [b"", b" \n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_no_document(tmp_path: Path, data: bytes) -> None:
    assert rules(read(tmp_path, "a.json", data)) == ["empty_file"]


@pytest.mark.parametrize("magic", [b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x1f\x8b\x08\x00rubbish"])
def test_a_compressed_file_without_a_readable_byte_is_truncated(
    tmp_path: Path, magic: bytes
) -> None:
    assert rules(read(tmp_path, "a.jsonl.gz", magic)) == ["truncated"]


def test_large_files_of_rows_can_be_split(tmp_path: Path) -> None:
    def split(name: str, data: bytes) -> str | None:
        (tmp_path / name).write_bytes(data)
        return how_to_split(input_file(tmp_path / name))

    table = pa.BufferOutputStream()
    pq.write_table(pa.table({"text": ["a"]}), table)
    parquet = table.getvalue().to_pybytes()
    assert split("a", js(ROW, ROW)) == "jsonl"
    assert split("b", js(LONG, LONG)) == "jsonl"
    assert split("c", parquet) == "parquet"
    assert split("d", parquet[:-1]) is None
    assert split("e", gzip.compress(js(ROW, ROW))) is None
    assert split("f", js(ELEMENT, ELEMENT)) is None
    assert split("g", js(LONG)) is None
    assert split("h", js([ELEMENT])) is None
    assert split("i", b"plain") is None
    assert split("j", b"") is None


def test_a_file_that_was_changed_is_not_split(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(js(ROW, ROW))
    file = input_file(path)
    path.write_bytes(js(ROW, ROW, ROW))
    assert how_to_split(file) is None
    path.unlink()
    with pytest.raises(FileNotFoundError):
        how_to_split(file)


@pytest.mark.skipif(not SHARED.exists(), reason="the published documents are not here")
def test_published_element_files_are_read_and_others_named(tmp_path: Path) -> None:
    files = [path for path in sorted((SHARED / "corpora").rglob("*")) if path.is_file()]
    expected = {
        ".md": "markdown",
        ".csv": "csv",
        ".rst": "text",
        ".itxt": "unsupported_format",
    }
    for path in files:
        with Opened(input_file(path)) as opened:
            try:
                name = reader_of(opened, LIMITS).name
            except DocumentError as error:
                name = error.rule
        if "unstructured" in path.parts and path.suffix in (".json", ".ndjson"):
            assert name == "unstructured"
        assert name == expected.get(path.suffix, name), path


def test_names_of_readers_are_told_in_the_order_of_asking() -> None:
    names = reader_names()
    assert names[:2] == ["parquet", "jsonl"]
    assert names[-1] == "text"
    assert len(set(names)) == len(names)
    assert [reader_named(name).name for name in names] == names


def test_each_reader_says_what_it_reads() -> None:
    for found in readers():
        assert found.description, found.name
        assert all(suffix.startswith(".") for suffix in found.suffixes)
