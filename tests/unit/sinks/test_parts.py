"""What units write, however their tables are cut, is the same."""

from __future__ import annotations

import io
import json
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import prose
from tore_export.errors import StorageError
from tore_export.sinks import parquet as parquet_module
from tore_export.sinks.jsonl import JsonLinesPart, encode_rows
from tore_export.sinks.parquet import ArrowPart, join_as_parquet
from tore_export.sinks.parts import PartWriters, open_parts
from tore_export.sinks.shards import Join, plan_joins
from tore_export.sinks.writing import HashingWriter
from tore_export.storage.layout import Layout
from tore_export.storage.receipts import Books, Part, Receipt

ROWS = pa.table(
    {
        "doc_id": [f"d{n}" for n in range(300)],
        "text": pa.array([None if n % 50 == 7 else prose(n) + " é漢" for n in range(300)]),
        "pages": pa.array([[n, n + 1] for n in range(300)], pa.list_(pa.int32())),
    }
)


def cut(table: pa.Table, places: list[int]) -> list[pa.Table]:
    bounds = [0, *sorted(places), table.num_rows]
    return [table.slice(a, b - a) for a, b in pairwise(bounds)]


def written(tables: list[pa.Table], kind: str) -> tuple[bytes, int]:
    stream = io.BytesIO()
    part: ArrowPart | JsonLinesPart
    if kind == "parquet":
        part = ArrowPart(stream, ROWS.schema)
    else:
        part = JsonLinesPart(stream, zstd=kind == "jsonl.zst")
    for table in tables:
        part.write(table)
    estimate = part.close()
    return stream.getvalue(), estimate


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 300), max_size=6))
def test_a_part_is_the_same_wherever_its_tables_are_cut(places: list[int]) -> None:
    for kind in ("jsonl", "jsonl.zst"):
        assert written(cut(ROWS, places), kind) == written([ROWS], kind)
    assert written(cut(ROWS, places), "parquet")[1] == written([ROWS], "parquet")[1]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 300), max_size=6))
def test_a_parquet_shard_is_the_same_wherever_its_parts_are_cut(places: list[int]) -> None:
    def joined(parts: list[list[pa.Table]]) -> bytes:
        out = io.BytesIO()
        streams = [io.BytesIO(written(tables, "parquet")[0]) for tables in parts]
        assert join_as_parquet(streams, ROWS.schema, HashingWriter(out)) == 300
        return out.getvalue()

    assert joined([[t] for t in cut(ROWS, places)]) == joined([[ROWS]])


def test_row_groups_are_closed_by_rows_and_by_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_module, "ROW_GROUP_ROWS", 100)
    part = io.BytesIO(written([ROWS], "parquet")[0])
    out = io.BytesIO()
    join_as_parquet([part], ROWS.schema, HashingWriter(out))
    metadata = pq.ParquetFile(out).metadata
    assert [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)] == [100] * 3
    monkeypatch.setattr(parquet_module, "ROW_GROUP_BYTES", 5_000)
    part.seek(0)
    join_as_parquet([part], ROWS.schema, HashingWriter(out := io.BytesIO()))
    assert pq.ParquetFile(out).metadata.num_row_groups > 40
    assert pq.read_table(out).equals(ROWS)


def test_the_estimate_of_a_part_is_near_its_size_as_parquet() -> None:
    data, estimate = written([ROWS], "parquet")
    out = io.BytesIO()
    join_as_parquet([io.BytesIO(data)], ROWS.schema, HashingWriter(out))
    assert 0.4 < estimate / len(out.getvalue()) < 2.5


def test_json_lines_keep_the_order_of_columns_and_every_character() -> None:
    rows = pa.table({"b": ['a\u2028"\\\n😀'], "a": [None]})
    assert encode_rows(rows) == b'{"b":"a\xe2\x80\xa8\\"\\\\\\n\xf0\x9f\x98\x80","a":null}\n'


def test_zstd_parts_are_frames_that_may_be_joined_by_copying() -> None:
    data = written([ROWS], "jsonl.zst")[0] * 2
    plain = pa.CompressedInputStream(pa.BufferReader(data), "zstd").read()
    assert [json.loads(line)["doc_id"] for line in plain.splitlines()] == [
        f"d{n}" for n in range(300)
    ] * 2


def test_parts_are_in_place_only_when_all_of_a_unit_is_written(tmp_path: Path) -> None:
    layout = Layout(str(tmp_path / "out"))
    with ExitStack() as files:
        writers = PartWriters(layout, files)
        writers.write(3, "train", "jsonl", ROWS.slice(0, 2))
        writers.write(3, "train", "jsonl", ROWS.slice(2, 1))
        parts = writers.close()
        assert not list(Path(layout.parts).glob("unit-*"))
    assert [(part.name, part.rows) for part in parts] == [("unit-000003.train.jsonl", 3)]
    with open_parts(layout, parts) as streams:
        assert [stream.read() for stream in streams] == [encode_rows(ROWS.slice(0, 3))]


def test_a_part_that_is_not_as_its_receipt_says_is_refused(tmp_path: Path) -> None:
    layout = Layout(str(tmp_path))
    Path(layout.parts).mkdir(parents=True)
    (Path(layout.parts) / "p").write_bytes(b"12")
    part = Part(name="p", split="train", rows=1, size=3, estimate=3, sha256="")
    with (
        pytest.raises(StorageError, match=r"found 2 bytes, allowed: 3 bytes"),
        open_parts(layout, [part]) as streams,
    ):
        next(streams)


def receipt(unit: int, **sizes: int) -> Receipt:
    parts = [
        Part(name=f"{unit}.{split}", split=split, rows=size, size=size, estimate=size, sha256="")
        for split, size in sizes.items()
    ]
    return Receipt(unit, "f", Books(), {}, {}, {}, parts)


def shapes(joins: list[Join], split: str) -> list[list[int]]:
    return [[part.size for part in join.parts] for join in joins if join.split == split]


def test_shards_come_near_their_size_in_unit_order_and_none_is_empty() -> None:
    receipts = [receipt(n, train=40, test=1) for n in (3, 0, 2, 1)] + [receipt(4, train=0)]
    joins = plan_joins(receipts, ["train", "validation", "test"], 100)
    assert shapes(joins, "train") == [[40, 40, 40], [40]]
    assert [join.parts[0].name for join in joins if join.split == "train"] == ["0.train", "3.train"]
    assert shapes(joins, "validation") == []
    assert shapes(joins, "test") == [[1, 1, 1, 1]]
    assert [(j.number, j.of) for j in joins if j.split == "train"] == [(0, 2), (1, 2)]


def test_a_part_larger_than_a_shard_is_a_shard() -> None:
    joins = plan_joins([receipt(0, train=500), receipt(1, train=10)], ["train"], 100)
    assert shapes(joins, "train") == [[500], [10]]


def test_without_a_size_there_is_one_shard_a_split() -> None:
    joins = plan_joins([receipt(n, train=10**9) for n in range(5)], ["train"], None)
    assert [join.of for join in joins] == [1]
