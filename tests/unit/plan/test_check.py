"""Preflight: what is wrong is known before anything starts."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pytest

from tore_export.config import TrainingConfig
from tore_export.documents.schema import DOCUMENT
from tore_export.errors import PreflightError
from tore_export.plan.build import dataset_stages
from tore_export.plan.check import check_columns, check_disk, check_output
from tore_export.stages.stage import Stage
from tore_export.storage.layout import Layout


@dataclass(frozen=True)
class Needy:
    """Reads what nobody writes."""

    reads: ClassVar[tuple[str, ...]] = ("doc_id", "mood")
    writes: ClassVar[tuple[str, ...]] = ("joy",)
    version: ClassVar[int] = 1

    def __call__(self, table: pa.Table) -> pa.Table:
        return table


def test_every_column_a_stage_reads_is_written_before_it() -> None:
    stages: list[Stage] = dataset_stages(TrainingConfig())
    check_columns(stages)
    with pytest.raises(PreflightError, match=r"the stage Needy reads a column .* found mood"):
        check_columns([*stages, Needy()])
    for place in range(len(stages)):
        missing = [*stages[:place], *stages[place + 1 :]]
        needed = {name for stage in missing for name in stage.reads} - set(DOCUMENT.names)
        if needed & set(stages[place].writes):
            with pytest.raises(PreflightError):
                check_columns(missing)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.json").write_text("[]")
    return tmp_path / "in"


def refused(source: Path, output: Path | str, told: str) -> None:
    with pytest.raises(PreflightError, match=told):
        check_output([str(source)], Layout(str(output)))


def test_an_output_inside_the_input_is_refused_however_it_is_spelt(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(source)
    monkeypatch.chdir(tmp_path)
    for output in (source, source / "out", "in/../in/out", tmp_path / "link" / "out", "in/o.jsonl"):
        refused(source, output, "inside the input")
    refused(source / "a.json", source / "a.json", "the output is the input")
    check_output([str(source)], Layout(str(tmp_path / "input2")))
    check_output([str(source)], Layout(f"{source}2"))


def test_an_object_store_is_not_looked_into(source: Path) -> None:
    check_output(["s3://bucket/in"], Layout(str(source.parent / "out")))


def test_a_folder_of_others_is_refused_and_one_of_ours_is_not(source: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    output.mkdir()
    check_output([str(source)], Layout(str(output)))
    (output / "thesis.doc").touch()
    refused(source, output, "was not made by this command")
    (output / ".tore-export").mkdir()
    check_output([str(source)], Layout(str(output)))


def test_a_file_of_others_is_refused_and_one_of_ours_is_not(source: Path, tmp_path: Path) -> None:
    output = tmp_path / "set.jsonl"
    output.touch()
    refused(source, output, "did not write")
    (tmp_path / "set.tore-export").mkdir()
    check_output([str(source)], Layout(str(output)))
    refused(source, tmp_path / "set.jsonl" / "out", "a file stands where a folder is needed")
    (tmp_path / "plain").touch()
    refused(source, tmp_path / "plain", "is a file; the output of a dataset is a folder")
    (tmp_path / "d.parquet").mkdir()
    refused(source, tmp_path / "d.parquet", "its name means a file")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere: the next test")
def test_a_folder_that_cannot_be_written_is_refused(source: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    refused(source, closed / "out", "permission denied")


def test_permission_is_asked_of_the_nearest_folder_that_is_there(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may write everywhere, so the system's answer is given for it."""
    monkeypatch.setattr(os, "access", lambda path, mode: str(path) != str(tmp_path))
    refused(source, tmp_path / "new" / "deep" / "out", f"{tmp_path}: cannot be written")
    refused(source, tmp_path / "new.jsonl", f"{tmp_path}: cannot be written")


def test_there_must_be_room_for_the_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=5_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    layout = Layout(str(tmp_path / "new" / "out"))
    check_disk(1_000_000, layout)
    with pytest.raises(PreflightError, match=r"found 5 MB free, allowed: about \d+ MB or more"):
        check_disk(50_000_000, layout)
    check_disk(10**15, Layout("s3://bucket/out"))


def test_what_is_written_already_needs_no_more_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=1_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    layout = Layout(str(tmp_path / "out"))
    with pytest.raises(PreflightError):
        check_disk(50_000, layout)
    Path(layout.parts).mkdir(parents=True)
    (Path(layout.parts) / "unit-000000.train.arrow").write_bytes(bytes(120_000))
    check_disk(50_000, layout)


def test_a_first_pass_needs_room_for_its_spool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=120_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    layout = Layout(str(tmp_path / "out"))
    check_disk(100_000, layout)
    with pytest.raises(PreflightError):
        check_disk(100_000, layout, passes=2)
    spool = Path(layout.prepared.parts)
    spool.mkdir(parents=True)
    (spool / "unit-000000.arrow").write_bytes(bytes(40_000))
    check_disk(100_000, layout, passes=2)
