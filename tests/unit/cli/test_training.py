"""`tore-export training`: what is said on the command line is what the dataset becomes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import write_jsonl
from tests.unit.cli.commands import write_document
from tore_export.cli.main import run


@pytest.fixture
def source(tmp_path: Path) -> Path:
    write_jsonl(tmp_path / "in" / "a.jsonl", range(40))
    write_jsonl(tmp_path / "in" / "drafts" / "b.jsonl", range(40, 50))
    write_document(tmp_path / "in" / "pumps.json")
    return tmp_path / "in"


def made(
    source: Path, output: Path, capsys: pytest.CaptureFixture[str], *options: str
) -> dict[str, Any]:
    arguments = ["training", str(source), "--output", str(output), "--engine", "inline"]
    assert run([*arguments, "--quiet", "--json", *options]) == 0
    account: dict[str, Any] = json.loads(capsys.readouterr().out)
    return account


def rows(output: Path) -> list[dict[str, Any]]:
    tables = [pq.read_table(path) for path in sorted((output / "data").glob("*.parquet"))]
    return pa.concat_tables(tables).to_pylist()


def test_the_account_is_shown_on_stderr(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["training", str(source), "-o", str(tmp_path / "out"), "--engine", "inline"]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "51 documents in = 51 kept + 0 dropped + 0 failed" in shown.err
    assert f"{tmp_path}/out  (" in shown.err


@pytest.mark.parametrize(
    ("options", "n_documents"),
    [
        ("--limit 7", 7),
        ("--include *.json", 1),
        ("--include *.jsonl --include *.json", 51),
        ("--exclude drafts/*", 41),
        ("--max-document-size 1000", 1),
    ],
)
def test_options_choose_the_documents(
    source: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: str,
    n_documents: int,
) -> None:
    arguments = ["training", str(source), "-o", str(tmp_path / "out"), "--engine", "inline"]
    assert run([*arguments, "--json", "-q", *options.split()]) in (0, 3)
    assert json.loads(capsys.readouterr().out)["documents"]["kept"] == n_documents


def test_splits_and_seed(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    splits = ("--splits", "a=0.5,b=0.5")
    first = made(source, tmp_path / "1", capsys, *splits)
    again = made(source, tmp_path / "2", capsys, *splits, "--seed", "0")
    other = made(source, tmp_path / "3", capsys, *splits, "--seed", "7")
    assert set(first["records"]) == {"a", "b"}
    assert first["tokens"] == again["tokens"] != other["tokens"]


def test_groups_stay_together(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--split-strategy", "group", "--group-by", "folder", "--splits", "a=0.5,b=0.5")
    account = made(source, tmp_path / "out", capsys, *options, "--shard-format", "jsonl")
    assert sorted(account["records"].values()) in ([0, 51], [10, 41])
    sides: dict[str, set[str]] = {}
    for path in (tmp_path / "out" / "data").glob("*.jsonl"):
        for line in path.read_text().splitlines():
            folder = json.loads(line)["source"].rpartition("/")[0]
            sides.setdefault(folder, set()).add(path.name[0])
    assert {len(found) for found in sides.values()} == {1}


def test_without_metadata_rows_are_what_is_trained_on(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made(source, tmp_path / "a", capsys)
    made(source, tmp_path / "b", capsys, "--no-metadata")
    assert set(rows(tmp_path / "b")[0]) == {"text"}
    assert [row["text"] for row in rows(tmp_path / "a")] == [
        row["text"] for row in rows(tmp_path / "b")
    ]


def test_format_tokenizer_and_shards(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account = made(source, tmp_path / "a", capsys)
    plain = made(
        source,
        tmp_path / "b",
        capsys,
        *("--format", "plaintext", "--model", "gpt-4o", "--shard-format", "jsonl.zst"),
        *("--shard-size", "1KB", "--batch-size", "9", "--task", "text", "--shape", "text"),
    )
    assert plain["tokens"] != account["tokens"]
    assert all(shard.endswith(".jsonl.zst") for shard in plain["shards"])
    assert not any(row["text"].startswith("Report") for row in rows(tmp_path / "a"))


def test_the_filter_is_on_and_has_a_minimum(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spam = [{"type": "NarrativeText", "text": "buy now buy now buy now! " * 300}]
    (source / "spam.json").write_text(json.dumps(spam))
    assert made(source, tmp_path / "a", capsys)["documents"]["dropped"] == 1
    assert made(source, tmp_path / "b", capsys, "--no-filter")["documents"]["dropped"] == 0
    assert made(source, tmp_path / "c", capsys, "--min-score", "0")["documents"]["dropped"] == 0


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    source: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = tmp_path / "c.yaml"
    config.write_text("limit: 5\nseed: 3\nsplits: {only: 1.0}\n")
    monkeypatch.setenv("TORE_EXPORT_LIMIT", "6")
    account = made(source, tmp_path / "out", capsys, "--config", str(config))
    assert account["records"] == {"only": 6}
    account = made(source, tmp_path / "b", capsys, "--config", str(config), "--limit", "4")
    assert account["records"] == {"only": 4}
    plan = json.loads((tmp_path / "b" / ".tore-export" / "plan.json").read_text())["plan"]
    assert plan["stages"]["Split"]["seed"] == 3
