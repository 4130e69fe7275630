from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import write_jsonl
from tore_export.plan import units as module
from tore_export.plan.inputs import find_inputs
from tore_export.plan.units import limit_units, make_units
from tore_export.sources.limit import read
from tore_export.sources.unit import InputFile, Limits, Unit


def small(number: int, size: int) -> InputFile:
    return InputFile(f"/none/{number}", f"{number:04d}.json", size)


def doc_ids(units: tuple[Unit, ...]) -> list[str]:
    return [
        row["doc_id"]
        for unit in units
        for table in read(unit, Limits(), 100)
        for row in table.select(["doc_id", "reject"]).to_pylist()
        if (row["reject"] or {}).get("rule") != "end_of_unit"
    ]


def test_small_files_share_units_in_input_order() -> None:
    files = [small(n, 3_000_000) for n in range(7)]
    units = make_units(files)
    assert [len(unit.files) for unit in units] == [2, 2, 2, 1]
    assert [f for unit in units for f in unit.files] == files
    assert [unit.number for unit in units] == [0, 1, 2, 3]
    assert sum(unit.n_bytes for unit in units) == 7 * 3_000_000


def test_a_unit_has_some_thousand_files_at_most() -> None:
    units = make_units([small(n, 10) for n in range(4_500)])
    assert [len(unit.files) for unit in units] == [2_000, 2_000, 500]


def test_a_large_jsonl_is_cut_into_byte_ranges_that_give_every_line_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LEAST_BYTES", 50_000)
    path = write_jsonl(tmp_path / "a.jsonl", range(120))
    units = make_units(find_inputs([str(path)]))
    assert len(units) > 3
    assert {unit.reader for unit in units} == {"jsonl"}
    assert [u.start for u in units[1:]] == [u.end for u in units[:-1]]
    assert doc_ids(units) == [f"doc-{n:05d}" for n in range(120)]


def test_how_a_file_is_cut_does_not_change_its_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "".join(f'{{"text": "line {n}"}}\n' for n in range(3_000))
    (tmp_path / "a.jsonl").write_text(lines)
    files = find_inputs([str(tmp_path)])
    whole = doc_ids(make_units(files))
    monkeypatch.setattr(module, "LEAST_BYTES", 7_001)
    cut = make_units(files)
    assert len(cut) > 5
    assert doc_ids(cut) == whole
    assert len(set(whole)) == 3_000


def test_a_large_parquet_file_is_cut_by_row_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LEAST_BYTES", 20_000)
    table = pa.table(
        {
            "doc_id": [f"d{n}" for n in range(100)],
            "text": ["word " * 500 + str(n) for n in range(100)],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=10, compression="none")
    units = make_units(find_inputs([str(tmp_path)]))
    assert len(units) > 3
    assert {unit.reader for unit in units} == {"parquet"}
    assert doc_ids(units) == [f"d{n}" for n in range(100)]


def test_a_large_file_that_cannot_be_split_is_a_unit_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LEAST_BYTES", 100)
    (tmp_path / "a.json").write_text('{"text": "' + "x" * 500 + '"}')
    (tmp_path / "b.json").write_text("[]")
    units = make_units(find_inputs([str(tmp_path)]))
    assert [(u.reader, [f.source for f in u.files]) for u in units] == [
        ("files", ["a.json"]),
        ("files", ["b.json"]),
    ]


def test_a_large_file_that_is_gone_is_left_to_the_rejects() -> None:
    units = make_units([small(1, 10_000_000)])
    assert [unit.reader for unit in units] == ["files"]


@pytest.mark.parametrize("n_documents", [1, 49, 50, 51, 119, 120, 500])
def test_a_limit_takes_the_first_documents_in_input_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_documents: int
) -> None:
    monkeypatch.setattr(module, "LEAST_BYTES", 50_000)
    write_jsonl(tmp_path / "a.jsonl", range(120))
    units = limit_units(make_units(find_inputs([str(tmp_path)])), n_documents, Limits(), 10)
    assert doc_ids(units) == [f"doc-{n:05d}" for n in range(min(n_documents, 120))]
