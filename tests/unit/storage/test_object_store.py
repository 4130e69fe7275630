"""Against a real S3 endpoint, moto's server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.s3_server import s3_server
from tests.unit.sources.reading import rows, rules
from tore_export.errors import PreflightError, StorageError
from tore_export.plan.check import check_output
from tore_export.plan.inputs import find_inputs
from tore_export.sources.unit import Unit
from tore_export.storage import files
from tore_export.storage.layout import Layout


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    with s3_server():
        yield "s3://shop"


def test_objects_are_written_read_listed_and_deleted(bucket: str) -> None:
    path = f"{bucket}/a/b.txt"
    files.write_bytes(path, b"hello")
    assert files.read_bytes(path, 1, 2) == b"el"
    assert files.exists(path)
    info = files.stat(path)
    assert info is not None
    assert (info.size, bool(info.stamp)) == (5, True)
    assert files.stat(f"{bucket}/a") is None
    assert [i.path for i in files.list_files(f"{bucket}/a")] == [path]
    assert [i.path for i in files.walk(bucket)] == [path]
    files.sync(path)
    files.delete(path)
    assert not files.exists(path)
    files.delete(f"{bucket}/a")
    files.delete(f"{bucket}/nothing")


def test_a_bucket_that_is_not_there_is_an_error_that_names_it(bucket: str) -> None:
    with pytest.raises(StorageError, match=r"s3://nowhere/a: the store refused, found .*bucket"):
        files.write_bytes("s3://nowhere/a", b"hello")
    assert files.walk("s3://nowhere/in") == []


def test_a_folder_and_a_glob_of_a_store_are_searched(bucket: str) -> None:
    for name in ("in/a.json", "in/deep/b.jsonl", "in/.hidden/c.json"):
        files.write_bytes(f"{bucket}/{name}", b"[]")
    found = find_inputs([f"{bucket}/in"])
    assert [file.source for file in found] == ["a.json", "deep/b.jsonl"]
    assert [file.source for file in find_inputs([f"{bucket}/in/*.json"])] == ["a.json"]
    several = find_inputs([f"{bucket}/in/a.json", f"{bucket}/in/deep"])
    assert [file.source for file in several] == ["a.json", "deep/b.jsonl"]
    with pytest.raises(PreflightError, match="no file matches"):
        find_inputs([f"{bucket}/in/*.parquet"])


def test_an_output_in_a_store_is_ours_and_not_inside_of_the_input(bucket: str) -> None:
    files.write_bytes(f"{bucket}/theirs/a.txt", b"hello")
    check_output([f"{bucket}/in"], Layout(f"{bucket}/new"))
    with pytest.raises(PreflightError, match="lies inside the input"):
        check_output([f"{bucket}/in/"], Layout(f"{bucket}/in/out"))
    with pytest.raises(PreflightError, match="the output is the input"):
        check_output([f"{bucket}/in"], Layout(f"{bucket}/in/"))
    with pytest.raises(PreflightError, match="that this command did not write"):
        check_output([f"{bucket}/in"], Layout(f"{bucket}/theirs"))
    with pytest.raises(PreflightError, match="no such bucket"):
        check_output([f"{bucket}/in"], Layout("s3://nowhere/out"))
    with pytest.raises(PreflightError, match="no such bucket"):
        find_inputs(["s3://nowhere/in/*.json"])


def test_an_object_that_grew_since_the_run_was_planned_is_a_failed_document(bucket: str) -> None:
    files.write_bytes(f"{bucket}/grown/a.jsonl", b'{"text": "a"}\n')
    (file,) = find_inputs([f"{bucket}/grown"])
    files.write_bytes(f"{bucket}/grown/a.jsonl", b'{"text": "a"}\n{"text": "b"}\n')
    assert rules(rows(Unit(0, "files", (file,)))) == ["changed"]


def test_a_dataset_is_made_from_store_to_store(bucket: str, tmp_path: Path) -> None:
    from tests.conftest import write_jsonl
    from tore_export.api.training import dataset_run
    from tore_export.config import TrainingConfig

    local = write_jsonl(tmp_path / "docs.jsonl", range(30))
    files.write_bytes(f"{bucket}/docs/docs.jsonl", local.read_bytes())
    output = f"{bucket}/dataset/"
    config = TrainingConfig(engine="inline")
    summary = dataset_run([f"{bucket}/docs"], output, config).execute()
    assert summary.documents == {"in": 30, "kept": 30, "dropped": 0, "failed": 0}
    names = [info.path.removeprefix(output) for info in files.walk(output)]
    assert "README.md" in names
    assert any(name.startswith("data/train-00000-of-00001") for name in names)
    assert dataset_run([f"{bucket}/docs"], output, config).execute().nothing_to_do


def test_a_dataset_of_two_passes_is_made_in_a_store_and_goes_on_from_one(
    bucket: str, tmp_path: Path
) -> None:
    from tests.conftest import write_jsonl
    from tore_export.api.training import dataset_run
    from tore_export.config import TrainingConfig

    local = write_jsonl(tmp_path / "docs.jsonl", range(30))
    files.write_bytes(f"{bucket}/two/docs.jsonl", local.read_bytes())
    first, output = f"{bucket}/first", f"{bucket}/second"
    config = TrainingConfig(engine="inline", split_strategy="stratified", near_duplicates=0.7)
    summary = dataset_run([f"{bucket}/two"], first, config).execute()
    assert summary.documents == {"in": 30, "kept": 30, "dropped": 0, "failed": 0}
    assert not [info for info in files.walk(first) if "/prepared/" in info.path]
    grown = config.model_copy(update={"against": (first,)})
    assert dataset_run([f"{bucket}/two"], output, grown).execute().records == summary.records


def test_a_dataset_in_a_store_is_validated_and_explained_there(bucket: str, tmp_path: Path) -> None:
    from tests.conftest import write_jsonl
    from tore_export.api.explain import explain
    from tore_export.api.training import dataset_run
    from tore_export.api.validate import validate
    from tore_export.config import TrainingConfig

    local = write_jsonl(tmp_path / "docs.jsonl", range(20))
    files.write_bytes(f"{bucket}/told/docs.jsonl", local.read_bytes())
    for shard_format in ("parquet", "jsonl.zst"):
        output = f"{bucket}/told-{shard_format}"
        config = TrainingConfig.model_validate({"engine": "inline", "shard_format": shard_format})
        dataset_run([f"{bucket}/told"], output, config).execute()
        found = validate([output])
        assert (found.findings, found.rows) == ((), 20)
        (way,) = explain("doc-00007", output, inputs=[f"{bucket}/told"]).ways
        (record,) = way.records
        assert record.shard.startswith("data/")
        assert record.elements
    shard = next(info for info in files.walk(output) if "/data/train" in info.path)
    files.delete(shard.path)
    assert "missing_shard" in validate([output]).rules
