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
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import prose
from tore_export.errors import StorageError
from tore_export.sinks import parquet as parquet_module
from tore_export.sinks.jsonl import JsonLinesPart, encode_rows
from tore_export.sinks.parquet import ParquetPart, join_as_parquet
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
    part: ParquetPart | JsonLinesPart
    if kind == "parquet":
        part = ParquetPart(stream, ROWS.schema)
    else:
        part = JsonLinesPart(stream, zstd=kind == "jsonl.zst")
    for table in tables:
        part.write(table)
    estimate = part.close()
    return stream.getvalue(), estimate


def groups_of(data: bytes) -> list[int]:
    metadata = pq.ParquetFile(io.BytesIO(data)).metadata
    return [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)]


def joined(parts: list[bytes]) -> bytes:
    out = io.BytesIO()
    n_rows = join_as_parquet(map(io.BytesIO, parts), ROWS.schema, HashingWriter(out))
    assert n_rows == sum(groups_of(out.getvalue()))
    return out.getvalue()


@pytest.fixture(params=[1_000_000, 100_000, 3_000], ids="least={}".format)
def least(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Bytes from which on a part has row groups of its own; the rows of the tests have 290,000."""
    n_bytes: int = request.param
    monkeypatch.setattr(parquet_module, "LEAST_GROUP_BYTES", n_bytes)
    monkeypatch.setattr(parquet_module, "ROW_GROUP_BYTES", 2 * n_bytes)
    return n_bytes


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(places=st.lists(st.integers(0, 300), max_size=6))
def test_a_part_is_the_same_wherever_its_tables_are_cut(places: list[int], least: int) -> None:
    for kind in ("jsonl", "jsonl.zst"):
        assert written(cut(ROWS, places), kind) == written([ROWS], kind)
    data, estimate = written(cut(ROWS, places), "parquet")
    whole, estimate_of_whole = written([ROWS], "parquet")
    assert estimate == estimate_of_whole
    assert joined([data]) == joined([whole])
    if data.startswith(b"PAR1"):
        assert data == whole


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(places=st.lists(st.integers(0, 300), max_size=6))
def test_a_parquet_shard_has_the_rows_of_its_parts_in_order(places: list[int], least: int) -> None:
    parts = [written([table], "parquet")[0] for table in cut(ROWS, places)]
    assert pq.read_table(io.BytesIO(joined(parts))).equals(ROWS)


def test_small_parts_make_row_groups_together_and_large_ones_have_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parquet_module, "LEAST_GROUP_BYTES", 20_000)
    bounds = [0, 10, 20, 30, 200, 210, 220, 300]
    parts = [written([ROWS.slice(a, b - a)], "parquet")[0] for a, b in pairwise(bounds)]
    is_large = [part.startswith(b"PAR1") for part in parts]
    assert is_large == [False, False, False, True, False, False, True]
    assert groups_of(joined(parts)) == [30, 170, 20, 80]


def test_small_parts_make_full_row_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_module, "ROW_GROUP_ROWS", 100)
    parts = [written([ROWS.slice(start, 10)], "parquet")[0] for start in range(0, 300, 10)]
    assert groups_of(joined(parts)) == [100, 100, 100]


def test_a_row_group_is_full_by_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_module, "ROW_GROUP_ROWS", 100)
    assert groups_of(written([ROWS], "parquet")[0]) == [100, 100, 100]
    for n_rows, groups in {249: [100, 149], 250: [100, 100, 50], 149: [149], 50: [50]}.items():
        assert groups_of(written([ROWS.slice(0, n_rows)], "parquet")[0]) == groups


def test_a_row_group_is_full_by_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_module, "ROW_GROUP_BYTES", 5_000)
    monkeypatch.setattr(parquet_module, "LEAST_GROUP_BYTES", 1_000)
    data = written([ROWS], "parquet")[0]
    sizes = [len(doc) + len((text or "").encode()) for doc, text in zip(*columns(), strict=True)]
    start = 0
    *full, last = groups_of(data)
    for n_rows in full:
        assert sum(sizes[start : start + n_rows - 1]) < 5_000 <= sum(sizes[start : start + n_rows])
        start += n_rows
    assert 2_500 <= sum(sizes[start : start + last]) < 7_500
    assert pq.read_table(io.BytesIO(data)).equals(ROWS)


def columns() -> tuple[list[str], list[str | None]]:
    return ROWS["doc_id"].to_pylist(), ROWS["text"].to_pylist()


def test_strings_within_lists_and_structs_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages of a chat are such; a null among them takes nothing."""
    monkeypatch.setattr(parquet_module, "ROW_GROUP_BYTES", 1_000)
    monkeypatch.setattr(parquet_module, "LEAST_GROUP_BYTES", 1_000)
    message = pa.struct({"role": pa.string(), "content": pa.string()})
    chat = [{"role": "user", "content": "x" * 96}, {"role": None, "content": "y" * 100}, None]
    rows = pa.table({"messages": pa.array([chat, None] * 30, pa.list_(message))})
    part = ParquetPart(stream := io.BytesIO(), rows.schema)
    for table in (rows.slice(0, 7), rows.slice(7)):
        part.write(table)
    part.close()
    assert groups_of(stream.getvalue()) == [9, 10, 10, 10, 10, 11]
    assert pq.read_table(stream).equals(rows)


def test_a_part_without_rows_is_joined_to_nothing() -> None:
    empty, _ = written([ROWS.slice(0, 0)], "parquet")
    assert pq.read_table(io.BytesIO(joined([empty, empty]))).equals(ROWS.slice(0, 0))


@pytest.mark.parametrize("damage", [b"", b"PAR1 and no more", b"\xff\xff\xff\xff\x10"])
def test_a_part_that_is_damaged_is_refused(damage: bytes) -> None:
    with pytest.raises(StorageError, match="a part cannot be joined"):
        joined([written([ROWS], "parquet")[0], damage])


def test_the_estimate_of_a_part_is_near_its_size_as_parquet() -> None:
    for n_copies in (1, 30):
        data, estimate = written([ROWS] * n_copies, "parquet")
        assert data.startswith(b"PAR1") == (n_copies == 30)
        assert 0.4 < estimate / len(joined([data])) < 2.5


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
