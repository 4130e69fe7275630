"""`datasets` loads each dataset by its folder, as its card says."""

from __future__ import annotations

from typing import Any

import pytest
from cases import Case, chosen, lines

FOLDERS = chosen(is_folder=True)
FILES = chosen(is_folder=False)
COLUMNS = {
    "text": {"text"},
    "chatml": {"text"},
    "prompt_completion": {"prompt", "completion"},
    "conversational": {"prompt", "completion"},
    "messages": {"messages"},
    "alpaca": {"instruction", "input", "output"},
    "sharegpt": {"conversations"},
}
ABOUT = {"doc_id", "source", "n_tokens", "quality_score", "metadata"}


@pytest.mark.parametrize("case", FOLDERS, ids=str)
def test_a_folder_loads_with_the_splits_rows_and_features_of_its_card(case: Case) -> None:
    from datasets import Features, load_dataset

    found = load_dataset(str(case.folder))
    said = case.head["dataset_info"]
    assert {split: rows.num_rows for split, rows in found.items()} == case.records
    assert {one["name"]: one["num_examples"] for one in said["splits"]} == case.records
    features = Features._from_yaml_list(said["features"])
    assert all(rows.features == features for rows in found.values())
    wanted = COLUMNS[case.form] | (ABOUT if case.include_metadata else set())
    assert set(features) == wanted


@pytest.mark.parametrize("case", FILES, ids=str)
def test_files_load_by_the_code_of_their_card(case: Case, monkeypatch: Any) -> None:
    monkeypatch.chdir(case.folder.parent)
    found = case.load()
    assert {split: rows.num_rows for split, rows in found.items()} == case.records


@pytest.mark.parametrize("case", FOLDERS, ids=str)
def test_a_folder_streams_as_it_loads(case: Case) -> None:
    from datasets import load_dataset

    streamed = load_dataset(str(case.folder), streaming=True)
    for split, rows in load_dataset(str(case.folder)).items():
        assert sum(1 for _ in streamed[split]) == rows.num_rows
        assert next(iter(streamed[split])) == rows[0]


@pytest.mark.parametrize("case", chosen("text", shard_format="jsonl", is_folder=True), ids=str)
def test_what_is_loaded_of_json_lines_is_what_stands_in_them(case: Case) -> None:
    loaded = case.load()
    for split, rows in loaded.items():
        files = sorted((case.folder / "data").glob(f"{split}-*"))
        assert [row["text"] for file in files for row in lines(file)] == list(rows["text"])
