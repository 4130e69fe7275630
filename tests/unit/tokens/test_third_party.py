"""A tokenizer that another package brings: installed as users install it, used from the command line."""

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
PACKAGE = ROOT / "tests" / "packages" / "words"


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


def test_the_example_of_the_documentation_is_the_package() -> None:
    code = (PACKAGE / "tore_export_words.py").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
    assert code.partition('"""\n\n')[2] in page


def test_it_counts_a_dataset(installed: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write_document(tmp_path / "in" / "a.json")
    options = ("--tokenizer", "words", "--no-filter", "--splits", "train=1")
    done = in_own_process(
        "training", tmp_path / "in", "--output", tmp_path / "set", *options, env=installed
    )
    assert done.returncode == 0, done.stderr
    (shard,) = (tmp_path / "set" / "data").iterdir()
    (row,) = pq.read_table(shard).to_pylist()
    assert row["n_tokens"] == len(row["text"].split()) + row["text"].count("\n")


def test_it_is_listed_and_a_name_is_known_that_is_near(installed: dict[str, str]) -> None:
    listed = json.loads(in_own_process("models", "--json", env=installed).stdout)
    assert listed["installed"] == [
        {"name": "words", "here": True, "encoding": "words-1", "approximate": False}
    ]
    assert (
        "Installed tokenizers\n  words             here"
        in in_own_process("models", env=installed).stdout
    )
    told = json.loads(in_own_process("models", "words", "--json", env=installed).stdout)
    assert (told["kind"], told["encoding"]) == ("installed", "words-1")
    wrong = in_own_process("models", "word", env=installed)
    assert "(did you mean words?)" in wrong.stderr
