"""Splits that are decided over all documents: the same on every engine, and through every kill."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.conftest import document
from tore_export.api.export_api import ExportAPI
from tore_export.api.training import dataset_run
from tore_export.config import TrainingConfig
from tore_export.errors import ResumeError, StorageError
from tore_export.plan import units as units_module
from tore_export.results import RunSummary

Files = Callable[[Path], dict[str, str]]
UNIT_BYTES = 60_000

STRATEGIES: list[dict[str, Any]] = [
    {"exact_ratios": True},
    {"near_duplicates": 0.7},
    {"split_strategy": "group", "group_by": "folder", "exact_ratios": True},
    {"split_strategy": "stratified", "near_duplicates": 0.7},
    {"split_strategy": "balanced", "group_by": "team"},
    {"split_strategy": "temporal"},
    {"split_strategy": "content_based", "near_duplicates": 0.7},
]


def name_of(options: dict[str, Any]) -> str:
    return " ".join(str(value) for value in options.values())


@pytest.fixture(autouse=True)
def small_units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units_module, "LEAST_BYTES", UNIT_BYTES)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Documents with all that splits are decided by; some are copies, some nearly, some broken."""
    chance = random.Random(4)
    folder = tmp_path_factory.mktemp("corpus")
    rows: list[dict[str, Any]] = []
    for number in range(360):
        row: dict[str, Any] = document(number if number < 300 else number - 300)
        row["doc_id"] = f"doc-{number:05d}"
        if number >= 330:  # 30 are copies, and 30 have a few more words
            row["elements"] = [*row["elements"], {"type": "Text", "text": "As was said before."}]
        row["created_at"] = (
            f"20{number % 24:02d}-05-0{1 + number % 9}" if number % 60 else "unknown"
        )
        row["language"] = chance.choice(["en", "en", "en", "de"])
        row["team"] = f"team {number % 40}"
        rows.append(row)
    chance.shuffle(rows)
    for part in range(3):
        lines = [json.dumps(row) for row in rows[part::3]]
        path = folder / f"folder{part}" / "a.jsonl"
        path.parent.mkdir()
        path.write_text("\n".join([*lines, '{"doc_id": "cut", "elements": [']) + "\n")
    return folder


def make(source: Path, output: Path, **options: Any) -> RunSummary:
    config = TrainingConfig.model_validate(
        {"engine": "inline", "splits": "train=0.8,validation=0.1,test=0.1", **options}
    )
    return dataset_run([str(source)], str(output), config).execute()


def sides(output: Path) -> dict[str, str]:
    found = {}
    for path in sorted((output / "data").glob("*.parquet")):
        for doc_id in pq.read_table(path, columns=["doc_id"])["doc_id"].to_pylist():
            found[doc_id] = path.name.partition("-")[0]
    return found


@pytest.mark.parametrize("options", STRATEGIES, ids=name_of)
def test_books_balance_copies_stay_together_and_nothing_of_the_first_pass_is_left(
    corpus: Path, tmp_path: Path, options: dict[str, Any]
) -> None:
    summary = make(corpus, tmp_path / "out", enable_filtering=False, **options)
    n = summary.documents
    assert n["in"] == 363 == n["kept"] + n["dropped"] + n["failed"]
    assert n["failed"] == 3
    undated = 6 if options.get("split_strategy") == "temporal" else 0
    assert summary.reasons.get("split.no_date", 0) == undated
    assert summary.units > 5
    found = sides(tmp_path / "out")
    assert len(found) == n["kept"] == sum(summary.records.values())
    for number in range(300, 360 if "near_duplicates" in options else 330):
        pair = {found.get(f"doc-{n:05d}") for n in (number, number - 300)} - {None}
        assert len(pair) <= 1, number  # none where neither has a date
    state = {path.name for path in (tmp_path / "out" / ".tore-export").iterdir()}
    assert state == {"lock", "plan.json", "done.json", "about.json", "receipts", "facts"}
    again = make(corpus, tmp_path / "out", enable_filtering=False, **options)
    assert again.nothing_to_do
    assert again.records == summary.records


@pytest.mark.ray
@pytest.mark.slow
@pytest.mark.usefixtures("ray_cluster")
@pytest.mark.parametrize("options", STRATEGIES, ids=name_of)
def test_both_engines_write_the_same_bytes(
    corpus: Path, tmp_path: Path, files_below: Files, options: dict[str, Any]
) -> None:
    here = make(corpus, tmp_path / "inline", **options)
    there = make(corpus, tmp_path / "ray", engine="ray", **options)
    assert files_below(tmp_path / "inline") == files_below(tmp_path / "ray")
    assert (here.documents, here.reasons) == (there.documents, there.reasons)
    assert there.operator is not None
    first, second = there.operator.splitlines()  # each pass is one fused operator
    assert first.startswith("ReadUnits->MapBatches(Normalize)->")
    assert second == "ReadUnits->Write"


@pytest.mark.parametrize("shard_format", ["jsonl", "jsonl.zst"])
def test_random_is_the_same_in_one_pass_and_in_two(
    corpus: Path, tmp_path: Path, shard_format: str
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    make(corpus, one, shard_format=shard_format, enable_filtering=False)
    # only exact copies are so near, and those stay together anyway
    make(corpus, two, shard_format=shard_format, enable_filtering=False, near_duplicates=1.0)
    assert {path.name: path.read_bytes() for path in (one / "data").iterdir()} == {
        path.name: path.read_bytes() for path in (two / "data").iterdir()
    }
    assert [p.read_bytes() for p in sorted((one / "rejects").iterdir())] == [
        p.read_bytes() for p in sorted((two / "rejects").iterdir())
    ]


@pytest.mark.parametrize("options", STRATEGIES[1:6:2], ids=name_of)
def test_in_memory_documents_are_on_the_sides_they_have_on_disk(
    corpus: Path, tmp_path: Path, options: dict[str, Any]
) -> None:
    source = corpus / "folder0" / "a.jsonl"
    shares = {"splits": "train=0.6,validation=0.2,test=0.2"}
    make(source, tmp_path / "out", **shares, **options)
    config = TrainingConfig.model_validate({**shares, **options})
    held = ExportAPI().export_for_training(str(source), config)
    assert {row["doc_id"]: split for split, rows in held.splits.items() for row in rows} == sides(
        tmp_path / "out"
    )
    assert held.documents["in"] == 121


DRIVER = f"""
import json, os, signal, sys
from tore_export.api.training import dataset_run
from tore_export.config import TrainingConfig
from tore_export.engine import decide
from tore_export.plan import units

source, output, options, phase, times = sys.argv[1:]
units.LEAST_BYTES = {UNIT_BYTES}
left = int(times)


def count(found):
    global left
    if found == phase:
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)


path = decide.decisions_path


def decisions_path(*of):
    count("a decision")
    return path(*of)


decide.decisions_path = decisions_path
config = TrainingConfig.model_validate(json.loads(options))
dataset_run([source], output, config, on_progress=lambda now: count(now.phase)).execute()
"""


def killed(source: Path, output: Path, options: dict[str, Any], phase: str, times: int) -> None:
    """Make the dataset in a process of its own that kills itself when a phase is told so often."""
    unmeasured = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
    arguments = [str(source), str(output), json.dumps(options), phase, str(times)]
    process = subprocess.run(
        [sys.executable, "-c", DRIVER, *arguments],
        check=False,
        env=unmeasured,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=100,
    )
    assert process.returncode == -signal.SIGKILL


KILLED = {
    "engine": "inline",
    "splits": "train=0.8,validation=0.1,test=0.1",
    "split_strategy": "stratified",
    "near_duplicates": 0.7,
}


@pytest.fixture(scope="module")
def undisturbed(
    corpus: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, RunSummary]]:
    output = tmp_path_factory.mktemp("undisturbed") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(units_module, "LEAST_BYTES", UNIT_BYTES)
        yield output, make(corpus, output, **KILLED)


MOMENTS = [
    ("documents", 1, 1),
    ("documents", 4, 4),
    ("decisions", 1, None),
    ("a decision", 3, None),
    ("writing", 1, None),
    ("writing", 3, None),
    ("shards", 2, None),
]


@pytest.mark.slow
@pytest.mark.parametrize(("phase", "times", "resumed"), MOMENTS)
def test_a_run_killed_in_any_pass_goes_on_and_writes_the_same(
    corpus: Path,
    undisturbed: tuple[Path, RunSummary],
    tmp_path: Path,
    files_below: Files,
    phase: str,
    times: int,
    resumed: int | None,
) -> None:
    output, whole = undisturbed
    killed(corpus, tmp_path / "out", KILLED, phase, times)
    prepared = tmp_path / "out" / ".tore-export" / "prepared"
    spooled = {path.name: path.stat().st_mtime_ns for path in (prepared / "parts").iterdir()}
    steps: list[str] = []
    summary = dataset_run(
        [str(corpus)],
        str(tmp_path / "out"),
        TrainingConfig.model_validate(KILLED),
        on_progress=lambda now: steps.append(now.phase),
    ).execute()
    assert summary.resumed_units == (whole.units if resumed is None else resumed)
    assert len(spooled) == summary.resumed_units
    assert steps.count("documents") == whole.units - summary.resumed_units
    assert ("decisions" in steps) == (phase in ("documents", "decisions", "a decision"))
    assert files_below(tmp_path / "out") == files_below(output)
    assert (summary.documents, summary.tokens) == (whole.documents, whole.tokens)


@pytest.mark.ray
@pytest.mark.slow
@pytest.mark.parametrize(("phase", "times"), [("documents", 2), ("a decision", 2), ("writing", 1)])
def test_a_killed_run_on_ray_goes_on_in_this_process(
    corpus: Path,
    undisturbed: tuple[Path, RunSummary],
    tmp_path: Path,
    files_below: Files,
    phase: str,
    times: int,
) -> None:
    on_ray = {**KILLED, "engine": "ray", "max_workers": 2}
    killed(corpus, tmp_path / "out", on_ray, phase, times)
    make(corpus, tmp_path / "out", **KILLED)
    assert files_below(tmp_path / "out") == files_below(undisturbed[0])


@pytest.mark.ray
@pytest.mark.slow
@pytest.mark.usefixtures("ray_cluster")
def test_a_run_killed_in_its_process_goes_on_on_ray(
    corpus: Path, undisturbed: tuple[Path, RunSummary], tmp_path: Path, files_below: Files
) -> None:
    killed(corpus, tmp_path / "out", KILLED, "writing", 2)
    make(corpus, tmp_path / "out", **{**KILLED, "engine": "ray"})
    assert files_below(tmp_path / "out") == files_below(undisturbed[0])


@pytest.mark.slow
def test_what_a_first_pass_wrote_is_guarded(
    corpus: Path, tmp_path: Path, files_below: Files
) -> None:
    killed(corpus, tmp_path / "out", KILLED, "writing", 1)
    with pytest.raises(ResumeError, match=r"splits\.near_duplicates: 0\.7 before, 0\.8 now"):
        make(corpus, tmp_path / "out", **{**KILLED, "near_duplicates": 0.8})
    parts = tmp_path / "out" / ".tore-export" / "prepared" / "parts"
    sorted(parts.iterdir())[-1].write_bytes(b"damaged")
    with pytest.raises(StorageError, match="what the first pass wrote cannot be read"):
        make(corpus, tmp_path / "out", **KILLED)
    config = TrainingConfig.model_validate(KILLED)
    summary = dataset_run([str(corpus)], str(tmp_path / "out"), config, restart=True).execute()
    assert summary.resumed_units == 0
    assert not parts.exists()
