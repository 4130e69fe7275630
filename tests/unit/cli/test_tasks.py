"""`training --task`: from documents to records that ask, with books that balance."""

from __future__ import annotations

import json
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tore_export.cli.main import run


def made(tmp_path: Path, capfd: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    """Run `training` on the samples; one of them is broken on purpose."""
    with as_file(files("tore_export") / "samples" / "documents") as documents:
        output = ["--output", str(tmp_path / "out"), "--engine", "inline", "--json"]
        assert run(["training", str(documents), *output, *options]) == 3
    summary: dict[str, Any] = json.loads(capfd.readouterr().out)
    books = summary["documents"]
    assert books["in"] == books["kept"] + books["dropped"] + books["failed"]
    return summary


def test_several_tasks_make_one_dataset_of_one_shape(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    tasks = "section,question,table"
    summary = made(tmp_path, capfd, "--task", tasks, "--shape", "messages", "--splits", "train=1")
    rows = pq.read_table(tmp_path / "out" / "data").to_pylist()
    assert summary["records"] == {"train": len(rows)}
    assert summary["tokens"] == {"train": sum(row["n_tokens"] for row in rows)}
    assert {row["metadata"]["task"] for row in rows} == set(tasks.split(","))
    assert all([m["role"] for m in row["messages"]] == ["user", "assistant"] for row in rows)
    names = [f"{row['doc_id']}#{row['metadata']['record']}" for row in rows]
    assert len(set(names)) == len(names)


def test_what_was_left_out_is_in_summary_facts_and_on_the_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    options = ("--task", "section,table", "--shape", "alpaca", "--max-answer-tokens", "30")
    summary = made(tmp_path, capfd, *options)
    facts = pq.read_table(tmp_path / "out" / ".tore-export" / "facts")["left_out"].to_pylist()
    told = [entry for row in facts for entry in row or []]
    assert sum(summary["left_out"].values()) == sum(entry["n"] for entry in told)
    assert summary["left_out"]["table.answer_too_long"] > 0


def test_without_metadata_rows_are_what_the_shape_writes_and_tokens_are_counted(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    options = ("--task", "continue", "--shape", "messages", "--no-metadata", "--splits", "train=1")
    summary = made(tmp_path, capfd, *options, "--shard-format", "jsonl")
    (shard,) = (tmp_path / "out" / "data").iterdir()
    rows = [json.loads(line) for line in shard.read_text().splitlines()]
    assert all(list(row) == ["messages"] for row in rows)
    assert summary["tokens"]["train"] > 10 * len(rows)


def test_an_unknown_task_is_wrong_usage_before_anything_starts(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.md").write_text("# Pumps")
    command = ["training", str(tmp_path / "a.md"), "-o", str(tmp_path / "o")]
    assert run([*command, "--task", "sectoin"]) == 2
    assert "did you mean section?" in capfd.readouterr().err
    assert not (tmp_path / "o").exists()


def test_other_phrases_make_another_plan(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    options = ("--task", "question", "--shape", "alpaca")
    made(tmp_path, capfd, *options)
    own = tmp_path / "own.yaml"
    own.write_text("en: {meaning: 'Define {term}.'}\n")
    with as_file(files("tore_export") / "samples" / "documents") as documents:
        command = ["training", str(documents), "-o", str(tmp_path / "out"), *options]
        assert run([*command, "--phrases", str(own)]) == 1
    assert "phrases" in capfd.readouterr().err
