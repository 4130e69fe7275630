"""docs/commands.md is what the command line says of itself."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
import typer.main

from tore_export.cli.export_cli import application

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "commands.md"


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "docs" / "make_commands.py"))


def test_the_page_is_up_to_date(script: dict[str, Any]) -> None:
    assert script["page"]() == PAGE.read_text(encoding="utf-8"), "run python docs/make_commands.py"


def test_every_command_and_option_is_on_it() -> None:
    text = PAGE.read_text(encoding="utf-8")
    commands: dict[str, Any] = vars(typer.main.get_command(application()))["commands"]
    for name, command in commands.items():
        for whole, inner in vars(command).get("commands", {"": command}).items():
            assert f"## `tore-export {' '.join((name, whole)).strip()}" in text
            for parameter in inner.params:
                assert all(f"`{option}`" in text for option in parameter.opts if option[0] == "-")


def test_every_command_shows_an_example_and_stands_in_a_group() -> None:
    commands: dict[str, Any] = vars(typer.main.get_command(application()))["commands"]
    for name, command in commands.items():
        assert command.rich_help_panel, name
        for inner in vars(command).get("commands", {name: command}).values():
            assert "[bold]tore-export" in inner.help, inner.name


def test_help_in_the_terminal_s_marks_becomes_markdown(script: dict[str, Any]) -> None:
    marked = script["_marked"]("Do it.\n\nExamples: [bold]a b[/]\n[bold]c[/]\n")
    assert marked == "Do it.\n\nExamples: `a b`, `c`"
    assert "[bold]" not in PAGE.read_text(encoding="utf-8")
