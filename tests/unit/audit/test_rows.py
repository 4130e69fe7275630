"""Rows of files that are broken, compressed, marked or not there."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tore_export.audit.finding import Findings
from tore_export.audit.rows import columns_of_parquet, is_parquet, rows_of
from tore_export.sources.unit import InputFile, Limits

LINES = b'{"text": "a"}\n{"text": "b"}\n{"text": "c"}\n'


def read(
    path: Path, limits: Limits | None = None
) -> tuple[list[int], list[tuple[str, int | None]]]:
    """Return the numbers of the rows that can be read, and rule and row of what is wrong."""
    findings = Findings()
    file = InputFile(str(path), path.name, 0)
    numbers = [number for number, row in rows_of(file, limits or Limits(), findings) if row]
    return numbers, [(found.rule, found.row) for found in findings.result().findings]


def test_a_compressed_file_that_breaks_off_keeps_the_rows_before_the_break(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(
        gzip.compress(os.urandom(40).hex().join(['{"text": "', '"}\n']).encode() * 900)
    )
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - 30])
    numbers, found = read(path)
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 10
    assert found[-1][0] == "truncated"


def test_a_byte_order_mark_is_told_and_the_row_behind_it_read(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + LINES)
    assert read(tmp_path / "a.jsonl") == ([1, 2, 3], [("byte_order_mark", 1)])


def test_text_in_utf_16_is_read_and_told(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(LINES.decode().encode("utf-16"))
    assert read(tmp_path / "a.jsonl") == ([1, 2, 3], [("not_utf8", None)])


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_a_row_that_is_too_large_costs_only_itself(tmp_path: Path, name: str) -> None:
    rows = [{"text": "a"}, {"text": "b" * 1_000}, {"text": "c"}]
    lines = "\n".join(json.dumps(row) for row in rows)
    (tmp_path / name).write_text(lines if name == "a.jsonl" else json.dumps(rows))
    assert read(tmp_path / name, Limits(max_document_bytes=500)) == ([1, 3], [("too_large", 2)])


def test_a_list_that_breaks_off_keeps_the_rows_before_the_break(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"text": "a"}, {"text": "b"}, {"te')
    assert read(tmp_path / "a.json") == ([1, 2], [("invalid_json", None)])


def test_a_list_with_a_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'\xef\xbb\xbf[{"text": "a"}]')
    assert read(tmp_path / "a.json") == ([1], [])


def test_lists_in_a_file_of_lines_are_no_rows(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('[{"text": "a"}]\n{"text": "b"}\n')
    assert read(tmp_path / "a.jsonl") == ([2], [("not_an_object", 1)])


def test_a_damaged_parquet_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["a" * 10, "b"] * 500}), path, compression="none")
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    assert read(path) == ([], [("damaged_parquet", None)])
    assert columns_of_parquet(InputFile(str(path), "a", 0)) == []
    assert is_parquet(InputFile(str(path), "a", 0))


def test_a_text_of_parquet_that_is_no_utf8_costs_only_its_row(tmp_path: Path) -> None:
    values = [b"a", b"b", b"\xff\xfe", b"d", b"e"]
    texts = pa.StringArray.from_buffers(5, *pa.array(values, pa.binary()).buffers()[1:])
    pq.write_table(pa.table({"text": texts}), tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet") == ([1, 2, 4, 5], [("not_utf8", 3)])


def test_only_the_columns_that_are_asked_for_are_read_of_parquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["a"], "more": ["b"]}), path)
    file = InputFile(str(path), "a", 0)
    found = list(rows_of(file, Limits(), Findings(), columns=["text", "gone"]))
    assert found == [(1, {"text": "a"})]
    assert columns_of_parquet(file) == ["text", "more"]


def test_a_file_that_is_not_there_is_told_not_raised(tmp_path: Path) -> None:
    assert read(tmp_path / "gone.jsonl") == ([], [("unreadable", None)])
    assert not is_parquet(InputFile(str(tmp_path / "gone"), "gone", 0))
