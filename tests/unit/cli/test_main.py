"""Exit codes that scripts can use: 0 well, 1 failed, 2 wrong usage, 3 some failed."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from tests.conftest import write_jsonl
from tests.unit.cli.commands import command, in_own_process, write_document
from tore_export.cli.main import main, run
from tore_export.storage.lock import lock


def test_0_all_good(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main([str(write_document(tmp_path / "a.json"))])
    assert ended.value.code == 0


def test_without_arguments_those_of_the_process_are_taken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["tore-export", "--version"])
    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr().out.startswith("tore-export ")


def test_1_the_run_failed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write_jsonl(tmp_path / "a.jsonl", range(3))
    with lock(str(tmp_path / "out" / ".tore-export" / "lock")):
        assert run(["training", str(source), "-o", str(tmp_path / "out"), "-q"]) == 1
    assert "another tore-export writes here, found process" in capsys.readouterr().err


def test_1_the_system_refused_and_no_trace_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = str(write_document(tmp_path / "a.json"))
    arguments = ["analyze", source, "-q", "--report", str(tmp_path / ("x" * 300 + ".json"))]
    assert run(arguments) == 1
    assert capsys.readouterr().err.startswith("error: the system refused: [Errno 36] File name too")
    with pytest.raises(OSError, match="File name too long"):
        run([*arguments, "--debug"])


def test_2_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["nowhere.json"]) == 2
    assert run(["training"]) == 2
    assert run(["nowhere.json", "--no-such-option"]) == 2
    assert "No such option" in capsys.readouterr().err


def test_3_done_but_some_documents_failed(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "in" / "a.jsonl", range(3))
    (source.parent / "b.json").write_text("{")
    arguments = ["training", str(source.parent), "-o", str(tmp_path / "out"), "-q"]
    assert run(arguments) == 3
    assert run(arguments) == 0  # nothing to do, and nothing failed in doing it


def test_1_interrupted_and_the_same_command_goes_on(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "a.jsonl", range(1_500))
    arguments = ["training", source, "-o", tmp_path / "out", "--engine", "inline"]
    with subprocess.Popen(command(*arguments), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("start: ")
        process.send_signal(signal.SIGINT)
        told = process.stderr.read()
    assert process.returncode == 1
    assert told == "\ninterrupted; the same command goes on where this one stopped\n"
    assert in_own_process(*arguments, "--limit", 3).returncode == 1  # begun with another plan
    assert in_own_process(*arguments).returncode == 0


@pytest.mark.parametrize(("output", "goes_on"), [([], False), (["-o", "facts"], True)])
def test_1_an_interrupted_analysis_goes_on_only_where_its_facts_are_kept(
    output: list[str], goes_on: bool, tmp_path: Path
) -> None:
    source = write_jsonl(tmp_path / "a.jsonl", range(1_500))
    kept = [str(tmp_path / word) if word == "facts" else word for word in output]
    arguments = ["analyze", source, *kept, "--engine", "inline"]
    with subprocess.Popen(command(*arguments), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("start: ")
        process.send_signal(signal.SIGINT)
        told = process.stderr.read()
    assert process.returncode == 1
    assert (
        told
        == "\ninterrupted" + "; the same command goes on where this one stopped" * goes_on + "\n"
    )


def test_debug_shows_the_trace_before_the_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["nowhere.json", "--debug"]) == 2
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "Traceback (most recent call last):"
    assert told[-1] == "error: nowhere.json: no such file or folder"
