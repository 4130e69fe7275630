"""A format that another package brings: installed as users install it, used from the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.unit.cli.commands import in_own_process, write_document

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "tests" / "packages" / "outline"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a process that has the package."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run(
        [*pip, "--no-build-isolation", "--target", str(folder), str(PACKAGE)],
        check=True,
        env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )
    return os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT / 'src'}"}


@pytest.fixture
def document(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return write_document(tmp_path / "in" / "a.json")


def test_the_example_of_the_documentation_is_the_package() -> None:
    code = (PACKAGE / "tore_export_outline.py").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
    assert code.partition('"""\n\n')[2] in page


def test_one_document_is_written_in_it_with_its_own_options(
    installed: dict[str, str], document: Path
) -> None:
    done = in_own_process(document, "--format", "outline", env=installed)
    assert (done.stdout, done.stderr, done.returncode) == ("- Pumps\n", "", 0)
    options = ("--option", "mark=*", "--heading-offset", "1")
    done = in_own_process(document, "--format", "outline", *options, env=installed)
    assert done.stdout == "  * Pumps\n"


def test_a_batch_writes_it_beside_the_others(
    installed: dict[str, str], document: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    formats = ("--formats", "markdown,outline", "--output-dir", output)
    done = in_own_process("batch", document.parent, *formats, env=installed)
    assert done.returncode == 0, done.stderr
    assert (output / "outline" / "a.outline.txt").read_text() == "- Pumps\n"
    assert (output / "markdown" / "a.md").exists()


def test_it_is_the_text_of_a_dataset(
    installed: dict[str, str], document: Path, tmp_path: Path
) -> None:
    options = ("--format", "outline", "--no-filter", "--splits", "train=1")
    done = in_own_process(
        "training", document.parent, "--output", tmp_path / "set", *options, env=installed
    )
    assert done.returncode == 0, done.stderr
    (shard,) = (tmp_path / "set" / "data").iterdir()
    assert pq.read_table(shard)["text"].to_pylist() == ["- Pumps"]


def test_it_is_listed_with_what_its_options_may_be(installed: dict[str, str]) -> None:
    listed = json.loads(in_own_process("formats", "--json", env=installed).stdout)
    (own,) = (found for found in listed["formats"] if found["name"] == "outline")
    assert own["description"] == "A document's headings, indented by level"
    assert own["suffix"] == ".outline.txt"
    assert own["options"][0] == {"name": "mark", "default": "-", "allowed": ["-", "*"]}
    shown = in_own_process("formats", env=installed).stdout
    assert "--option mark=" in shown
