"""`tore-export FILE`: data on stdout, words on stderr."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import write_jsonl
from tests.unit.cli.commands import ELEMENTS, MARKDOWN, command, write_document
from tore_export.cli.main import run
from tore_export.tokens.ranks import load_encoding


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(write_document(tmp_path / "a.json"))


@pytest.mark.parametrize(
    ("options", "before", "after"),
    [
        ("--include-furniture", "Close", "Running head\n\nClose"),
        ("--images link", "a pump", "![a pump](https://a.b/c.png)"),
        ("--images skip", "a pump\n\n", ""),
        ("--merged-cells repeat", "| a |  |", "| a | a |"),
        ("--heading-offset 2", "# Pumps", "### Pumps"),
        ("--structure", "", ""),
        ("--format markdown --output -", "", ""),
        ("--tokenizer gpt-4o", "", ""),
    ],
)
def test_options_change_what_they_name_and_nothing_else(
    capsys: pytest.CaptureFixture[str], file: str, options: str, before: str, after: str
) -> None:
    assert run([file, *options.split()]) == 0
    shown = capsys.readouterr()
    assert shown.out == MARKDOWN.replace(before, after, 1)
    assert shown.err == ""


def test_without_structure_there_are_no_marks(
    capsys: pytest.CaptureFixture[str], file: str
) -> None:
    assert run([file, "--no-structure"]) == 0
    shown = capsys.readouterr().out
    assert " ".join(shown.split()) == "Pumps Close the é valve. first a pump a b, c"


def test_commonmark_has_no_tables_of_pipes(capsys: pytest.CaptureFixture[str], file: str) -> None:
    assert run([file, "--markdown-flavor", "commonmark"]) == 0
    shown = capsys.readouterr().out
    assert '<th colspan="2">a</th>' in shown
    assert "|" not in shown


def test_plain_text_and_json_lines(capsys: pytest.CaptureFixture[str], file: str) -> None:
    assert run([file, "-f", "plaintext"]) == 0
    assert capsys.readouterr().out.startswith("Pumps\n\nClose the é valve.\n")
    assert run([file, "-f", "jsonl"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["text"] == MARKDOWN.rstrip("\n")
    assert json.loads(line)["metadata"]["element_ids"] == ["t", "p", "l", "i", "c"]


def test_a_file_is_written_and_said_on_stderr(
    capsys: pytest.CaptureFixture[str], file: str, tmp_path: Path
) -> None:
    output = tmp_path / "new" / "a.md"
    assert run([file, "--output", str(output)]) == 0
    shown = capsys.readouterr()
    assert output.read_text(encoding="utf-8") == MARKDOWN
    assert shown.out == ""
    assert shown.err.startswith(f"{output}: 6 elements, ")


def test_text_is_encoded_as_asked_and_json_lines_are_utf_8(
    capsysbinary: pytest.CaptureFixture[bytes], file: str
) -> None:
    assert run([file, "--output-encoding", "latin-1"]) == 0
    assert capsysbinary.readouterr().out == MARKDOWN.encode("latin-1")
    assert run([file, "--output-encoding", "ascii"]) == 0
    assert b"Close the &#233; valve." in capsysbinary.readouterr().out
    assert run([file, "--output-encoding", "ascii", "-f", "jsonl"]) == 0
    assert "é" in json.loads(capsysbinary.readouterr().out)["text"]


def test_json_is_one_object_with_content_and_figures(
    capsys: pytest.CaptureFixture[str], file: str, tmp_path: Path
) -> None:
    assert run([file, "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    shown = json.loads(line)
    assert (shown["content"], shown["n_elements"], shown["format"]) == (MARKDOWN, 6, "markdown")
    assert shown["n_tokens"] == len(load_encoding("cl100k_base").encode_ordinary(MARKDOWN))
    assert 0 <= shown["quality_score"] <= 1
    assert run([file, "--json", "-o", str(tmp_path / "a.md")]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["content"], shown["output"]) == (None, str(tmp_path / "a.md"))


def test_the_configuration_names_the_default_format(
    capsys: pytest.CaptureFixture[str],
    file: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = tmp_path / "c.yaml"
    config.write_text("default_format: plaintext\nimages: skip\n")
    assert run([file, "--config", str(config)]) == 0
    plain = capsys.readouterr().out
    assert "• first" in plain
    assert "a pump" not in plain
    monkeypatch.setenv("TORE_EXPORT_IMAGES", "alt")
    assert run([file, "--config", str(config), "--format", "markdown"]) == 0
    assert capsys.readouterr().out == MARKDOWN


def test_a_wrong_option_value_is_wrong_usage(capsys: pytest.CaptureFixture[str], file: str) -> None:
    assert run([file, "--heading-offset", "9"]) == 2
    assert "--heading-offset: heading_offset: input should be less" in capsys.readouterr().err
    assert run([file, "--images", "all"]) == 2
    assert run([file, "--output-encoding", "klingon"]) == 2
    assert "unknown encoding 'klingon'" in capsys.readouterr().err


def test_a_document_that_cannot_be_read_is_one_line_and_1(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "cut.json").write_text('[{"type": "Ti')
    assert run([str(tmp_path / "cut.json")]) == 1
    told = capsys.readouterr().err
    assert told.startswith("error: cut.json")
    assert told.count("\n") == 1


def test_many_documents_in_a_file_are_for_batch(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run([str(write_jsonl(tmp_path / "a.jsonl", range(2)))]) == 2
    assert "tore-export batch" in capsys.readouterr().err


def test_an_output_that_is_a_folder_is_refused(
    capsys: pytest.CaptureFixture[str], file: str, tmp_path: Path
) -> None:
    assert run([file, "-o", str(tmp_path)]) == 2
    assert "the output is a folder; name a file" in capsys.readouterr().err


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_reader_that_has_enough_is_no_error(
    tmp_path: Path, options: list[str], unbuffered: str
) -> None:
    file = tmp_path / "long.json"
    text = {"type": "NarrativeText", "text": "All is well. " * 40}
    file.write_text(json.dumps([ELEMENTS[0], *[text] * 2_000]))
    arguments = command(file, *options)
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(5)
        process.stdout.close()
        told = process.stderr.read()
    assert (process.returncode, told) == (0, b"")


def test_quiet_says_nothing_and_writes_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(write_document(tmp_path / "a.json"))
    budget = ["--optimize-tokens", "--max-tokens", "20"]
    assert run([file, "-o", str(tmp_path / "a.md"), *budget, "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert (tmp_path / "a.md").stat().st_size > 0
