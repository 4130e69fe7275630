"""`tore-export batch`: a tree of files for a tree of documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import write_jsonl
from tests.unit.cli.commands import MARKDOWN, write_document
from tore_export.cli.main import run

Files = Callable[[Path], dict[str, str]]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    write_jsonl(tmp_path / "in" / "rows.jsonl", range(3))
    (tmp_path / "in" / "deep").mkdir()
    write_document(tmp_path / "in" / "deep" / "pumps.json")
    return tmp_path / "in"


def batch(source: Path, output: Path, *options: str) -> int:
    arguments = ["batch", str(source), "--output-dir", str(output), "--engine", "inline"]
    return run([*arguments, *options])


def test_a_file_for_each_document_and_format(
    source: Path, tmp_path: Path, files_below: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    assert batch(source, tmp_path / "out", "--formats", "markdown, jsonl") == 0
    names = ["deep/pumps", *(f"rows/doc-0000{n}" for n in range(3))]
    assert set(files_below(tmp_path / "out")) == {
        "manifest.jsonl",
        *(f"markdown/{name}.md" for name in names),
        *(f"jsonl/{name}.jsonl" for name in names),
    }
    told = capsys.readouterr()
    assert told.out == ""
    assert "4 documents in = 4 kept + 0 dropped + 0 failed" in told.err
    assert (tmp_path / "out/markdown/deep/pumps.md").read_text(encoding="utf-8") == MARKDOWN


def test_markdown_is_the_format_where_none_is_named(source: Path, tmp_path: Path) -> None:
    assert batch(source, tmp_path / "out", "--quiet") == 0
    assert (tmp_path / "out" / "markdown").is_dir()
    assert not (tmp_path / "out" / "plaintext").exists()


def test_no_format_at_all_is_refused(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert batch(source, tmp_path / "out", "--formats", " , ") == 2
    assert "no format is named, allowed: markdown, plaintext, jsonl" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_options_reach_the_files(source: Path, tmp_path: Path) -> None:
    options = ["--markdown-flavor", "commonmark", "--output-encoding", "latin-1"]
    assert batch(source, tmp_path / "out", *options, "--include", "deep/*", "-q") == 0
    (file,) = (tmp_path / "out" / "markdown").rglob("*.md")
    assert "<table>" in file.read_text(encoding="latin-1")
    assert "é" in file.read_text(encoding="latin-1")


def test_documents_of_low_quality_stay_unless_the_filter_is_asked_for(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spam = [{"type": "NarrativeText", "text": "buy now buy now buy now! " * 300}]
    (source / "spam.json").write_text(json.dumps(spam))
    assert batch(source, tmp_path / "a", "--quiet", "--json") == 0
    assert json.loads(capsys.readouterr().out)["documents"]["kept"] == 5
    assert batch(source, tmp_path / "b", "--filter-quality", "--quiet", "--json") == 0
    account = json.loads(capsys.readouterr().out)
    assert (account["documents"]["kept"], account["documents"]["dropped"]) == (4, 1)
    assert account["records"] == {"markdown": 4}
    assert not (tmp_path / "b" / "markdown" / "spam.md").exists()


def test_the_same_command_has_nothing_to_do_and_restart_does_it_again(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert batch(source, tmp_path / "out", "-q") == 0
    file = tmp_path / "out" / "markdown" / "deep" / "pumps.md"
    file.unlink()
    assert batch(source, tmp_path / "out") == 0
    assert f"nothing to do: {tmp_path}/out is complete" in capsys.readouterr().err
    assert batch(source, tmp_path / "out", "--restart", "-q") == 0
    assert file.exists()
    assert capsys.readouterr().err == ""
