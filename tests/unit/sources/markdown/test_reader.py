"""A Markdown file is one document: told by its name, described by its front matter."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.unit.sources.reading import read, rules, texts
from tore_export.documents.schema import Kind
from tore_export.sources.unit import Limits


@pytest.mark.parametrize("name", ["a.md", "a.MARKDOWN", "a.mdown", "a.mkd", "a.mdx", "b/a.md.gz"])
def test_the_name_tells_markdown(tmp_path: Path, name: str):
    data = b"# Pumps\n\nThey *pump*.\n"
    (tmp_path / "b").mkdir()
    (row,) = read(tmp_path, name, gzip.compress(data) if name.endswith("gz") else data)
    assert texts(row) == ["Pumps", "They pump."]
    assert row["elements"][0].kind == Kind.TITLE


def test_a_text_of_another_name_is_no_markdown(tmp_path: Path):
    (row,) = read(tmp_path, "a.txt", b"*not* emphasis\n")
    assert texts(row) == ["*not* emphasis"]


def test_front_matter_says_what_the_document_is(tmp_path: Path):
    data = b"---\ntitle: 1984\ndate: 2024-05-01\nlang: de\nid: intro\ntags: [a]\n---\n# Why\n"
    (row,) = read(tmp_path, "a.md", data)
    assert row["title"] == "1984"
    assert row["created_at"] == "2024-05-01"
    assert row["language"] == "de"
    assert json.loads(row["meta"]) == {"front_matter": {"id": "intro"}, "tags": ["a"]}
    assert len(row["doc_id"]) == 24
    assert row["warnings"] == 0
    assert texts(row) == ["Why"]


def test_front_matter_may_name_the_document(tmp_path: Path):
    (row,) = read(tmp_path, "a.md", b"---\ndoc_id: pump-7\n---\n# Why\n")
    assert row["doc_id"] == "pump-7"


def test_broken_front_matter_costs_a_warning_and_stays_as_code(tmp_path: Path):
    (row,) = read(tmp_path, "a.md", b"---\ntitle: [a\n---\n# Why\n")
    assert row["warnings"] == 1
    assert row["title"] is None
    assert [(e.kind, e.text) for e in row["elements"]] == [
        (Kind.CODE, "title: [a"),
        (Kind.TITLE, "Why"),
    ]
    assert row["elements"][0].meta == {"language": "yaml"}


def test_a_document_without_front_matter_has_no_title(tmp_path: Path):
    (row,) = read(tmp_path, "a.md", b"# Why\n")
    assert row["title"] is None
    assert row["meta"] is None


@pytest.mark.parametrize(
    "data",
    [
        "ä\r\n\r\nb".encode(),
        b"\xef\xbb\xbf\xc3\xa4\n\nb",
        "\ufeffä\n\nb".encode("utf-16-le"),
        "\ufeffä\n\nb".encode("utf-32-be"),
        "ä\r\rb".encode(),
    ],
)
def test_byte_order_marks_and_line_ends_of_any_sort_are_read(tmp_path: Path, data: bytes):
    (row,) = read(tmp_path, "a.md", data)
    assert texts(row) == ["ä", "b"]


def test_nul_becomes_the_replacement_character(tmp_path: Path):
    (row,) = read(tmp_path, "a.md", b"a\0b\n\n---\n" + b"text " * 100)
    assert texts(row)[0] == "a\ufffdb"


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "empty_file"),
        (b" \n\n ", "empty_file"),
        (b"caf\xe9 au lait", "not_utf8"),
        (b"%PDF-1.7 \n", "unsupported_format"),
        (bytes(range(256)) * 20, "unsupported_format"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, data: bytes, rule: str):
    assert rules(read(tmp_path, "a.md", data)) == [rule]


def test_limits_of_a_document_hold(tmp_path: Path):
    assert rules(read(tmp_path, "a.md", b"a\n\n" * 50, Limits(max_elements=49))) == [
        "too_many_elements"
    ]
    assert rules(read(tmp_path, "a.md", b"a\n\n" * 50, Limits(max_document_bytes=100))) == [
        "too_large"
    ]


def test_a_bracket_at_the_start_is_no_json(tmp_path: Path):
    (row,) = read(tmp_path, "a.md", b"[Pumps](b.md) pump.\n")
    assert texts(row) == ["Pumps pump."]
    (row,) = read(tmp_path, "a.md", b"{% raw %} pump\n")
    assert texts(row) == ["{% raw %} pump"]


def test_tables_of_documents_are_cut_where_they_are_full(tmp_path: Path):
    (row,) = read(tmp_path, "a.md", b"# Why\n", batch_rows=1)
    assert texts(row) == ["Why"]
