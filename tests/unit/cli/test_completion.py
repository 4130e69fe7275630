"""Completion in bash, zsh and fish: commands, options and their values are offered as they are typed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tore_export.cli.main import run


def answered(typed: str, shell: str = "bash") -> str:
    """Return what the program answers a shell that asks what may come next."""
    asked = {
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(typed.split(" ")) - 1),
        "_TYPER_COMPLETE_ARGS": typed,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "_TORE_EXPORT_COMPLETE": f"complete_{shell}",
    }
    return subprocess.run(
        [sys.executable, "-c", "from tore_export.cli.main import main; main()"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **asked},
    ).stdout


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("tore-export tr", {"training"}),
        ("tore-export config ", {"show", "init", "schema"}),
        ("tore-export training --shard-", {"--shard-format", "--shard-size"}),
        ("tore-export training --shard-format ", {"parquet", "jsonl", "jsonl.zst"}),
        ("tore-export batch documents --eng", {"--engine"}),
        ("tore-export a.tore --markdown-f", {"--markdown-flavor"}),
    ],
)
def test_commands_options_and_values_are_offered(typed: str, offered: set[str]) -> None:
    assert set(answered(typed).split()) == offered


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_told_what_an_option_is_for(shell: str) -> None:
    told = answered("tore-export training --shard-f", shell)
    assert "--shard-format" in told
    assert "Format of the shards." in told


@pytest.mark.skipif(shutil.which("bash") is None, reason="a real bash is asked, and there is none")
def test_bash_completes_by_what_is_shown_for_it(tmp_path: Path) -> None:
    program = tmp_path / "tore-export"
    program.write_text(
        f"#!{sys.executable}\nfrom tore_export.cli.main import main\nmain()\n", encoding="utf-8"
    )
    program.chmod(0o755)
    lines = [
        'eval "$(_TORE_EXPORT_COMPLETE=source_bash tore-export)"',
        "COMP_WORDS=(tore-export training --spl) COMP_CWORD=2",
        "_tore_export_completion tore-export",
        'echo "${COMPREPLY[@]}"',
    ]
    done = subprocess.run(
        ["bash", "-c", "\n".join(lines)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
    )
    assert done.stdout.split() == ["--splits", "--split-strategy"]


def test_the_application_offers_to_install_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert "--install-completion" in shown
    assert "--show-completion" in shown
