"""A run for a command: its account, also where it fails, and its exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

from tests.conftest import write_jsonl
from tore_export.api.training import dataset_run
from tore_export.cli.running import SOME_FAILED, carry_out
from tore_export.config import TrainingConfig
from tore_export.engine.run import Run
from tore_export.errors import PreflightError, ResumeError
from tore_export.observe.progress import OnProgress

INLINE = TrainingConfig(engine="inline")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "in" / "a.jsonl", range(3)).parent


def test_the_account_is_one_object_on_stdout_and_words_are_on_stderr(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def make(show: OnProgress) -> Run:
        return dataset_run([str(source)], str(tmp_path / "out"), INLINE, on_progress=show)

    carry_out(make, json=True, quiet=False)
    shown = capsys.readouterr()
    assert json.loads(shown.out)["documents"] == {"in": 3, "kept": 3, "dropped": 0, "failed": 0}
    assert shown.err.startswith("start: 0 documents")
    assert "3 documents in = 3 kept" in shown.err
    carry_out(make, json=False, quiet=True)
    assert capsys.readouterr() == ("", "")


def test_failed_documents_make_the_exit_code_and_a_run_with_nothing_to_do_has_none(
    source: Path, tmp_path: Path
) -> None:
    (source / "b.json").write_text("{")

    def make(_: OnProgress) -> Run:
        return dataset_run([str(source)], str(tmp_path / "out"), INLINE)

    with pytest.raises(typer.Exit) as ended:
        carry_out(make, json=False, quiet=True)
    assert ended.value.exit_code == SOME_FAILED
    carry_out(make, json=False, quiet=True)


def test_a_run_that_fails_has_an_account_too(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = str(tmp_path / "out")
    dataset_run([str(source)], output, INLINE).execute()
    other = INLINE.model_copy(update={"seed": 1})
    with pytest.raises(ResumeError):
        carry_out(lambda _: dataset_run([str(source)], output, other), json=True, quiet=True)
    account = json.loads(capsys.readouterr().out)
    assert "Split.seed: 0 before, 1 now" in account["error"]
    with pytest.raises(ResumeError):
        carry_out(lambda _: dataset_run([str(source)], output, other), json=False, quiet=True)
    assert capsys.readouterr().out == ""


def test_what_is_found_before_the_start_has_no_account(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def make(_: OnProgress) -> Run:
        return dataset_run([str(tmp_path / "no")], str(tmp_path / "out"), INLINE)

    with pytest.raises(PreflightError):
        carry_out(make, json=True, quiet=True)
    assert capsys.readouterr().out == ""
