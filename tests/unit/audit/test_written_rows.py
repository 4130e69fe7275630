"""Rows are found by their place, in however many shards and row groups they lie."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tore_export.audit.written_rows import Shard, lines_with, rows_at, rows_of_document, shards_of
from tore_export.errors import DocumentError
from tore_export.storage.layout import Layout

N_ROWS = 23


def write(folder: Path, bounds: list[int], suffix: str) -> list[Shard]:
    """Write rows that say their number, cut at `bounds`."""
    shards = []
    for first, last in pairwise([0, *bounds, N_ROWS]):
        path = folder / f"train-{len(shards):05d}{suffix}"
        rows = [{"doc_id": f"d{n // 4}", "n": n} for n in range(first, last)]
        if suffix == ".parquet":
            schema = pa.schema([("doc_id", pa.string()), ("n", pa.int64())])
            pq.write_table(pa.Table.from_pylist(rows, schema), path, row_group_size=3)
        else:
            path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        shards.append(Shard("train", str(path), last - first))
    return shards


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl"])
@given(
    st.lists(st.integers(0, N_ROWS), max_size=4).map(sorted),
    st.integers(0, N_ROWS),
    st.integers(0, N_ROWS),
    st.booleans(),
)
def test_rows_from_any_place_on_are_those_that_stand_there(
    tmp_path_factory: pytest.TempPathFactory,
    suffix: str,
    bounds: list[int],
    first: int,
    count: int,
    is_known: bool,
) -> None:
    shards = write(tmp_path_factory.mktemp("rows"), bounds, suffix)
    if not is_known:
        shards = [shard._replace(n_rows=None) for shard in shards]
    shards.append(Shard("test", "not/opened.parquet"))
    found = list(rows_at(shards, "train", first, count))
    assert [row["n"] for _, _, row in found] == list(range(first, min(first + count, N_ROWS)))
    starts = dict(zip((shard.path for shard in shards), [0, *bounds], strict=False))
    assert all(starts[path] + number - 1 == row["n"] for path, number, row in found)


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl"])
def test_the_rows_of_a_document_are_found_in_all_shards(tmp_path: Path, suffix: str) -> None:
    shards = write(tmp_path, [6, 14], suffix)
    found = [(split, row["n"]) for split, (_, _, row) in rows_of_document(shards, "d1")]
    assert found == [("train", n) for n in (4, 5, 6, 7)]
    assert list(rows_of_document(shards, "d99")) == []


def test_shards_without_the_column_hold_no_documents(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["a"]}), tmp_path / "a.parquet")
    assert list(rows_of_document([Shard("train", str(tmp_path / "a.parquet"))], "d")) == []


def test_a_row_that_is_no_json_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"doc_id": "d"\n')
    with pytest.raises(DocumentError, match="no JSON"):
        list(lines_with(str(tmp_path / "a.jsonl"), "d"))


def test_only_shards_are_shards(tmp_path: Path) -> None:
    layout = Layout(str(tmp_path))
    for name in ("train-00000-of-00002.jsonl", "my.split-00001-of-00002.parquet", "notes.jsonl"):
        path = tmp_path / "data" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    assert [shard.split for shard in shards_of(layout)] == ["my.split", "train"]
