"""What was written is read back: all rows, in order, in tables of bounded size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.dedup import written
from tore_export.dedup.written import Piece, pieces_of, tables_of
from tore_export.records.shapes.registry import shape_named
from tore_export.sinks.jsonl import JsonLinesPart

SCHEMA = pa.schema([("doc_id", pa.string()), ("text", pa.string())])
FORMATS = (".parquet", ".jsonl", ".jsonl.zst")


def write(path: Path, table: pa.Table) -> str:
    """Write a shard in the format its name says."""
    if path.suffix == ".parquet":
        pq.write_table(table, path, row_group_size=100)
    else:
        with path.open("wb") as stream:
            for at in range(0, table.num_rows, 100):  # frames of zstd, one after the other
                part = JsonLinesPart(stream, zstd=path.suffix == ".zst")
                part.write(table.slice(at, 100))
                part.close()
    return str(path)


@pytest.mark.parametrize("suffix", FORMATS)
@settings(deadline=None, max_examples=20)
@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {
                "doc_id": st.none() | st.text(st.characters(exclude_categories=["Cs"])),
                "text": st.text(st.characters(exclude_categories=["Cs"])),
                "n_tokens": st.none() | st.integers(0, 9),
            }
        ),
        min_size=1,
    )
)
def test_rows_come_back_as_they_were_written(
    suffix: str, rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    schema = SCHEMA.append(pa.field("n_tokens", pa.int64()))
    path = write(tmp_path_factory.mktemp("rows") / f"a{suffix}", pa.Table.from_pylist(rows, schema))
    found = pa.concat_tables(tables_of(path, SCHEMA))
    assert found.schema == SCHEMA
    assert found.to_pylist() == [{k: row[k] for k in ("doc_id", "text")} for row in rows]


@pytest.mark.parametrize("suffix", FORMATS)
def test_tables_are_small_however_many_rows_there_are(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(written, "BLOCK_BYTES", 4_000)
    rows = {"doc_id": [str(n) for n in range(1_000)], "text": [f"{n:0100}" for n in range(1_000)]}
    tables = list(tables_of(write(tmp_path / f"a{suffix}", pa.table(rows)), SCHEMA))
    assert len(tables) > 20
    assert max(table.num_rows for table in tables) <= 80
    assert pa.concat_tables(tables).to_pydict() == rows


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_row_larger_than_a_table_comes_whole(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(written, "BLOCK_BYTES", 1_000)
    rows = {"doc_id": ["a", "b", "c"], "text": ["short", "long " * 5_000, "short"]}
    found = pa.concat_tables(tables_of(write(tmp_path / f"a{suffix}", pa.table(rows)), SCHEMA))
    assert found.to_pydict() == rows


@pytest.mark.parametrize("suffix", FORMATS)
def test_messages_come_back_with_all_their_fields(suffix: str, tmp_path: Path) -> None:
    rows = [[{"role": "user", "content": "ä\n"}], [], [{"role": "user", "content": None}]]
    schema = pa.schema([shape_named("messages").schema.field("messages")])
    path = write(tmp_path / f"a{suffix}", pa.table({"messages": rows}, schema))
    assert pa.concat_tables(tables_of(path, schema))["messages"].to_pylist() == rows


@pytest.mark.parametrize("n_pieces", [1, 2, 3, 7, 20])
def test_pieces_of_a_file_hold_each_row_once_and_in_order(n_pieces: int, tmp_path: Path) -> None:
    rows = {"doc_id": [str(n) for n in range(1_050)], "text": ["x"] * 1_050}
    path = write(tmp_path / "a.parquet", pa.table(rows))  # eleven row groups
    found = [list(tables_of(path, SCHEMA, Piece(n, n_pieces))) for n in range(n_pieces)]
    assert sum(1 for tables in found if tables) == min(n_pieces, 11)
    assert pa.concat_tables([table for tables in found for table in tables]).to_pydict() == rows


def test_what_has_no_row_groups_is_one_piece() -> None:
    assert pieces_of("a.jsonl", 10**9) == pieces_of("a.jsonl.zst", 10**9) == [Piece(0, 1)]
    assert pieces_of("a.parquet", 1) == [Piece(0, 1)]


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_damaged_file_is_an_error(suffix: str, tmp_path: Path) -> None:
    rows = {"doc_id": [str(n) for n in range(1_000)], "text": ["x" * 100] * 1_000}
    path = tmp_path / f"a{suffix}"
    write(path, pa.table(rows))
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises((OSError, pa.ArrowException)):
        list(tables_of(str(path), SCHEMA))
