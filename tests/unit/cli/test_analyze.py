"""`tore-export analyze`: what is said on the command line is what is counted and shown."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import write_jsonl
from tests.unit.cli.commands import command, in_own_process, write_document
from tore_export.cli.main import run
from tore_export.tokens.ranks import load_encoding


@pytest.fixture
def source(tmp_path: Path) -> Path:
    write_jsonl(tmp_path / "in" / "a.jsonl", range(20))
    write_document(tmp_path / "in" / "pumps.json")
    return tmp_path / "in"


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert run(["analyze", *map(str, arguments), "--engine", "inline", "--json", "-q"]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    found: dict[str, Any] = json.loads(shown.out)
    return found


def test_a_reader_that_has_enough_changes_no_exit_code(source: Path) -> None:
    (source / "broken.json").write_text("{")
    with subprocess.Popen(
        command("analyze", source, "--engine", "inline"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        shown = process.stderr.read()
    assert process.returncode == 3
    assert b"error" not in shown
    assert b"Broken" not in shown


def test_quiet_leaves_out_the_progress_and_beside_a_report_the_table(
    source: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arguments = ["analyze", str(source), "--engine", "inline", "--quiet"]
    assert run(arguments) == 0
    shown = capsys.readouterr()
    assert "21 documents counted" in shown.out
    assert shown.err == ""
    assert run([*arguments, "--report", str(tmp_path / "r.json")]) == 0
    assert capsys.readouterr().out == ""


def test_a_terminal_without_bars_shows_the_numbers(source: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        command("analyze", source), capture_output=True, text=True, env=environment, check=True
    )
    assert "paragraph" in done.stdout
    assert "?????" in done.stdout


def test_the_specifications_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = write_document(tmp_path / "document.tore")
    report = tmp_path / "tokens_report.json"
    arguments = ["analyze", str(document), "--tokenizer", "gpt-4", "--report", str(report)]
    assert run(arguments) == 0
    found = json.loads(report.read_text("utf-8"))
    assert found["models"][0]["model"] == "gpt-4"
    assert found["documents"] == {"in": 1, "counted": 1, "failed": 0}
    shown = capsys.readouterr().out
    assert "gpt-4 (cl100k_base)" in shown
    assert f"{found['models'][0]['tokens']:,} tokens" in shown
    assert "0 documents over the context of 8,192 tokens (0.0%)" in shown


def test_a_folder_is_shown_with_distribution_kinds_and_longest(
    source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (source / "bad.json").write_bytes(b"{")
    assert run(["analyze", str(source), "--engine", "inline", "-q", "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert run(["analyze", str(source), "--engine", "inline"]) == 3
    shown = capsys.readouterr().out
    (model,) = found["models"]
    assert "21 of 22 documents counted, 1 could not be read" in shown
    for kind in model["kinds"]:
        assert f"{kind['tokens']:,}" in shown
    for document in model["longest"]:
        assert document["doc_id"] in shown
    assert f"{model['percentiles']['p50']:,}" in shown
    assert "█" in shown
    assert "not read\nbad.json: " in shown
    assert "one epoch of training" in shown


def test_suggestions_are_shown_with_elements_and_commands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "The same words stand here over and over again, page by page. " * 400
    rows = [{"text": text, "id": f"t{n}"} for n in range(2)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    prices = tmp_path / "p.yaml"
    prices.write_text("models: {gpt-4: {context_tokens: 1000}}")
    assert (
        run(["analyze", str(tmp_path / "a.jsonl"), "--model", "gpt-4", "--prices", str(prices)])
        == 0
    )
    shown = capsys.readouterr().out
    assert "copies of another" in shown
    assert "t0, " in shown
    assert "2 times, saves" in shown
    assert "--tokenizer gpt-4 --max-tokens 1000\n" in shown
    assert "the price table knows no price of gpt-4" in shown


def test_several_tokenizers_are_counted_in_one_pass(
    source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = told(
        capsys, source, "--tokenizer", "gpt-4", "--tokenizer", "gpt-4o", "--model", "gpt-5"
    )
    assert [model["model"] for model in found["models"]] == ["gpt-4", "gpt-4o", "gpt-5"]
    assert (
        found["models"][1]["tokens"] == found["models"][2]["tokens"] != found["models"][0]["tokens"]
    )


@pytest.mark.parametrize(
    ("options", "n_documents"),
    [("--limit 7", 7), ("--include *.json", 1), ("--exclude *.json", 20), ("--batch-size 3", 21)],
)
def test_options_choose_the_documents(
    source: Path, capsys: pytest.CaptureFixture[str], options: str, n_documents: int
) -> None:
    assert told(capsys, source, *options.split())["documents"]["counted"] == n_documents


def test_options_of_rendering_are_those_of_other_commands(
    source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = source / "pumps.json"
    for options in (["--format", "plaintext"], ["--include-furniture"], ["--tables", "html"]):
        found = told(capsys, document, "--tokenizer", "gpt-4", *options)
        assert run(["export", str(document), *options]) == 0
        text = capsys.readouterr().out.rstrip("\n")
        known = load_encoding("cl100k_base")
        assert found["models"][0]["tokens"] == len(known.encode_ordinary(text))


def test_facts_are_kept_and_counting_goes_on(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = told(capsys, source, "--output", tmp_path / "out")
    assert list((tmp_path / "out" / ".tore-export" / "facts").iterdir())
    assert told(capsys, source, "--output", tmp_path / "out") == first
    assert told(capsys, source, "-o", tmp_path / "out", "--restart") == first


def test_standard_input_is_read_where_the_path_is_a_dash(source: Path) -> None:
    with (source / "pumps.json").open("rb") as stream:
        done = in_own_process("analyze", "-", "--json", "-q", stdin=stream)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["documents"]["counted"] == 1


def test_not_one_document_is_exit_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.json").write_bytes(b"{")
    assert run(["analyze", str(tmp_path), "-q", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["documents"]["failed"] == 1


def test_more_that_failed_than_are_named_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.jsonl").write_text('{"elements": 3}\n' * 30 + '{"text": "x"}\n')
    assert run(["analyze", str(tmp_path), "--engine", "inline"]) == 3
    assert "and 10 more" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--report", "a.doc"], "error: a.doc: what kind of report this is, its name does not say"),
        (["--prices", "none.yaml"], "error: none.yaml: no such price table"),
        (["--tokenizer", "gpt-nine-thousand-and-one"], "no tokenizer is known by this name"),
        (["--format", "jsonl"], "this format writes records, not running text"),
    ],
)
def test_wrong_usage_is_exit_2_before_anything_is_read(
    source: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    assert run(["analyze", str(source), *options]) == 2
    shown = capsys.readouterr()
    assert message in shown.err
    assert shown.out == ""


def test_a_command_of_its_own_counts_one_file(source: Path) -> None:
    done = in_own_process("analyze", source / "pumps.json", "--json", "-q")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["documents"] == {"in": 1, "counted": 1, "failed": 0}
