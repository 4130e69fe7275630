"""Spooled units: rows and decisions of a first pass come back as documents, or as an error."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from tore_export.documents.schema import END_OF_UNIT, REJECT
from tore_export.errors import StorageError
from tore_export.sources.limit import read
from tore_export.sources.spooled import read_spooled, spooled_unit
from tore_export.sources.unit import InputFile, Limits, Unit

N = 5


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    documents = pa.table(
        {
            "unit": pa.array([3] * N, pa.int32()),
            "doc_id": [f"d{n}" for n in range(N)],
            "n_tokens": pa.array(range(N), pa.int64()),
            "reject": pa.nulls(N, REJECT),
        }
    )
    with pa.ipc.new_stream(tmp_path / "spool.arrow", documents.schema) as spool:
        spool.write_table(documents.slice(0, 2))
        spool.write_table(documents.slice(2, 0))
        spool.write_table(documents.slice(2))
    write_decisions(tmp_path, ["train", None, "test", "train", "test"])
    before = Unit(3, "files", (InputFile("a.jsonl", "a.jsonl", 70),), n_bytes=70)
    return spooled_unit(before, str(tmp_path / "spool.arrow"), str(tmp_path / "decided.arrow"))


def write_decisions(folder: Path, splits: list[str | None]) -> None:
    dropped = [None if split else "between_splits" for split in splits]
    nothing = pa.nulls(len(splits), pa.string())
    decisions = pa.table(
        {
            "split": pa.array(splits, pa.string()),
            "rule": pa.array(dropped, pa.string()),
            "detail": nothing,
            "together_with": nothing,
        }
    )
    with pa.ipc.new_file(folder / "decided.arrow", decisions.schema) as file:
        file.write_table(decisions)


def test_rows_come_back_with_what_was_decided_and_a_mark_at_the_end(unit: Unit) -> None:
    tables = list(read(unit, Limits(), 1_000))
    assert [table.num_rows for table in tables] == [2, 3, 1]
    assert all(table.schema.equals(tables[0].schema) for table in tables)
    whole = pa.concat_tables(tables)
    assert whole["split"].to_pylist() == ["train", None, "test", "train", "test", None]
    assert whole["unit"].to_pylist() == [3] * 6
    rules = [reject and reject["rule"] for reject in whole["reject"].to_pylist()]
    assert rules == [None, "between_splits", None, None, None, END_OF_UNIT]
    assert whole["reject"][5]["value"].as_py() == N
    assert whole["doc_id"][5].as_py() is None


def test_a_unit_keeps_its_number_and_size(unit: Unit) -> None:
    assert (unit.number, unit.n_bytes, unit.reader) == (3, 70, "spooled")


@pytest.mark.parametrize("splits", [["train"] * 4, ["train"] * 6, []])
def test_other_rows_than_decisions_are_an_error_of_the_run(
    unit: Unit, tmp_path: Path, splits: list[str | None]
) -> None:
    write_decisions(tmp_path, splits)
    with pytest.raises(StorageError, match=rf"found {len(splits)} decisions \(run again with"):
        list(read_spooled(unit))


@pytest.mark.parametrize("name", ["spool.arrow", "decided.arrow"])
def test_a_file_that_is_gone_or_cut_short_is_named(unit: Unit, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(StorageError, match=rf"{name}: what the first pass wrote cannot be read"):
        list(read_spooled(unit))
    path.unlink()
    with pytest.raises(StorageError, match=rf"{name}: what the first pass wrote cannot be read"):
        list(read_spooled(unit))
