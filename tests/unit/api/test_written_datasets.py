"""Datasets that were written before: what is one, and when its facts are to be believed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import write_jsonl
from tore_export.api.training import dataset_run
from tore_export.api.written_datasets import dataset_at, facts_of_dataset
from tore_export.config import TrainingConfig

CL100K = ["cl100k_base"]


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    path = write_jsonl(tmp_path / "in" / "a.jsonl", range(12))
    config = TrainingConfig.model_validate({"engine": "inline", "splits": "train=0.5,test=0.5"})
    dataset_run([str(path)], str(tmp_path / "out"), config).execute()
    return tmp_path / "out"


def facts_at(path: Path) -> Any:
    found = dataset_at(str(path))
    assert found is not None
    return facts_of_dataset(found, CL100K)


def changed(path: Path, change: Any) -> None:
    values = json.loads(path.read_text("utf-8"))
    change(values)
    path.write_text(json.dumps(values), encoding="utf-8")


def test_shards_are_the_rows_of_a_dataset_and_nothing_else_is(dataset: Path) -> None:
    (dataset / "data" / "notes.txt").write_text("not a shard")
    found = dataset_at(str(dataset))
    assert found is not None
    assert [Path(shard).name for shard in found.shards] == [
        "test-00000-of-00001.parquet", "train-00000-of-00001.parquet",
    ]  # fmt: skip


def test_a_folder_without_shards_or_a_file_without_a_state_is_no_dataset(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "data" / "a.jsonl", range(1))
    assert dataset_at(str(tmp_path)) is None
    assert dataset_at(str(path)) is None
    assert dataset_at(str(tmp_path / "none")) is None


def test_facts_hold_a_row_for_each_kept_document(dataset: Path) -> None:
    facts = facts_at(dataset)
    assert facts.num_rows == 12
    assert facts["doc_id"].to_pylist() == [f"doc-{n:05d}" for n in range(12)]


def test_facts_of_another_encoding_are_not_asked_for(dataset: Path) -> None:
    found = dataset_at(str(dataset))
    assert found is not None
    assert facts_of_dataset(found, ["o200k_base"]) is None
    assert facts_of_dataset(found, ["cl100k_base", "o200k_base"]) is None


def test_facts_are_those_of_all_shards(dataset: Path) -> None:
    test = dataset / "data" / "test-00000-of-00001.parquet"
    content = test.read_bytes()
    test.unlink()
    assert facts_at(dataset) is None
    test.write_bytes(content)
    assert facts_at(dataset) is not None
    (dataset / "data" / "more-00000-of-00001.parquet").write_bytes(content)
    assert facts_at(dataset) is None


def test_facts_that_cannot_be_read_are_not_used(dataset: Path) -> None:
    for file in (dataset / ".tore-export" / "facts").iterdir():
        file.write_bytes(b"no parquet")
    assert facts_at(dataset) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda plan: plan["plan"]["stages"]["ToRecords"].update(shape="messages"),
        lambda plan: plan["plan"]["stages"]["ToRecords"].update(tasks=["section"]),
        lambda plan: plan["plan"]["stages"].update(Chunk={"max_tokens": 8}),
        lambda plan: plan["plan"]["stages"]["CountTokens"].update(tokenizer={"name": "mine"}),
        lambda plan: plan.pop("plan"),
    ],
)
def test_facts_that_count_something_else_than_the_rows_are_not_used(
    change: Any, dataset: Path
) -> None:
    changed(dataset / ".tore-export" / "plan.json", change)
    assert facts_at(dataset) is None


def test_facts_of_a_run_that_is_not_finished_or_says_another_sum_are_not_used(
    dataset: Path,
) -> None:
    done = dataset / ".tore-export" / "done.json"
    changed(done, lambda summary: summary["tokens"].update(train=7))
    assert facts_at(dataset) is None
    done.write_text("[", encoding="utf-8")
    assert facts_at(dataset) is None
    done.write_text("[]", encoding="utf-8")
    assert facts_at(dataset) is None
    done.unlink()
    assert facts_at(dataset) is None
