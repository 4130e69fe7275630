"""What the guides show of parsers, run with them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PARSER = re.compile(r"^(?:from|import) (?:docling|unstructured)", re.MULTILINE)
SHOWN = {
    page: [code for language, code in BLOCK.findall(page.read_text("utf-8")) if PARSER.search(code)]
    for page in PAGES
}
SOURCE = """<html><body><h1>Pump 7</h1><p>The pump in the cellar lifts the water of the well.</p>
<ul><li>oil</li><li>leather</li></ul>
<table><tr><th>Sound</th><th>Cause</th></tr><tr><td>hiss</td><td>air</td></tr></table></body></html>
"""
WANTED = """# Pump 7

The pump in the cellar lifts the water of the well.

- oil
- leather

| Sound | Cause |
| --- | --- |
| hiss | air |
"""


@pytest.fixture
def work(work: Path) -> Path:
    """A folder as the guide has it by then, with a page in the place of the PDF, which takes models."""
    (work / "manual.html").write_text(SOURCE)
    (page,) = [page for page, found in SHOWN.items() if found]
    made = [code for language, code in BLOCK.findall(page.read_text("utf-8")) if language == "bash"]
    subprocess.run(["bash", "-euc", made[0]], check=True)
    return work


def run(code: str) -> None:
    assert code.count('"manual.pdf"') >= 1
    exec(code.replace("manual.pdf", "manual.html"), {})


def test_only_the_guides_show_what_takes_a_parser() -> None:
    assert {page.name: len(found) for page, found in SHOWN.items() if found} == {"guides.md": 3}


@pytest.mark.parametrize("code", SHOWN[ROOT / "docs" / "guides.md"][:2])
def test_what_a_parser_saves_is_rendered_by_the_command_line(code: str, work: Path) -> None:
    run(code)
    command = Path(sys.executable).parent / "tore-export"
    done = subprocess.run(
        [command, work / "parsed" / "manual.json"], capture_output=True, text=True, check=True
    )
    assert done.stdout == WANTED


def test_what_parsers_hold_is_rendered_from_python(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(SHOWN[ROOT / "docs" / "guides.md"][2])
    assert capsys.readouterr().out == f"{WANTED}\n" * 2
