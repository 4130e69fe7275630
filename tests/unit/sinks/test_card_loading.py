"""What a card says of loading is what loads: the code is run, the entries are followed."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest
import yaml

from tore_export.api.training import dataset_run
from tore_export.config import TrainingConfig
from tore_export.sinks.card_loading import loading
from tore_export.sinks.made import Made

SHAPES = ("text", "prompt_completion", "conversational", "messages", "chatml", "alpaca", "sharegpt")
PAYLOAD = {
    "text": {"text"},
    "chatml": {"text"},
    "prompt_completion": {"prompt", "completion"},
    "conversational": {"prompt", "completion"},
    "messages": {"messages"},
    "alpaca": {"instruction", "input", "output"},
    "sharegpt": {"conversations"},
}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "hf")
    datasets.disable_progress_bars()


def made(output: Path, shape: str, **options: Any) -> Path:
    said = {
        "engine": "inline",
        "check_disk": False,
        "task": "text" if shape == "text" else "section,question",
        "shape": "prompt_completion" if shape == "conversational" else shape,
        "conversational": shape == "conversational",
        "splits": {"train": 0.7, "validation": 0.3},
    }
    config = TrainingConfig.model_validate(said | options)
    with as_file(files("tore_export") / "samples" / "documents") as samples:
        dataset_run([str(samples)], str(output), config).execute()
    return output


def blocks(card: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", card.read_text("utf-8"), re.DOTALL)


def loaded(code: Sequence[str]) -> Any:
    """Run the code that loads, and that which makes it what TRL takes; the trainer is left out."""
    names: dict[str, Any] = {}
    for block in code:
        kept = [line for line in block.splitlines() if "SFTTrainer" not in line]
        exec("\n".join(kept), names)
    return names["dataset"]


@pytest.mark.parametrize(
    "shard_format",
    [
        "parquet",
        pytest.param("jsonl", marks=pytest.mark.slow),
        pytest.param("jsonl.zst", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_code_of_the_card_loads_every_shape_from_every_format(
    shape: str, shard_format: str, tmp_path: Path
) -> None:
    output = made(tmp_path / "out", shape, shard_format=shard_format)
    first, trl, *_ = (
        block.replace("path/to/this/folder", str(output))
        for block in blocks(output / "README.md", "python")
    )
    whole = loaded([first])
    head = yaml.safe_load((output / "README.md").read_text("utf-8").split("---")[1])
    counts = {one["name"]: one["num_examples"] for one in head["dataset_info"]["splits"]}
    assert {split: rows.num_rows for split, rows in whole.items()} == counts
    assert set(whole["train"].column_names) == {
        *PAYLOAD[shape], "doc_id", "source", "n_tokens", "quality_score", "metadata"
    }  # fmt: skip
    assert all(row["metadata"]["record"] >= 1 for row in whole["validation"])
    taken = loaded([first, trl])["train"]
    columns = {"sharegpt": {"messages"}, "alpaca": {"prompt", "completion"}}
    assert set(taken.column_names) == columns.get(shape, PAYLOAD[shape])
    if shape == "sharegpt":
        assert {turn["role"] for row in taken for turn in row["messages"]} == {"user", "assistant"}


@pytest.mark.parametrize("name", ["d.jsonl", "d.parquet"])
def test_the_files_of_a_split_each_load_by_their_names(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path / name, "messages")
    monkeypatch.chdir(tmp_path)
    card = tmp_path / "d.tore-export" / "README.md"
    code = blocks(card, "python")
    assert set(loaded(code[:1])) == {"train", "validation"}
    axolotl = yaml.safe_load(blocks(card, "yaml")[0])["datasets"][0]
    assert (axolotl["path"], axolotl["split"]) == (name, "train")
    entries = json.loads((card.parent / "dataset_info.json").read_text())
    for entry in entries.values():
        assert (card.parent / entry["file_name"]).is_file()


def as_llama_factory_loads(folder: Path, entry: dict[str, Any]) -> Any:
    """Load an entry by the rules of LLaMA-Factory, loader.py."""
    from datasets import load_dataset

    if "script_url" in entry:
        return load_dataset(str(folder / entry["script_url"]), split=entry.get("split", "train"))
    path = folder / entry["file_name"]
    kind = {"jsonl": "json", "parquet": "parquet"}[path.name.rpartition(".")[2]]
    return load_dataset(kind, data_files=[str(path)], split=entry.get("split", "train"))


@pytest.mark.parametrize(
    ("shape", "shard_format", "shard_size"),
    [
        ("text", "parquet", "1MB"),
        ("alpaca", "jsonl", "1MB"),
        ("sharegpt", "jsonl.zst", "1MB"),
        ("messages", "parquet", "1MB"),
        ("prompt_completion", "jsonl", "1MB"),
    ],
)
def test_the_entries_of_llama_factory_lead_to_the_rows_and_their_columns(
    shape: str, shard_format: str, shard_size: str, tmp_path: Path
) -> None:
    output = made(tmp_path / "out", shape, shard_format=shard_format, shard_size=shard_size)
    entries = json.loads((output / "dataset_info.json").read_text())
    assert set(entries) == {"tore_export", "tore_export_validation"}
    for entry in entries.values():
        rows = as_llama_factory_loads(output, entry)
        assert rows.num_rows > 0
        assert set(entry["columns"].values()) <= set(rows.column_names)
        if entry.get("formatting") == "sharegpt":
            turn = rows[0][entry["columns"]["messages"]][0]
            tags = entry.get("tags", {})
            assert turn[tags.get("role_tag", "from")] == tags.get("user_tag", "human")
            assert turn[tags.get("content_tag", "value")]


@pytest.mark.parametrize("shape", ["chatml", "conversational"])
def test_a_shape_that_llama_factory_does_not_know_has_no_entry(shape: str, tmp_path: Path) -> None:
    output = made(tmp_path / "out", shape)
    assert not (output / "dataset_info.json").exists()
    assert "LLaMA-Factory" not in (output / "README.md").read_text()


def test_messages_without_metadata_in_lines_are_what_openai_takes(tmp_path: Path) -> None:
    output = made(tmp_path / "out", "messages", shard_format="jsonl", include_metadata=False)
    assert "the files are uploaded as they are" in (output / "README.md").read_text()
    (train,) = (output / "data").glob("train-*")
    assert {tuple(json.loads(line)) for line in train.read_text().splitlines()} == {("messages",)}


def test_messages_in_parquet_are_written_for_openai_by_the_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = made(tmp_path / "out", "messages")
    first, *_, last = blocks(output / "README.md", "python")
    monkeypatch.chdir(tmp_path)
    loaded([first.replace("path/to/this/folder", str(output)), last])
    lines = [json.loads(line) for line in (tmp_path / "train.jsonl").read_text().splitlines()]
    assert lines
    assert all(set(line) == {"messages"} for line in lines)


def test_several_shards_of_axolotl_and_torchtune_are_named_by_their_folder() -> None:
    shards = [f"data/train-0000{number}-of-00002.jsonl.zst" for number in range(2)]
    told = "\n".join(loading(Made(shape="sharegpt"), {"train": shards}))
    axolotl, tune, factory = (
        yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", told, re.DOTALL)
    )
    assert axolotl["datasets"][0]["message_property_mappings"] == {
        "role": "from",
        "content": "value",
    }
    assert tune["dataset"]["conversation_style"] == "sharegpt"
    assert factory == {"dataset_dir": "path/to/this/folder", "dataset": "tore_export"}


def test_torchtune_which_has_no_role_for_it_is_told_of_a_tools_result_where_there_may_be_one() -> (
    None
):
    files = {"train": ["data/train-00000-of-00001.parquet"]}
    is_told = {
        (shape, task): "`observation`"
        in "\n".join(loading(Made(shape=shape, tasks=(task,)), files))
        for shape in ("messages", "sharegpt")
        for task in ("dialogue", "section")
    }
    assert [key for key, told in is_told.items() if told] == [("sharegpt", "dialogue")]
