"""The main job, end to end: the same bytes on every engine, and nothing lost on the way."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.conftest import document, write_jsonl
from tore_export.api.training import dataset_run
from tore_export.cli.main import run
from tore_export.config import TrainingConfig
from tore_export.engine.ray_data import RayEngine
from tore_export.errors import ResumeError
from tore_export.plan import units as units_module
from tore_export.results import RunSummary

Files = Callable[[Path], dict[str, str]]


@pytest.fixture
def small_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut even a small corpus into many units."""
    monkeypatch.setattr(units_module, "LEAST_BYTES", 60_000)


def make(corpus: Path, output: Path, **options: Any) -> RunSummary:
    config = TrainingConfig.model_validate({"engine": "inline", **options})
    return dataset_run([str(corpus)], str(output), config).execute()


def rows_below(output: Path) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((output / "data").glob("*.parquet")):
        found.setdefault(path.name.split("-")[0], []).extend(pq.read_table(path).to_pylist())
    return found


def rejects_below(output: Path) -> list[dict[str, Any]]:
    lines = (p.read_text().splitlines() for p in sorted((output / "rejects").glob("*.jsonl")))
    return [json.loads(line) for part in lines for line in part]


@pytest.mark.usefixtures("small_units")
def test_every_document_is_kept_dropped_or_failed_and_can_be_found(
    corpus: Path, tmp_path: Path
) -> None:
    summary = make(corpus, tmp_path / "out")
    assert summary.documents == {"in": 403, "kept": 400, "dropped": 1, "failed": 2}
    assert summary.units > 5
    rows = rows_below(tmp_path / "out")
    assert {split: len(r) for split, r in rows.items()} == summary.records
    assert sum(row["n_tokens"] for r in rows.values() for row in r) == sum(summary.tokens.values())
    kept = sorted(row["doc_id"] for r in rows.values() for row in r)
    assert kept == [f"doc-{n:05d}" for n in range(400)]
    rejects = rejects_below(tmp_path / "out")
    assert sorted((r["source"], r["stage"], r["rule"], r["failed"]) for r in rejects) == [
        ("empty.json", "to_records", "no_records", False),
        ("more/b.jsonl", "source", "invalid_json", True),
        ("more/noise.json", "source", "not_utf8", True),
    ]


@pytest.mark.ray
@pytest.mark.usefixtures("small_units", "ray_cluster")
@pytest.mark.parametrize("shard_format", ["parquet", "jsonl", "jsonl.zst"])
def test_both_engines_write_the_same_bytes(
    corpus: Path, tmp_path: Path, files_below: Files, shard_format: str
) -> None:
    options = {"shard_format": shard_format, "shard_size": "20KB"}
    first = make(corpus, tmp_path / "inline", **options)
    second = make(corpus, tmp_path / "ray", engine="ray", **options)
    assert files_below(tmp_path / "inline") == files_below(tmp_path / "ray")
    assert (first.documents, first.records, first.reasons) == (
        second.documents,
        second.records,
        second.reasons,
    )
    assert len([name for name in files_below(tmp_path / "ray") if "train-" in name]) > 1


@pytest.mark.ray
@pytest.mark.usefixtures("small_units", "ray_cluster")
def test_ray_runs_one_fused_operator(corpus: Path, tmp_path: Path) -> None:
    summary = make(corpus, tmp_path / "out", engine="ray")
    assert summary.operator == (
        "ReadUnits->MapBatches(Normalize)->MapBatches(ScoreQuality)->MapBatches(Format)"
        "->MapBatches(CountTokens)->MapBatches(FilterQuality)->MapBatches(ToRecords)"
        "->MapBatches(Split)->Write"
    )


@pytest.mark.usefixtures("small_units")
def test_batches_of_any_size_give_the_same_bytes(
    corpus: Path, tmp_path: Path, files_below: Files
) -> None:
    make(corpus, tmp_path / "a", batch_size=1000)
    make(corpus, tmp_path / "b", batch_size=7)
    assert files_below(tmp_path / "a") == files_below(tmp_path / "b")


@pytest.mark.usefixtures("small_units")
def test_a_finished_output_has_nothing_to_do(corpus: Path, tmp_path: Path) -> None:
    first = make(corpus, tmp_path / "out")
    again = make(corpus, tmp_path / "out")
    assert again.nothing_to_do
    assert again.documents == first.documents
    assert again.resumed_units == again.units
    assert not (tmp_path / "out" / ".tore-export" / "parts").exists()


@pytest.mark.usefixtures("small_units")
def test_units_with_receipts_are_not_done_again(
    corpus: Path, tmp_path: Path, files_below: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = make(corpus, tmp_path / "whole")
    done = 0

    def stop_after_three(_: object) -> None:
        nonlocal done
        done += 1
        if done == 4:
            raise KeyboardInterrupt

    config = TrainingConfig(engine="inline")
    output = str(tmp_path / "out")
    stopped = dataset_run([str(corpus)], output, config, on_progress=stop_after_three)
    with pytest.raises(KeyboardInterrupt):
        stopped.execute()
    (tmp_path / "out" / ".tore-export" / "parts" / ".tmp-killed-unit").write_bytes(b"half")
    resumed = make(corpus, tmp_path / "out")
    assert resumed.resumed_units == 3
    assert resumed.documents == whole.documents
    assert files_below(tmp_path / "out") == files_below(tmp_path / "whole")


def test_another_plan_is_refused_and_told(corpus: Path, tmp_path: Path) -> None:
    make(corpus, tmp_path / "out")
    with pytest.raises(ResumeError, match=r"FilterQuality\.min_quality_score: 0\.7 before, 0\.2"):
        make(corpus, tmp_path / "out", min_quality_score=0.2)
    with pytest.raises(ResumeError, match=r"Split\.seed: 0 before, 5 now"):
        make(corpus, tmp_path / "out", seed=5)


def test_engine_workers_and_batch_size_may_change(corpus: Path, tmp_path: Path) -> None:
    make(corpus, tmp_path / "out")
    assert make(corpus, tmp_path / "out", max_workers=3, batch_size=5).nothing_to_do


def test_another_input_is_refused_and_told(tmp_path: Path) -> None:
    source = tmp_path / "in"
    write_jsonl(source / "a.jsonl", range(5))
    write_jsonl(source / "b.jsonl", range(5))
    make(source, tmp_path / "out")
    write_jsonl(source / "a.jsonl", range(6))
    (source / "b.jsonl").rename(source / "c.jsonl")
    with pytest.raises(ResumeError) as error:
        make(source, tmp_path / "out")
    told = str(error.value)
    assert "a.jsonl changed" in told
    assert "b.jsonl is gone" in told
    assert "c.jsonl is new" in told
    assert "--restart" in told


def test_restart_begins_anew_and_removes_only_what_was_ours(corpus: Path, tmp_path: Path) -> None:
    make(corpus, tmp_path / "out")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    config = TrainingConfig(engine="inline", seed=9, shard_format="jsonl")
    summary = dataset_run([str(corpus)], str(tmp_path / "out"), config, restart=True).execute()
    assert summary.resumed_units == 0
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"
    assert not list((tmp_path / "out" / "data").glob("*.parquet"))


def test_a_file_output_is_one_file_a_split_and_its_state_lies_beside(
    corpus: Path, tmp_path: Path
) -> None:
    summary = make(corpus, tmp_path / "set.jsonl")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["set.jsonl", "set.test.jsonl", "set.tore-export", "set.validation.jsonl"]
    lines = (tmp_path / "set.jsonl").read_text().splitlines()
    assert len(lines) == summary.records["train"]
    assert json.loads(lines[0])["doc_id"] == "doc-00000"
    assert (tmp_path / "set.tore-export" / "README.md").exists()
    assert make(corpus, tmp_path / "set.jsonl").nothing_to_do


@pytest.mark.parametrize("shard_format", ["parquet", "jsonl", "jsonl.zst"])
def test_datasets_loads_the_output_as_it_is(
    corpus: Path, tmp_path: Path, shard_format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    datasets = pytest.importorskip("datasets")
    summary = make(corpus, tmp_path / "out", shard_format=shard_format, shard_size="100KB")
    loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert {split: len(rows) for split, rows in loaded.items()} == summary.records
    assert loaded["train"][0]["metadata"]["pages"] == [1, 2]
    assert sum(loaded["test"]["n_tokens"]) == summary.tokens["test"]


def test_polars_duckdb_and_pyarrow_read_the_shards(corpus: Path, tmp_path: Path) -> None:
    import duckdb
    import polars as pl
    import pyarrow.dataset as ds

    summary = make(corpus, tmp_path / "out", shard_size="100KB")
    pattern = f"{tmp_path}/out/data/train-*.parquet"
    n_rows = summary.records["train"]
    assert pl.read_parquet(pattern).height == n_rows
    assert duckdb.sql(f"select * from '{pattern}'").count("*").fetchall() == [(n_rows,)]
    files = sorted((tmp_path / "out" / "data").glob("train-*"))
    assert ds.dataset(files).count_rows() == n_rows


def test_facts_hold_every_document(corpus: Path, tmp_path: Path) -> None:
    import polars as pl

    summary = make(corpus, tmp_path / "out")
    facts = pl.read_parquet(f"{tmp_path}/out/.tore-export/facts/*.parquet")
    assert facts.height == summary.documents["in"]
    kept = facts.filter(pl.col("stage").is_null())
    assert kept["n_tokens"].sum() == sum(summary.tokens.values())
    assert kept["split"].value_counts().height == 3


def test_a_limit_takes_the_first_documents(corpus: Path, tmp_path: Path) -> None:
    summary = make(corpus, tmp_path / "out", limit=10)
    assert summary.documents["in"] == 10
    ids = [row["doc_id"] for rows in rows_below(tmp_path / "out").values() for row in rows]
    assert sorted(ids) == [f"doc-{n:05d}" for n in range(10)]


def test_without_the_filter_nothing_is_dropped_for_quality(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    bad = document(1) | {"elements": [{"type": "Text", "text": "spam spam spam spam. " * 200}]}
    source.write_text(json.dumps(bad))
    assert make(source, tmp_path / "a").documents["dropped"] == 1
    assert make(source, tmp_path / "b", enable_filtering=False).documents["kept"] == 1


def test_the_command_line_prints_the_account_as_json(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["training", str(corpus), "-o", str(tmp_path / "out"), "--engine", "inline"]
    assert run([*arguments, "--json", "--quiet"]) == 3
    account = json.loads(capsys.readouterr().out)
    assert account["documents"] == {"in": 403, "kept": 400, "dropped": 1, "failed": 2}
    assert account["resumed_units"] == 0
    assert account["output"] == str(tmp_path / "out")
    assert set(account["records"]) == {"train", "validation", "test"} == set(account["tokens"])


def test_splits_may_have_any_names_and_shares(corpus: Path, tmp_path: Path) -> None:
    summary = make(corpus, tmp_path / "out", splits="fit=0.5,hold=0.5")
    assert set(summary.records) == {"fit", "hold"}
    assert abs(summary.records["fit"] - 200) < 50


@pytest.mark.ray
@pytest.mark.usefixtures("small_units", "ray_cluster")
def test_a_batch_writes_the_same_tree_on_both_engines(
    corpus: Path, tmp_path: Path, files_below: Files
) -> None:
    for engine in ("inline", "ray"):
        arguments = ["batch", str(corpus), "--formats", "markdown,plaintext,jsonl"]
        code = run([*arguments, "-o", str(tmp_path / engine), "--engine", engine, "-q"])
        assert code == 3
    found = files_below(tmp_path / "inline")
    assert found == files_below(tmp_path / "ray")
    assert len([name for name in found if name.startswith("plaintext/")]) == 401
    assert "markdown/more/b/doc-00399.md" in found
    manifest = (tmp_path / "ray" / "manifest.jsonl").read_text().splitlines()
    assert len(manifest) == 3 * 401
    first = json.loads(manifest[0])
    assert found[first["path"]] == first["sha256"]


@pytest.mark.ray
@pytest.mark.usefixtures("ray_cluster")
def test_an_engine_that_found_ray_running_leaves_it_running() -> None:
    import ray

    with RayEngine():
        pass
    assert ray.is_initialized()


def test_an_interrupted_restart_can_be_restarted(corpus: Path, tmp_path: Path) -> None:
    make(corpus, tmp_path / "out")
    shutil.rmtree(tmp_path / "out" / ".tore-export" / "receipts")
    (tmp_path / "out" / ".tore-export" / "done.json").unlink()
    assert make(corpus, tmp_path / "out").documents["in"] == 403
