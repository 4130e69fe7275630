"""`-` is standard input, and data is on standard output alone."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import write_jsonl
from tests.unit.cli.commands import ELEMENTS, MARKDOWN, command


def piped(given: bytes, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command(*arguments), input=given, capture_output=True, check=False)


def test_a_document_comes_in_and_its_markdown_goes_out() -> None:
    done = piped(json.dumps(ELEMENTS).encode(), "-")
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, MARKDOWN, b"")
    assert piped(json.dumps(ELEMENTS).encode(), "-", "--output", "-").stdout == done.stdout


def test_markdown_is_told_by_its_marks() -> None:
    assert piped(b"# A\n\n* b\n", "-").stdout == b"# A\n\n- b\n"


def test_a_dataset_of_standard_input_goes_on_with_the_same_input_only(tmp_path: Path) -> None:
    given = write_jsonl(tmp_path / "a.jsonl", range(3)).read_bytes()
    arguments = ["training", "-", "--output", tmp_path / "out", "--json", "-q"]
    first, second = piped(given, *arguments), piped(given, *arguments)
    assert json.loads(first.stdout)["documents"]["kept"] == 3
    assert json.loads(second.stdout)["nothing_to_do"]
    other = given.replace(b"Report 1", b"Report 7")
    assert len(other) == len(given)
    done = piped(other, *arguments)
    assert done.returncode == 1
    assert b"this output was begun otherwise" in done.stderr
    assert b"/tore-export-" not in (tmp_path / "out" / "README.md").read_bytes()


def test_a_batch_of_standard_input_is_named_so(tmp_path: Path) -> None:
    given = json.dumps(ELEMENTS).encode()
    assert piped(given, "batch", "-", "-o", tmp_path / "out", "-q").returncode == 0
    assert (tmp_path / "out/markdown/stdin.md").read_text() == MARKDOWN


def test_rows_on_standard_input_are_validated() -> None:
    given = b'{"prompt": "a", "completion": "b"}\n{"prompt": "a", "completion": ""}\n'
    done = piped(given, "validate", "-", "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["rows"] == 2


@pytest.mark.parametrize("name", ["export", "batch", "training", "analyze", "validate"])
def test_nothing_on_standard_input_is_refused(name: str, tmp_path: Path) -> None:
    output = [] if name in ("export", "analyze", "validate") else ["-o", tmp_path / "out"]
    done = piped(b"", name, "-", *output)
    assert done.returncode == 2
    assert done.stderr == b"error: -: nothing came on standard input\n"


def test_standard_input_is_read_once(tmp_path: Path) -> None:
    done = piped(b"a", "batch", "-", "-", "-o", tmp_path / "out")
    assert done.returncode == 2
    assert done.stderr == b"error: -: standard input can be read once\n"


def test_an_error_names_standard_input_and_no_file_that_nobody_knows() -> None:
    done = piped(b'{"version": "1.0.0", "documents": []}', "-")
    assert done.returncode != 0
    assert b"tore-export-" not in done.stderr
