"""`tore-export report`: again from what a run left, where one was."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import write_jsonl
from tore_export.cli.main import run


@pytest.fixture
def dataset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Path:
    monkeypatch.chdir(tmp_path)
    write_jsonl(tmp_path / "documents" / "a.jsonl", range(3))
    assert run(["training", "documents", "-o", "out", "--engine", "inline"]) == 0
    return tmp_path


def test_the_summary_of_a_run_says_where_its_report_is(
    dataset: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert "report: out/report.html\n" in capfd.readouterr().err
    assert (dataset / "out" / "report.html").exists()


def test_the_path_of_the_report_is_printed(
    dataset: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (dataset / "out" / "report.html").unlink()
    capfd.readouterr()
    assert run(["report", "out"]) == 0
    assert capfd.readouterr() == ("out/report.html\n", "")
    assert (dataset / "out" / "report.html").exists()


def test_it_is_written_where_it_is_wanted(dataset: Path, capfd: pytest.CaptureFixture[str]) -> None:
    capfd.readouterr()
    assert run(["report", "out", "--output", "elsewhere/run.html"]) == 0
    assert capfd.readouterr().out == "elsewhere/run.html\n"
    assert (dataset / "elsewhere" / "run.html").read_text("utf-8").startswith("<!doctype html>")


def test_no_report_is_written_where_none_is_wanted(
    dataset: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    capfd.readouterr()
    assert run(["training", "documents", "-o", "bare", "--engine", "inline", "--no-report"]) == 0
    assert "report" not in capfd.readouterr().err
    assert not (dataset / "bare" / "report.html").exists()


def test_a_folder_without_a_run_is_an_error_in_one_line(
    dataset: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    capfd.readouterr()
    assert run(["report", "documents"]) == 1
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("error: documents: no run of tore-export has written here")
    assert err.count("\n") == 1
