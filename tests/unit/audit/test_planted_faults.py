"""The promise of `validate`: it finds every planted fault in ten thousand rows, and nothing else."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from tests.unit.audit.planted import FAULTS_OF_LINES, FAULTS_OF_ROWS, SHAPES, planted
from tore_export.api.validate import validate
from tore_export.audit.finding import Finding

N_ROWS, N_FAULTS = 10_000, 36


def by_row(findings: Sequence[Finding]) -> dict[int | None, set[str]]:
    found: dict[int | None, set[str]] = {}
    for finding in findings:
        found.setdefault(finding.row, set()).add(finding.rule)
    return found


def test_all_kinds_of_faults_are_planted() -> None:
    kinds = {name: len(FAULTS_OF_ROWS[name]) + len(FAULTS_OF_LINES) for name in SHAPES}
    assert all(number <= N_FAULTS for number in kinds.values()), kinds
    assert N_FAULTS >= 30


@pytest.mark.parametrize("shape", SHAPES)
def test_every_planted_fault_is_found_and_nothing_else(shape: str, tmp_path: Path) -> None:
    lines = list(planted(shape, N_ROWS, N_FAULTS))
    path = tmp_path / "data.jsonl"
    path.write_bytes(b"\n".join(line for line, _ in lines))
    found = validate([str(path)])
    assert found.rows == N_ROWS
    assert found.shapes == ("prompt_completion" if shape == "conversational" else shape,)
    wanted = {number: rule for number, (_, rule) in enumerate(lines, 1) if rule is not None}
    assert len(wanted) == found.bad_rows == N_FAULTS
    rules = by_row(found.findings)
    assert rules.keys() == wanted.keys()
    assert {number: rule for number, rule in wanted.items() if rule not in rules[number]} == {}


@pytest.mark.parametrize("shape", SHAPES)
def test_rows_without_a_fault_are_well_in_every_kind_of_file(shape: str, tmp_path: Path) -> None:
    rows = [SHAPES[shape](number) | {"number": number} for number in range(1_200)]
    lines = "\n".join(json.dumps(row) for row in rows).encode()
    (tmp_path / "a.jsonl").write_bytes(lines + b"\n\n")
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(lines))
    (tmp_path / "c.jsonl.zst").write_bytes(zstandard.compress(lines))
    (tmp_path / "d.json").write_text(json.dumps(rows, indent=1, ensure_ascii=False), "utf-8")
    (tmp_path / "e.json").write_text(json.dumps(rows[0], indent=1))
    (tmp_path / "f.ndjson").write_bytes(lines.replace(b"\n", b"\r\n"))
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "g.parquet", row_group_size=500)
    found = validate([str(tmp_path)])
    assert found.findings == ()
    assert (found.files, found.rows, found.documents) == (7, 6 * 1_200 + 1, 0)


@pytest.mark.parametrize("shape", ["messages", "alpaca", "text"])
def test_faults_of_parquet_and_of_lists_are_told_by_row(shape: str, tmp_path: Path) -> None:
    rows = [SHAPES[shape](number) for number in range(2_500)]
    column = next(iter(rows[0]))
    rows[7][column] = rows[1_007][column] = None
    rows[2_499][column] = [] if shape == "messages" else ""
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    (tmp_path / "b.json").write_text(json.dumps(rows))
    for name in ("a.parquet", "b.json"):
        found = validate([str(tmp_path / name)])
        assert set(by_row(found.findings)) == {8, 1_008, 2_500}, name
