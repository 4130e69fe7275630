"""The application: what it is called with, and what it says of itself."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import typer.main

from tests.unit.cli.commands import MARKDOWN, in_own_process, write_document
from tore_export.cli.export_cli import ExportCLI, application
from tore_export.cli.main import run
from tore_export.errors import PreflightError

COMMANDS: dict[str, Any] = typer.main.get_command(application()).commands
OPTIONS = [(name, option.name) for name, command in COMMANDS.items() for option in command.params]


def option(command: str, name: str) -> Any:
    return next(found for found in COMMANDS[command].params if found.name == name)


@pytest.mark.parametrize(("command", "name"), OPTIONS)
def test_every_option_has_help(command: str, name: str) -> None:
    assert len(option(command, name).help) > 5


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "--help"]) == 0
    promise = re.sub(r"\[/?\w*\]", "", COMMANDS[name].help.partition("\n")[0])
    assert promise in " ".join(capsys.readouterr().out.split())


def test_the_commands_of_the_specification_are_there() -> None:
    assert {"export", "batch", "training"} <= set(COMMANDS)


def test_the_options_of_training_have_the_names_of_the_specification() -> None:
    names = {name for found in COMMANDS["training"].params for name in found.opts}
    assert {
        *("--engine", "--address", "--workers", "--task", "--shape", "--shard-format"),
        *("--shard-size", "--splits", "--split-strategy", "--seed", "--tokenizer", "--model"),
        *("--min-score", "--no-filter", "--dedup", "--limit", "--json", "--include", "--exclude"),
        *("--parallel", "--batch-size", "--config", "--output", "--restart"),
    } <= names
    assert "--resume" in option("training", "restart").secondary_opts


@pytest.mark.parametrize("asked", ["--help", "-h"])
def test_help_lists_the_commands(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([asked]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in COMMANDS)


def test_no_arguments_show_help_as_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    assert "Usage: tore-export" in capsys.readouterr().out


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"tore-export {version('tore-export')}\n"


def test_a_file_as_the_first_word_is_exported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(write_document(tmp_path / "a.json"))
    for arguments in ([file], ["export", file], ["--format", "markdown", file]):
        assert run(arguments) == 0
        assert capsys.readouterr().out == MARKDOWN


def test_a_file_named_like_a_command_is_written_with_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_document(tmp_path / "batch")
    monkeypatch.chdir(tmp_path)
    assert run(["./batch"]) == 0
    assert capsys.readouterr().out == MARKDOWN
    assert run(["batch"]) == 2
    assert "Usage: tore-export batch" in capsys.readouterr().err


def test_a_misspelt_command_names_the_one_that_was_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["trainig", "documents"]) == 2
    assert capsys.readouterr().err == (
        "error: trainig: no such command, and no such file (did you mean training?)\n"
    )
    assert run(["garden"]) == 2
    assert "garden: no such file or folder" in capsys.readouterr().err
    write_document(tmp_path / "trainig")
    monkeypatch.chdir(tmp_path)
    assert run(["trainig"]) == 0
    assert capsys.readouterr().out == MARKDOWN


def test_as_an_object_errors_pass_and_wrong_usage_is_a_code() -> None:
    assert ExportCLI().run(["export"]) == 2
    with pytest.raises(PreflightError):
        ExportCLI().run(["no-such-file.json"])


def test_the_installed_script_is_the_module(tmp_path: Path) -> None:
    script = Path(sys.executable).with_name("tore-export")
    if not script.exists():
        pytest.skip("the package is not installed with its script")
    file = write_document(tmp_path / "a.json")
    told = subprocess.run([script, file], capture_output=True, check=True, text=True)
    assert told.stdout == in_own_process(file).stdout == MARKDOWN


HEAVY = ("ray", "polars", "pyarrow", "tiktoken", "toktok", "numpy", "pydantic", "yaml")


@pytest.mark.parametrize(
    ("code", "allowed"),
    [
        ("import tore_export", set()),
        ("import tore_export; tore_export.ToreExportError", set()),
        ("from tore_export.cli.main import run; run(['--help'])", set()),
        # typer tells the types of a command's options with pydantic
        ("from tore_export.cli.main import run; run(['training', '--help'])", {"pydantic"}),
        ("from tore_export.cli.main import run; run(['--version'])", set()),
        ("import tore_export; tore_export.ExportConfig()", {"pydantic"}),
    ],
)
def test_starting_up_loads_nothing_heavy(code: str, allowed: set[str]) -> None:
    shown = (
        f"{code}\nimport sys; print(*(m for m in {HEAVY!r} if m in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=True)
    assert set(done.stderr.split()) == allowed


def test_exporting_a_document_never_loads_ray(tmp_path: Path) -> None:
    file = write_document(tmp_path / "a.json")
    code = (
        f"from tore_export.cli.main import run; run([{str(file)!r}])\n"
        "import sys; sys.exit('ray' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_exporting_a_document_loads_only_what_it_needs(tmp_path: Path) -> None:
    file = write_document(tmp_path / "a.json")
    unused = [f"tore_export.{name}" for name in ("budget", "chunks", "analysis", "cli.training")]
    unused += [f"tore_export.{name}" for name in ("engine.run", "sinks.dataset", "sinks.documents")]
    code = (
        f"from tore_export.cli.main import run; run([{str(file)!r}])\n"
        f"import sys; sys.exit(' '.join(m for m in {unused!r} if m in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stderr.strip(), done.returncode) == ("", 0)


def test_help_is_there_at_once() -> None:
    """The claim is 0.3 s on a quiet machine; here it must only not be an order of magnitude off."""
    started = time.perf_counter()
    assert in_own_process("--help").returncode == 0
    assert time.perf_counter() - started < 2
