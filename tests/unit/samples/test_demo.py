"""`make demo`: the samples become a dataset, and what is printed is what happened."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tore_export.samples.demo import LINE_WIDTH, demo


@pytest.mark.ray
@pytest.mark.usefixtures("ray_cluster")
def test_the_demo_tells_what_came_of_the_samples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = demo(str(tmp_path / "out"))
    told = capsys.readouterr().out
    n = summary.documents
    assert n["in"] == n["kept"] + n["dropped"] + n["failed"]
    assert f"{n['in']} documents in = {n['kept']} kept" in told
    assert all(summary.records.values()), "a split of the demo is empty"
    for reason, count in summary.reasons.items():
        assert f"{count} × {reason}" in told
    for split, records in summary.records.items():
        assert f"{split:12}{records:8,}{summary.tokens[split]:8,}" in told
    assert "ReadUnits\n    ->MapBatches(Normalize)" in told
    assert "1 csv, 1 docling, 1 html, 1 jsonl, 1 markdown, 1 text, 2 tore" in told
    assert "    ->MapBatches(Chunk)\n" in told
    assert "water_mill.html became 5 records, none of more than 128 tokens" in told
    assert "1 of 5, characters 0 to" in told
    assert "30 of 31 documents counted, 1 could not be read" in told
    assert " tokens shortened to 120, within 120 by gpt-4o" in told
    assert "     - Use tongs; a warm hand is worth two grains.\n" in told
    assert "  ------  -----------------  --------  -----------\n" in told
    assert f'datasets.load_dataset("{tmp_path}/out")' in told
    assert f'datasets.load_dataset("{tmp_path}/out-chat")' in told
    assert "rows of shape messages, 0 with faults" in told
    record = told[told.index("One record of manuals/hand_pump.tore") :]
    assert "\n  assistant: " in record
    assert "#4\n  shard     data/train-00000-of-00001.parquet, row " in record
    assert "\n  pages     2\n" in record
    shown = told[told.index("| head") : told.index("Load them")]
    lines = [line for line in shown.splitlines() if not line.startswith(("$ ", "      --"))]
    assert max(map(len, lines)) <= LINE_WIDTH + 2
    assert list((tmp_path / "out" / "data").glob("train-*.parquet"))


def test_an_output_of_others_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").touch()
    arguments = [sys.executable, "-m", "tore_export.samples.demo", str(tmp_path)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {tmp_path}: the folder is not empty")
    assert done.stderr.count("\n") == 1
