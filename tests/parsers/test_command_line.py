"""The command line beside the parsers, which ask for an older typer than the one that is pinned."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from docling.document_converter import DocumentConverter
from typer.main import get_command
from unstructured.partition.auto import partition
from unstructured.staging.base import elements_to_json

from tore_export.cli.export_cli import application

COMMAND = Path(sys.executable).parent / "tore-export"
COMMANDS = sorted(vars(get_command(application()))["commands"])
PAGE = """<html><body><h1>Pump {number}</h1><h2>How it is oiled</h2>
<p>The pump in cellar {number} is oiled in spring, and its leather is changed every third year.</p>
<h2>Is it loud?</h2>
<p>It is loud when there is air in the pipe, which a keeper of {number} years hears.</p>
<table><tr><th>Sound</th><th>Cause</th></tr><tr><td>hiss</td><td>air {number}</td></tr>
<tr><td>knock</td><td>a loose rod</td></tr></table></body></html>
"""


def tore_export(*arguments: str | Path) -> str:
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_tells_what_it_does(name: str) -> None:
    assert f"tore-export {name}" in tore_export(name, "--help")


def test_what_parsers_saved_becomes_a_dataset_of_dialogues(work: Path) -> None:
    parsed = work / "parsed"
    parsed.mkdir()
    for number in range(1, 7):
        page = work / f"pump_{number}.html"
        page.write_text(PAGE.format(number=number))
        if number % 2:
            DocumentConverter().convert(page).document.save_as_json(parsed / f"{number}.json")
        else:
            elements_to_json(partition(str(page)), filename=str(parsed / f"{number}.json"))
    options = ["--task", "section,question,table", "--shape", "messages", "--no-filter"]
    told = tore_export("training", parsed, *options, "--output", work / "chat", "--quiet", "--json")
    summary = json.loads(told)
    assert summary["documents"] == {"in": 6, "kept": 6, "dropped": 0, "failed": 0}
    assert sum(summary["records"].values()) >= 6 * 3
    assert "0 with faults" in tore_export("validate", work / "chat")
