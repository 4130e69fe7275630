"""Whole runs from store to store, moto's server on loopback: engines, kills, lines that break."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import write_jsonl
from tests.s3_server import Line, s3_environment, s3_server
from tests.unit.cli.commands import in_own_process
from tore_export.api.analysis import analyze
from tore_export.api.training import dataset_run
from tore_export.config import ExportConfig, TrainingConfig
from tore_export.errors import StorageError
from tore_export.plan import units as units_module
from tore_export.results import RunSummary
from tore_export.storage import files, stores

pytestmark = pytest.mark.slow

UNIT_BYTES = 100_000
ENGINES = ["inline", pytest.param("ray", marks=pytest.mark.ray)]
PASSES: dict[str, dict[str, Any]] = {
    "one pass": {"splits": "train=0.8,test=0.2"},
    "two passes": {
        "splits": "train=0.8,test=0.2",
        "split_strategy": "stratified",
        "near_duplicates": 0.7,
    },
}

DRIVER = f"""
import json, os, signal, sys
from tore_export.api.training import dataset_run
from tore_export.config import TrainingConfig
from tore_export.plan import units

source, output, options, phase, n_units = sys.argv[1:]
units.LEAST_BYTES = {UNIT_BYTES}


def watch(now):
    if now.phase == phase and now.units >= int(n_units):
        os.kill(os.getpid(), signal.SIGKILL)


config = TrainingConfig.model_validate(json.loads(options))
print(json.dumps(dataset_run([source], output, config, on_progress=watch).execute().to_dict()))
"""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with s3_server() as found:
        yield found


@pytest.fixture(scope="module")
def source(port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The same documents in a folder and in the store, several units of them."""
    folder = tmp_path_factory.mktemp("stored")
    for name, numbers in (("a.jsonl", range(150)), ("b/b.jsonl", range(150, 250))):
        local = write_jsonl(folder / name, numbers)
        files.write_bytes(f"s3://shop/in/{name}", local.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(units_module, "LEAST_BYTES", UNIT_BYTES)
        yield folder, "s3://shop/in"


def make(source: object, output: object, **options: Any) -> RunSummary:
    config = TrainingConfig.model_validate(options)
    return dataset_run([str(source)], str(output), config).execute()


def written(output: str) -> dict[str, bytes]:
    """Return what data and rejects hold, by name."""
    listed = files.walk(output) if files.is_remote(output) else below(output)
    names = {info.path.removeprefix(f"{output}/"): info.path for info in listed}
    return {
        name: files.read_bytes(path)
        for name, path in names.items()
        if name.startswith(("data/", "rejects/"))
    }


def below(folder: str) -> list[files.FileInfo]:
    found = [files.stat(str(path)) for path in sorted(Path(folder).rglob("*")) if path.is_file()]
    return [info for info in found if info is not None]


def apart(
    source: str, output: str, options: dict[str, Any], phase: str = "never", n_units: int = 0
) -> subprocess.CompletedProcess[str]:
    """Make a dataset in a process that kills itself in `phase`; Ray's workers see this environment."""
    unmeasured = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
    arguments = [source, output, json.dumps(options), phase, str(n_units)]
    return subprocess.run(
        [sys.executable, "-c", DRIVER, *arguments],
        check=False,
        env=unmeasured,
        stdout=subprocess.PIPE,
        text=True,
        timeout=200,
    )


def made_apart(source: str, output: str, options: dict[str, Any]) -> dict[str, Any]:
    found = apart(source, output, options)
    assert found.returncode == 0
    summary = json.loads(found.stdout.splitlines()[-1])
    assert isinstance(summary, dict)
    return summary


@pytest.mark.parametrize("passes", PASSES)
@pytest.mark.parametrize("engine", ENGINES)
def test_a_run_that_is_killed_goes_on_to_the_bytes_of_a_local_one(
    source: tuple[Path, str], tmp_path: Path, engine: str, passes: str
) -> None:
    folder, store = source
    options = {"engine": engine, "max_workers": 2, **PASSES[passes]}
    output = f"s3://shop/{engine}-{passes.replace(' ', '-')}"
    killed = apart(store, output, options, "documents", 2)
    assert killed.returncode == -signal.SIGKILL
    assert not [name for name in written(output) if name.startswith("data/")]
    summary = made_apart(store, output, options)
    assert summary["documents"] == {"in": 250, "kept": 250, "dropped": 0, "failed": 0}
    assert summary["resumed_units"] >= 2
    make(folder, tmp_path / "out", **{**options, "engine": "inline"})
    assert written(output) == written(str(tmp_path / "out"))
    assert make(store, output, **options).nothing_to_do
    left = [info.path for info in files.walk(output)]
    assert not [path for path in left if "/parts/" in path or "/prepared/" in path]
    assert not [path for path in left if "/lock/" in path]


def test_who_reads_while_it_is_written_sees_whole_shards_only(source: tuple[Path, str]) -> None:
    import pyarrow.parquet as pq

    output = "s3://shop/watched"
    seen: dict[str, bytes] = {}
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            seen.update(written(output))

    looking = threading.Thread(target=look)
    looking.start()
    make(source[1], output, engine="inline", shard_size=50_000, **PASSES["one pass"])
    ended.set()
    looking.join()
    assert seen
    assert seen.items() <= written(output).items()
    assert all(pq.ParquetFile(files.open_read(f"{output}/{name}")).metadata for name in seen)


def test_a_line_that_breaks_now_and_then_costs_nothing_but_time(
    source: tuple[Path, str], port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, store = source
    monkeypatch.setattr(stores, "PAUSES", (0.05,) * 5)
    output = "s3://shop/broken-line"
    with closing(Line(port, after=60_000, n_cuts=12)) as line, s3_environment(line.port):
        summary = make(store, output, engine="inline", **PASSES["one pass"])
        assert line.n_cuts < 12
    assert summary.documents["kept"] == 250
    make(folder, tmp_path / "out", engine="inline", **PASSES["one pass"])
    assert written(output) == written(str(tmp_path / "out"))


def test_a_store_that_goes_away_ends_the_run_and_no_document_is_rejected_for_it(
    source: tuple[Path, str], port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, store = source
    monkeypatch.setattr(stores, "PAUSES", (0.05,))
    output, options = "s3://shop/gone", {"engine": "inline", **PASSES["one pass"]}
    with closing(Line(port)) as line, s3_environment(line.port):
        run = dataset_run(
            [store],
            output,
            TrainingConfig.model_validate(options),
            on_progress=lambda now: line.close() if now.units == 1 else None,
        )
        with pytest.raises(StorageError, match=r"s3://shop/.*: the store does not answer") as told:
            run.execute()
        assert "\n" not in str(told.value)
    summary = make(store, output, **options)
    assert summary.documents == {"in": 250, "kept": 250, "dropped": 0, "failed": 0}
    assert summary.resumed_units == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_a_batch_is_written_to_a_store(source: tuple[Path, str], engine: str) -> None:
    output = f"s3://shop/batch-{engine}"
    options = ["--output-dir", output, "--formats", "markdown,plaintext", "--limit", "20"]
    found = in_own_process(
        "batch", source[1], *options, "--engine", engine, "--workers", "2", "--json"
    )
    assert json.loads(found.stdout)["documents"] == {
        "in": 20,
        "kept": 20,
        "dropped": 0,
        "failed": 0,
    }
    names = [info.path.removeprefix(f"{output}/") for info in files.walk(output)]
    assert len([name for name in names if name.startswith("markdown/a/")]) == 20
    assert "manifest.jsonl" in names


def test_an_analysis_is_read_from_a_store(source: tuple[Path, str]) -> None:
    config = ExportConfig(engine="inline", limit=20)
    assert analyze([source[1]], config=config).documents["in"] == 20


def test_a_command_on_a_bucket_that_is_not_there_is_one_line(source: tuple[Path, str]) -> None:
    found = in_own_process(
        "training", "s3://nowhere/in", "--output", "s3://shop/out", "--engine", "ray"
    )
    assert found.returncode == 2
    assert found.stderr == (
        "error: s3://nowhere/in: there is no such bucket, found nowhere "
        "(check its name and the address of the store, or make the bucket first)\n"
    )
