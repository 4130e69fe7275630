"""A dataset is read back when it was written, and a leak fails the run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import document, write_jsonl
from tore_export.api.training import dataset_run
from tore_export.cli.main import run
from tore_export.config import TrainingConfig
from tore_export.errors import LeakError
from tore_export.observe.progress import Progress
from tore_export.results import LeakReport, RunSummary

HALVES = "train=0.5,test=0.5"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_jsonl(tmp_path / "in" / "a.jsonl", range(20))
    write_jsonl(tmp_path / "in" / "b.jsonl", range(20, 30))
    return tmp_path


def make(
    folder: Path,
    output: str = "out",
    *,
    before_check: Callable[[], None] | None = None,
    **options: Any,
) -> RunSummary:
    """Make a dataset; `before_check` is done when its shards are there and were not read back yet."""

    def watch(progress: Progress) -> None:
        if progress.phase == "leaks" and before_check is not None:
            before_check()

    config = TrainingConfig.model_validate({"engine": "inline", "splits": HALVES, **options})
    run = dataset_run([str(folder / "in")], str(folder / output), config, on_progress=watch)
    return run.execute()


def report_of(summary: RunSummary) -> LeakReport:
    assert summary.leaks is not None
    return summary.leaks


def lend(folder: Path, columns: tuple[str, ...], added: str = "") -> Callable[[], None]:
    """Return what puts these columns of a row of train into a row of test."""

    def tamper() -> None:
        paths = [folder / "out" / "data" / f"{s}-00000-of-00001.parquet" for s in ("train", "test")]
        train, test = (pq.read_table(path) for path in paths)
        rows = test.to_pylist()
        lent = train.slice(0, 1).to_pylist()[0]
        rows[0] |= {name: lent[name] for name in columns}
        rows[0]["text"] += added
        pq.write_table(pa.Table.from_pylist(rows, test.schema), paths[1])

    return tamper


def test_a_clean_run_says_what_was_read_and_that_nothing_was_found(folder: Path) -> None:
    found = report_of(make(folder))
    assert found == LeakReport(records=30, documents=30, split_documents=0, shared_ids=0)
    assert json.loads((folder / "out/.tore-export/done.json").read_text())["leaks"] == (
        found.to_dict()
    )
    assert report_of(make(folder)) == found  # of a run that is done already
    assert not (folder / "out/.tore-export/parts").exists()


@pytest.mark.parametrize("output", ["out.jsonl", "out.jsonl.zst", "out.parquet"])
def test_every_form_of_output_is_read_back(folder: Path, output: str) -> None:
    found = report_of(make(folder, output, near_duplicates=0.7))
    assert (found.records, found.documents, found.near_duplicates) == (30, 30, 0)


@pytest.mark.parametrize(
    ("columns", "options", "kind"),
    [
        (("doc_id", "source"), {}, "document"),
        (("text",), {"near_duplicates": 0.7}, "near-duplicate cluster"),
    ],
)
def test_what_is_in_two_splits_on_the_disk_fails_the_run(
    folder: Path, columns: tuple[str, ...], options: dict[str, Any], kind: str
) -> None:
    with pytest.raises(
        LeakError, match=rf"in two splits, found 1 {kind}, for instance \w\.jsonl: "
    ):
        make(folder, before_check=lend(folder, columns, " And a last word."), **options)
    assert not (folder / "out" / ".tore-export" / "done.json").exists()
    with pytest.raises(LeakError):  # it is the dataset that leaks, not the moment
        make(folder, **options)
    taken = make(folder, **options, check_leaks=False)
    assert taken.leaks is None


def test_equal_records_of_different_documents_are_told_and_fail_nothing(folder: Path) -> None:
    rows = [
        {"doc_id": f"{source}{n}", "elements": document(n)["elements"]}
        for source in "cd"
        for n in range(100, 120)
    ]
    for row, name in zip(rows, "c" * 20 + "d" * 20, strict=True):
        path = folder / "in" / f"{name}{row['doc_id']}.jsonl"
        path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    found = report_of(make(folder, split_strategy="group", group_by="source"))
    assert found.groups == 0
    assert found.equal_records["train"] == found.equal_records["test"] > 2
    assert not found.leaks


def test_rows_without_metadata_are_compared_alone(folder: Path) -> None:
    found = report_of(make(folder, include_metadata=False, near_duplicates=0.7))
    assert (found.records, found.documents, found.near_duplicates) == (30, None, None)


@pytest.mark.parametrize(
    "options",
    [
        {"max_tokens": 100},
        {"max_tokens": 100, "chunk_overlap": 20, "chunk_headings": True},
        {"task": "section", "shape": "messages"},
        {"task": "continue", "shape": "alpaca", "max_tokens": 200, "shard_format": "jsonl"},
        {"task": "section", "shape": "prompt_completion", "conversational": True},
    ],
)
def test_records_of_every_kind_are_led_back_to_their_documents(
    folder: Path, options: dict[str, Any]
) -> None:
    found = report_of(make(folder, near_duplicates=0.7, group_by="source", **options))
    assert found.documents == 30 <= found.records
    assert not found.leaks
    assert (found.near_duplicates, found.groups) == (0, 0)


def test_it_can_be_left_out(folder: Path) -> None:
    assert make(folder, check_leaks=False).leaks is None


@pytest.mark.ray
@pytest.mark.slow
@pytest.mark.usefixtures("ray_cluster")
def test_workers_find_what_one_process_finds(folder: Path) -> None:
    options = {"near_duplicates": 0.7, "group_by": "source"}
    here = report_of(make(folder, "here", **options))
    assert report_of(make(folder, "there", engine="ray", **options)) == here


def test_the_command_ends_with_1_and_says_what_to_do(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    command = ["training", "in", "-o", "out", "--engine", "inline", "--splits", HALVES, "--quiet"]
    with pytest.raises(LeakError):
        make(folder, before_check=lend(folder, ("doc_id", "source")))
    capsys.readouterr()
    assert run([*command, "--json"]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["leaks"]["split_documents"] == 1
    assert "--no-check-leaks" in " ".join(told.err.split())
