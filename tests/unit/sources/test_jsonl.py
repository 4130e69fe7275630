from __future__ import annotations

import gzip
import json
import zlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.sources.reading import input_file, read, rows, rules, texts
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.sources.identity import document_id
from tore_export.sources.unit import Limits, Unit


def line(doc_id: str, *words: str, **fields: Any) -> bytes:
    elements = [
        {
            "element_id": f"e{i}",
            "type": "NarrativeText",
            "text": word,
            "metadata": {"page_number": 1},
        }
        for i, word in enumerate(words)
    ]
    return json.dumps({"doc_id": doc_id, "elements": elements, **fields}).encode()


def zstd(data: bytes) -> bytes:
    return pa.Codec("zstd").compress(data, asbytes=True)


def test_each_line_is_a_document_and_its_place_is_its_first_byte(tmp_path: Path) -> None:
    first, second = line("a", "one", "two"), line("b", "three")
    found = read(tmp_path, "x.jsonl", first + b"\n\n  \n" + second)
    assert [(row["doc_id"], row["place"], texts(row)) for row in found] == [
        ("a", 0, ["one", "two"]),
        ("b", len(first) + 5, ["three"]),
    ]
    assert {row["source"] for row in found} == {"x.jsonl"}


def test_a_row_of_text_is_one_raw_element(tmp_path: Path) -> None:
    found = read(tmp_path, "x.jsonl", b'{"id": 7, "text": "# as it is"}\n{"text": ""}\n')
    assert [row["doc_id"] for row in found] == ["7", document_id(None, "x.jsonl", 32)]
    assert found[0]["elements"] == [Element(Kind.RAW, "# as it is", id="0")]


def test_other_fields_become_columns_or_meta(tmp_path: Path) -> None:
    data = line(
        "a",
        "x",
        title="T",
        created_at="2024-05-01",
        language="de",
        source="page.html",
        license={"name": "MIT"},
        embedding=[0.1] * 100,
    )
    (row,) = read(tmp_path, "x.jsonl", data + b"\n" + b"[]")[:1]
    assert (row["title"], row["created_at"], row["language"]) == ("T", "2024-05-01", "de")
    assert row["meta"] == '{"license":{"name":"MIT"},"source":"page.html"}'
    assert row["warnings"] == 0


def test_meta_that_is_too_large_is_dropped_with_a_warning(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "x.jsonl", line("a", "x", note="n" * 70_000))
    assert (row["meta"], row["warnings"], rules([row])) == (None, 1, [None])


def test_the_language_is_the_first_the_elements_name(tmp_path: Path) -> None:
    element = {
        "element_id": "e",
        "type": "Text",
        "text": "t",
        "metadata": {"languages": ["deu", "eng"]},
    }
    lenient = {**element, "element_id": None}
    data = b"\n".join(json.dumps({"elements": [e]}).encode() for e in (element, lenient))
    assert [row["language"] for row in read(tmp_path, "x.jsonl", data)] == ["deu", "deu"]


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        (b'{"elements": [{"type": "Ti', "invalid_json"),
        (b"{nonsense}", "invalid_json"),
        (b'{"text": NaN}', "invalid_json"),
        (b'{"text": "caf\xe9"}', "not_utf8"),
        (b"[1, 2]", "not_a_document"),
        (b"7", "not_a_document"),
        (b"{}", "no_content"),
        (b'{"text": null, "elements": null}', "no_content"),
        (b'{"text": ["a"]}', "no_content"),
        (b'{"messages": []}', "empty_dialogue"),
        (b'{"schema_name": "DoclingDocument", "texts": []}', "no_content"),
        (b'{"elements": {"a": 1}}', "not_elements"),
        (b'{"elements": "text"}', "invalid_json"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "too_deep"),
        (b'{"elements": ' + b"[" * 100_000, "too_deep"),
    ],
)
def test_a_bad_line_costs_only_itself(tmp_path: Path, bad: bytes, rule: str) -> None:
    data = line("a", "one") + b"\n" + bad + b"\n" + line("b", "two") + b"\n"
    found = read(tmp_path, "x.jsonl", data)
    assert rules(found) == [None, rule, None]
    assert [texts(row) for row in found] == [["one"], [], ["two"]]
    place = len(line("a", "one")) + 1
    assert found[1]["place"] == place
    assert found[1]["reject"]["detail"].startswith(f"x.jsonl at {place:,}: ")


def test_a_bad_line_keeps_the_id_it_has(tmp_path: Path) -> None:
    twice = [{"element_id": "e", "type": "Text", "text": "t", "metadata": {}}] * 2
    data = json.dumps({"doc_id": "mine", "elements": twice}).encode()
    (row,) = read(tmp_path, "x.jsonl", data)
    assert (row["doc_id"], rules([row])) == ("mine", ["duplicate_ids"])


def test_a_line_over_the_limit_is_passed_over(tmp_path: Path) -> None:
    data = line("a", "one") + b"\n" + line("b", "x" * 10_000_000) + b"\n" + line("c", "two")
    found = read(tmp_path, "x.jsonl", data, Limits(max_document_bytes=100_000))
    assert rules(found) == [None, "too_large", None]
    assert "allowed: 100,000 bytes" in found[1]["reject"]["detail"]


def test_elements_over_the_limit_are_refused(tmp_path: Path) -> None:
    limits = Limits(max_elements=2)
    data = line("a", "1", "2") + b"\n" + line("b", "1", "2", "3")
    assert rules(read(tmp_path, "x.jsonl", data, limits)) == [None, "too_many_elements"]


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf" + line("a", "one") + b"\n" + line("b", "two")
    found = read(tmp_path, "x.jsonl", data)
    assert [row["doc_id"] for row in found] == ["a", "b"]
    assert found[1]["place"] == len(line("a", "one")) + 4


def test_an_empty_file_has_no_documents(tmp_path: Path) -> None:
    assert read(tmp_path, "x.jsonl", b"") == []
    assert read(tmp_path, "y.jsonl", b"\n \n\n") == []


@pytest.mark.parametrize("compress", [gzip.compress, zstd])
@pytest.mark.parametrize("name", ["x.jsonl.gz", "x.jsonl.zst", "x.bin"])
def test_a_compressed_file_is_read_whatever_its_name(
    tmp_path: Path, compress: Any, name: str
) -> None:
    data = b"\n".join(line(f"d{i}", f"word {i}") for i in range(2_000))
    found = read(tmp_path, name, compress(data))
    assert [row["doc_id"] for row in found] == [f"d{i}" for i in range(2_000)]
    assert found[1]["place"] == data.index(b"\n") + 1


def test_frames_and_members_joined_are_one_stream(tmp_path: Path) -> None:
    halves = [line("a", "one") + b"\n", line("b", "two") + b"\n"]
    for name, compress in (("x.gz", gzip.compress), ("x.zst", zstd)):
        found = read(tmp_path, name, b"".join(compress(half) for half in halves))
        assert [row["doc_id"] for row in found] == ["a", "b"]


@pytest.mark.parametrize("compress", [gzip.compress, zstd])
@pytest.mark.parametrize("n_documents", [30, 8_000])
def test_a_stream_that_breaks_off_keeps_every_row_before_the_break(
    tmp_path: Path, compress: Any, n_documents: int
) -> None:
    data = b"".join(line(f"d{i}", f"word {i * 7919 % 10_007}") + b"\n" for i in range(n_documents))
    whole = compress(data)
    cut = read(tmp_path, "x.jsonl.gz", whole[: len(whole) * 3 // 4])
    *good, last = cut
    assert rules([last]) == ["truncated"]
    assert "breaks off" in last["reject"]["detail"]
    assert [(row["doc_id"], row["reject"]) for row in good] == [
        (f"d{i}", None) for i in range(len(good))
    ]
    assert len(good) > n_documents // 2 or n_documents < 1_000
    if compress is gzip.compress:
        readable = zlib.decompressobj(31).decompress(whole[: len(whole) * 3 // 4])
        assert len(good) == readable.count(b"\n")


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(st.sampled_from([b"", b'{"text":"a"}', b'{"id":"b","text":"bb"}', b"{", b"  "])),
    ends=st.booleans(),
    data=st.data(),
)
def test_ranges_that_tile_a_file_give_every_line_once(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], ends: bool, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("tiles") / "x.jsonl"
    content = b"\n".join(lines) + b"\n" * ends
    path.write_bytes(content)
    file = input_file(path)
    whole = rows(Unit(0, "jsonl", (file,), 0, file.size))
    bounds = sorted(data.draw(st.lists(st.integers(0, file.size), max_size=5)))
    pieces = [
        row
        for start, end in zip([0, *bounds], [*bounds, file.size], strict=True)
        for row in rows(Unit(0, "jsonl", (file,), start, end))
    ]
    assert pieces == whole
    assert len(whole) == sum(bool(part.strip()) for part in lines)


def test_a_line_over_many_ranges_is_read_by_the_first(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(line("long", "x" * 300_000) + b"\n" + line("next", "y"))
    file = input_file(path)
    cuts = [0, 10, 100_000, 200_000, file.size]
    found = [
        [row["doc_id"] for row in rows(Unit(0, "jsonl", (file,), start, end))]
        for start, end in pairwise(cuts)
    ]
    assert found == [["long"], [], [], ["next"]]


def test_a_failing_disk_keeps_what_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tore_export.sources.opened import Opened

    def failing(self: Opened) -> Any:
        yield line("a", "one") + b"\n"
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Opened, "blocks", failing)
    found = read(tmp_path, "x.jsonl", line("a", "one") + b"\n" + line("b", "two") + b"\n")
    assert found[0]["doc_id"] == "a"
    assert rules(found) == [None, "unreadable"]
