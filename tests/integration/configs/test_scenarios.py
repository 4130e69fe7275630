"""Each file of configs/ does what its head says: the command line that stands there is run.

In an empty folder with the samples as `documents/`, a bucket of moto's server as `s3://bucket`, and
the session's Ray as the cluster.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pyarrow.dataset
import pytest
import yaml

from tests.s3_server import s3_server
from tore_export import FinetuningTextExporter
from tore_export.api.configuration import load_config
from tore_export.cli.main import run
from tore_export.config import ExportConfig, TrainingConfig
from tore_export.storage.files import list_files, read_bytes, write_bytes

ROOT = Path(__file__).resolve().parents[3]
CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))
SOME_FAILED = 3  # one sample is cut short on purpose

DIALOGUES = [
    {
        "messages": [
            {"role": "user", "content": "Hello?"},
            {"role": "assistant", "content": "Hello."},
        ]
    },
    {"conversations": [{"from": "human", "value": "2 + 2?"}, {"from": "gpt", "value": "Four."}]},
    {"instruction": "Name a mill.", "input": "", "output": "The one at Aller bridge."},
    {"messages": [{"role": "user", "content": "Is anybody there?"}]},
]


def command_of(path: Path) -> list[str]:
    """Return the arguments of the command line in the head of a configuration."""
    head = re.match(r"(?:#.*\n)+", path.read_text(encoding="utf-8"))
    assert head is not None, "no comment says what the file is for"
    lines = re.findall(r"^#     +(.*)$", head[0], re.MULTILINE)
    words = shlex.split(" ".join(line.removesuffix("\\") for line in lines))
    begin = next(i for i, word in enumerate(words) if word in ("tore-export", "jobs/export.py"))
    return words[begin + 1 :]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the command lines name."""
    with as_file(files("tore_export") / "samples" / "documents") as samples:
        shutil.copytree(samples, tmp_path / "documents")
    shutil.copytree(ROOT / "configs", tmp_path / "configs")
    (tmp_path / "dialogues.jsonl").write_text("\n".join(map(json.dumps, DIALOGUES)))
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("TORE_EXPORT_")]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def bucket() -> Iterator[None]:
    """`s3://bucket`, with the samples below `parsed/`."""
    with s3_server("bucket"), as_file(files("tore_export") / "samples" / "documents") as samples:
        for path in samples.rglob("*"):
            if path.is_file():
                name = path.relative_to(samples).as_posix()
                write_bytes(f"s3://bucket/parsed/{name}", path.read_bytes())
        yield


def carried_out(name: str, capfd: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    """Run the command line of a configuration; return the summary."""
    capfd.readouterr()
    code = run([*command_of(ROOT / "configs" / f"{name}.yaml"), *options, "--json"])
    out, err = capfd.readouterr()
    assert code in (0, SOME_FAILED), err
    summary = json.loads(out)
    assert isinstance(summary, dict)
    return summary


def rows_of(split: str = "train") -> list[dict[str, Any]]:
    """Return the rows of a split; one that is empty has no file."""
    found = sorted(Path("dataset/data").glob(f"{split}-*"))
    if found and found[0].suffix == ".parquet":
        rows: list[dict[str, Any]] = pyarrow.dataset.dataset(found).to_table().to_pylist()
        return rows
    return lines_of("dataset/data", f"{split}-*.jsonl")


def lines_of(folder: str, glob: str = "*.jsonl") -> list[dict[str, Any]]:
    """Return what the lines of JSON lines files say."""
    found = sorted(Path(folder).glob(glob))
    return [json.loads(line) for path in found for line in path.read_text().splitlines()]


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_the_head_names_the_file_itself_and_its_keys_are_known_to_that_command(path: Path) -> None:
    arguments = command_of(path)
    assert arguments[arguments.index("--config") + 1] == f"configs/{path.name}"
    model = TrainingConfig if arguments[0] == "training" else ExportConfig
    load_config(model, file=str(path), environment={})


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_every_key_is_explained_or_stands_below_a_line_that_does(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    keys = yaml.safe_load(text)
    assert keys
    assert text.count("#") > len(keys)


def test_every_configuration_is_listed() -> None:
    listed = re.findall(
        r"^\| \[(\w+)\.yaml\]", (ROOT / "configs/README.md").read_text(), re.MULTILINE
    )
    assert sorted(listed) == [path.stem for path in CONFIGS]


def test_every_scenario_has_its_configuration() -> None:
    names = {path.stem for path in CONFIGS}
    assert names >= {"document", "library", "pretraining", "instructions", "chat", "cluster"}
    assert names >= {"s3", "strict", "chunks", "digest"}


def test_one_document_becomes_markdown(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    carried_out("document", capfd)
    assert (folder / "hand_pump.md").read_text().startswith("# ")


def test_a_library_has_each_document_in_both_formats(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    carried_out("library", capfd)
    markdown, plain = (
        {path.relative_to(path.parents[1]).with_suffix("") for path in found if path.is_file()}
        for found in (
            folder.glob("library/markdown/*/*.md"),
            folder.glob("library/plaintext/*/*.txt"),
        )
    )
    assert markdown == plain
    assert Path("manuals/water_mill") in markdown
    widest = max((folder / "library/plaintext/archive/bees.txt").read_text().splitlines(), key=len)
    assert len(widest) <= 88


def test_digests_keep_their_budget(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    summary = carried_out("digest", capfd)
    assert not summary["shortened"], "the samples are shorter than 4,000 tokens"
    summary = carried_out("digest", capfd, "--max-tokens", "120", "--restart")
    assert summary["shortened"]["documents"] > 3
    count = FinetuningTextExporter().count_tokens
    written = [path.read_text() for path in Path("digests/markdown").rglob("*.md")]
    assert 100 < max(count(text, "gpt-4o") for text in written) <= 120


def test_pretraining_is_running_text_of_whole_documents(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    summary = carried_out("pretraining", capfd)
    assert summary["documents"]["kept"] == sum(summary["records"].values())
    assert all(row["text"] for row in rows_of())


def test_chunks_fit_their_window(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    summary = carried_out("chunks", capfd, "--max-tokens", "128")
    assert sum(summary["records"].values()) > summary["documents"]["kept"]
    assert [path.suffixes for path in Path("dataset/data").glob("train-*")] == [[".jsonl", ".zst"]]


def test_instructions_are_messages_with_a_system_prompt(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    summary = carried_out("instructions", capfd)
    rows = rows_of()
    assert len(rows) == summary["records"]["train"] > 10
    for row in rows:
        assert [turn["role"] for turn in row["messages"]] == ["system", "user", "assistant"]
        assert row["n_tokens"] <= 2048
    assert run(["validate", "dataset"]) == 0


def test_dialogues_of_any_shape_come_out_as_one_and_an_unanswered_one_does_not(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    summary = carried_out("chat", capfd)
    assert summary["documents"] == {"in": 4, "kept": 3, "dropped": 0, "failed": 1}
    assert [row["rule"] for row in lines_of("dataset/rejects")] == ["no_assistant"]
    written = [
        row["messages"][-1]["content"] for split in summary["records"] for row in rows_of(split)
    ]
    assert sorted(written) == ["Four.", "Hello.", "The one at Aller bridge."]
    assert run(["validate", "dataset"]) == 0


def test_strict_quality_keeps_less_than_the_default_and_says_why(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    summary = carried_out("strict", capfd)
    scores = [row["quality_score"] for row in rows_of()]
    assert min(scores) >= 0.9
    rejects = lines_of("dataset/rejects")
    assert len(rejects) == summary["documents"]["dropped"] + summary["documents"]["failed"]
    assert all(row["rule"] for row in rejects)


def test_what_is_made_in_a_bucket_is_what_is_made_on_a_disk(
    folder: Path, bucket: None, capfd: pytest.CaptureFixture[str]
) -> None:
    stored = carried_out("s3", capfd)
    arguments = command_of(ROOT / "configs" / "s3.yaml")
    local = ["documents" if "parsed" in word else word for word in arguments]
    local[-1] = "dataset"
    capfd.readouterr()
    assert run([*local, "--json"]) == SOME_FAILED
    here = json.loads(capfd.readouterr().out)
    assert stored["documents"] == here["documents"]
    assert stored["records"] == here["records"]
    assert stored["tokens"] == here["tokens"]
    shards = [info.path for info in list_files("s3://bucket/dataset/data")]
    assert len(shards) == sum(n > 0 for n in stored["records"].values())
    for shard in shards:
        assert read_bytes(shard) == Path("dataset/data", Path(shard).name).read_bytes()


@pytest.mark.ray
def test_on_a_cluster_all_records_of_a_file_are_on_one_side(
    folder: Path, ray_cluster: None, capfd: pytest.CaptureFixture[str]
) -> None:
    arguments = command_of(ROOT / "configs" / "cluster.yaml")
    local = ["documents" if "parsed" in word else word for word in arguments]
    local[-1] = "dataset"
    capfd.readouterr()
    assert run([*local, "--max-failed-share", "0.5", "--json"]) == SOME_FAILED
    summary = json.loads(capfd.readouterr().out)
    assert summary["engine"] == "ray"
    sides = [{row["source"] for row in rows_of(split)} for split in summary["records"]]
    assert len(set().union(*sides)) == sum(map(len, sides))
