from __future__ import annotations

import errno
import gzip
import io
import json
import os
from pathlib import Path

import pytest

from tests.unit.sources.reading import LIMITS, input_file, read, rows, rules, tables
from tore_export.sources import opened
from tore_export.sources.source import read_unit
from tore_export.sources.unit import InputFile, Limits, Unit

ELEMENT = b'[{"type": "Text", "element_id": "a", "text": "hello", "metadata": {}}]'


def test_files_come_in_input_order_and_the_mark_comes_last(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.json").write_bytes(ELEMENT)
    files = tuple(input_file(tmp_path / f"{number}.json") for number in (3, 1, 4, 0, 2))
    found = rows(Unit(0, "files", files))
    assert [row["source"] for row in found] == ["3.json", "1.json", "4.json", "0.json", "2.json"]
    assert {row["place"] for row in found} == {None}


def test_a_unit_without_files_is_a_mark() -> None:
    assert rows(Unit(0, "files", ())) == []


def test_tables_have_no_more_rows_than_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"text": "a"}\n' * 25)
    (tmp_path / "y.json").write_bytes(ELEMENT)
    unit = Unit(0, "files", (input_file(path), input_file(tmp_path / "y.json")))
    found = tables(unit, batch_rows=10)
    assert [table.num_rows for table in found] == [10, 10, 7]
    assert rows(unit, batch_rows=10) == rows(unit, batch_rows=1) == rows(unit)


def test_failed_files_fill_tables_too() -> None:
    missing = tuple(InputFile(f"/nowhere/{i}", str(i), 0) for i in range(5))
    found = tables(Unit(0, "files", missing), batch_rows=2)
    assert [table.num_rows for table in found] == [2, 2, 2]


@pytest.mark.parametrize("name", ["a.json", "a.tore", "a.jsonl"])
def test_where_tables_are_cut_changes_no_row(tmp_path: Path, name: str) -> None:
    row = b'{"elements": ' + ELEMENT + b"}"
    data = {"a.json": ELEMENT, "a.tore": row, "a.jsonl": (row + b"\n") * 3}[name]
    (tmp_path / name).write_bytes(data)
    unit = Unit(0, "files", (input_file(tmp_path / name),) * 3)
    assert rows(unit, batch_rows=1) == rows(unit, batch_rows=2) == rows(unit)


def test_a_disk_that_fails_under_a_compressed_file_is_no_truncated_stream(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(io.FileIO):
        def read(self, size: int = -1, /) -> bytes:
            if self.tell() > 100_000:
                raise OSError(errno.EIO, "Input/output error")
            return super().read(size) or b""

    path = tmp_path / "a.json.gz"
    path.write_bytes(gzip.compress(b"[" + os.urandom(500_000).hex().encode(), 1))
    monkeypatch.setattr(opened, "open_read", Failing)
    (row,) = rows(Unit(0, "files", (input_file(path),)))
    assert rules([row]) == ["unreadable"]
    assert "Input/output error" in row["reject"]["detail"]


def test_a_document_in_a_stream_that_breaks_off_is_refused(tmp_path: Path) -> None:
    data = gzip.compress(b"[" + b",".join([ELEMENT[1:-1]] * 5_000) + b"]")
    assert rules(read(tmp_path, "a.json", data[:-40])) == ["truncated"]


def test_what_nests_deep_in_odd_places_is_refused_in_a_sentence(tmp_path: Path) -> None:
    deep = b"[" * 990 + b"]" * 990
    for data, rule in (
        (b'{"text": ' + deep + b"}", "no_content"),
        (b'{"elements": {"a": ' + deep + b"}}", "not_elements"),
        (deep, "not_elements"),
        (b'{"documents": [' + deep + b"]}", "no_content"),
    ):
        assert rules(read(tmp_path, "a.json", data)) == [rule]


def test_tables_are_made_of_about_16_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes((json.dumps({"text": "x" * 6_000_000}) + "\n").encode() * 7)
    found = tables(Unit(0, "jsonl", (input_file(path),), 0, path.stat().st_size))
    assert [table.num_rows for table in found] == [3, 3, 2]


def test_a_file_that_is_gone_is_a_failed_document(tmp_path: Path) -> None:
    missing = InputFile(str(tmp_path / "gone.json"), "gone.json", 10)
    (row,) = rows(Unit(0, "files", (missing,)))
    assert rules([row]) == ["unreadable"]
    assert row["reject"]["detail"].startswith(
        "gone.json: the file cannot be read, found No such file"
    )


def test_a_name_that_is_no_utf8_is_spelled_out(tmp_path: Path) -> None:
    path = tmp_path / "caf\udce9 é.json"
    for data, rule in ((ELEMENT, None), (b"[", "invalid_json")):
        path.write_bytes(data)
        (row,) = rows(Unit(0, "files", (input_file(path),)))
        assert (row["source"], rules([row])) == ("caf\\xe9 é.json", [rule])


def test_a_folder_where_a_file_was_expected_is_a_failed_document(tmp_path: Path) -> None:
    (row,) = rows(Unit(0, "files", (InputFile(str(tmp_path), "folder", 0),)))
    assert rules([row]) == ["unreadable"]


def test_a_named_pipe_is_a_failed_document_and_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe.jsonl"
    os.mkfifo(path)
    (row,) = rows(Unit(0, "files", (InputFile(str(path), "pipe.jsonl", 0),)))
    assert rules([row]) == ["unreadable"]
    assert "a named pipe cannot be read" in row["reject"]["detail"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_failed_document(tmp_path: Path) -> None:
    path = tmp_path / "secret.json"
    path.write_bytes(ELEMENT)
    path.chmod(0)
    assert rules(rows(Unit(0, "files", (InputFile(str(path), "secret.json", 1),)))) == [
        "unreadable"
    ]


@pytest.mark.parametrize("reader", ["files", "jsonl"])
def test_a_file_that_was_changed_is_a_failed_document(tmp_path: Path, reader: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"text": "a"}\n')
    file = input_file(path)
    path.write_bytes(b'{"text": "a"}\n{"text": "b"}\n')
    (row,) = rows(Unit(0, reader, (file,), 0, file.size))
    assert rules([row]) == ["changed"]


def test_a_file_without_a_stamp_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(ELEMENT)
    assert rules(rows(Unit(0, "files", (InputFile(str(path), "x.json", 0),)))) == [None]


def test_a_failed_file_takes_no_other_with_it(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(ELEMENT)
    (tmp_path / "b.json").write_bytes(ELEMENT[:-5])
    (tmp_path / "c.json").write_bytes(ELEMENT)
    files = tuple(input_file(tmp_path / f"{name}.json") for name in "abc")
    found = rows(Unit(0, "files", files))
    assert rules(found) == [None, "invalid_json", None]
    assert [len(row["elements"]) for row in found] == [1, 0, 1]
    assert "cut short" in found[1]["reject"]["detail"]


def test_a_document_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    for name, data in (
        ("a.json", b'[{"type": "Text", "text": "' + b"x" * 1_000_000 + b'"}]'),
        ("a.tore", b'{"elements": [{"type": "Text", "text": "' + b"x" * 1_000_000 + b'"}]}'),
    ):
        found = read(tmp_path, name, data, Limits(max_document_bytes=500_000))
        assert rules(found) == ["too_large"]


def test_a_file_of_another_store_is_read_through_fsspec() -> None:
    import fsspec

    data = b'{"text": "a"}\n{"text": "b"}\n'
    store = fsspec.filesystem("memory")
    store.pipe("/bucket/a.jsonl", data)
    store.pipe("/bucket/a.gz", gzip.compress(data))
    for name, reader in (("a.jsonl", "files"), ("a.gz", "files"), ("a.jsonl", "jsonl")):
        size = store.size(f"/bucket/{name}")
        file = InputFile(f"memory://bucket/{name}", name, size, "stamp")
        found = rows(Unit(0, reader, (file,), 0, len(data)))
        assert [row["elements"][0].text for row in found] == ["a", "b"]


def test_reading_is_lazy(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"text": "a"}\n' * 10)
    first = next(read_unit(Unit(0, "files", (input_file(path),)), LIMITS, 2))
    assert first.num_rows == 2
