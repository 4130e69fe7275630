"""`tore-export explain`: the way of a document on a screen, and as data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.commands import write_document
from tore_export.cli.main import run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    write_document(tmp_path / "in" / "pumps.json")
    (tmp_path / "in" / "broken.json").write_text("[{")
    lines = [{"doc_id": f"d{n}", "text": f"line {n}\n" * 3} for n in range(30)]
    (tmp_path / "in" / "many.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    return tmp_path


def made(*options: str) -> None:
    arguments = ["training", "in", "--output", "out", "--engine", "inline", "--no-filter", "-q"]
    assert run([*arguments, "--splits", "train=1", *options]) == 3


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    capsys.readouterr()
    assert run(["explain", *arguments]) == 0
    found = capsys.readouterr()
    assert found.err == ""
    return found.out.splitlines()


def test_a_document_is_shown_from_its_source_to_its_rows(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made("--task", "section", "--shape", "messages", "--min-answer-tokens", "1")
    lines = shown(capsys, "pumps.json", "out", "--input", "in")
    assert lines[1] == "source    pumps.json"
    assert lines[2] == "elements  6"
    assert "split     train (random), seed 0, text hash " in "\n".join(lines)
    start = next(n for n, line in enumerate(lines) if line.endswith("#1"))
    told = {line[:9].strip(): line[10:] for line in lines[start + 1 :]}
    assert told["shard"].startswith("data/train-00000-of-00001.parquet, row ")
    assert told["pages"] == "1"
    assert told["elements"].startswith("t, p")
    assert told["user"]
    assert told["assistant"].startswith("Close the é valve.")
    assert "from      page 1, title t: Pumps" in lines


def test_a_chunk_says_which_part_it_is_and_more_are_counted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    long = {"doc_id": "long", "text": "\n\n".join(f"Paragraph number {n}." for n in range(100))}
    (folder / "in" / "long.jsonl").write_text(json.dumps(long))
    made("--max-tokens", "8")
    told = "\n".join(shown(capsys, "long", "out"))
    assert "chunk     1 of " in told
    assert "characters 0 to " in told
    assert "more records of this document; long#N shows the N-th" in told
    alone = shown(capsys, "long#7", "out")
    assert sum(line.startswith("long#") for line in alone) == 1
    assert "long#7" in alone


def test_why_a_document_failed_is_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made()
    lines = shown(capsys, "broken.json", "out")
    assert lines[3:4] == ["failed    by source.invalid_json"]
    assert "cut short" in lines[4]


def test_why_a_document_was_dropped_is_shown_with_value_and_threshold(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spam = {"doc_id": "sp\u001bam", "text": "buy now " * 300}
    (folder / "in" / "spam.jsonl").write_text(json.dumps(spam))
    arguments = ["training", "in", "--output", "out", "--engine", "inline", "-q"]
    assert run(arguments) == 3
    lines = shown(capsys, "sp\u001bam", "out")
    told = "\n".join(lines)
    assert lines[0] == "sp·am"
    assert ", threshold 0." in told
    assert "quality score" in told
    assert "text      buy now buy now" in told
    assert "signals   n_words 600" in told


def test_the_documents_of_a_source_are_shown_up_to_twenty(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made()
    lines = shown(capsys, "many.jsonl", "out")
    assert sum(line.startswith("source    many.jsonl at ") for line in lines) == 20
    assert lines[-1] == "and 10 more documents"


def test_what_a_budget_and_a_batch_made_is_shown(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = {"doc_id": "long", "text": "\n\n".join(f"Paragraph number {n}." for n in range(100))}
    (folder / "in" / "long.jsonl").write_text(json.dumps(text))
    made("--max-tokens", "50", "--optimize-tokens")
    assert any(line.startswith("shortened from ") for line in shown(capsys, "long", "out"))
    batch = ["batch", "in", "--formats", "markdown", "--output-dir", "files", "-q"]
    assert run([*batch, "--engine", "inline"]) == 3
    lines = shown(capsys, "pumps.json", "files")
    assert any(line.startswith("markdown  markdown/pumps.md, ") for line in lines)


def test_the_same_is_one_json_object(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made("--task", "section", "--shape", "alpaca", "--min-answer-tokens", "1")
    (line,) = shown(capsys, "pumps.json", "out", "--json")
    found = json.loads(line)
    assert found["ways"][0]["records"][0]["payload"]["output"].startswith("Close the é valve.")


def test_a_name_that_is_not_there_is_wrong_usage(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made()
    assert run(["explain", "pump.json", "out"]) == 2
    assert "did you mean pumps.json?" in capsys.readouterr().err
    assert run(["explain", "pump.json", "gone"]) == 2


def test_what_was_left_out_and_what_was_not_read_whole_is_shown(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tore_export.audit.way import Explanation, Way
    from tore_export.cli.way_view import print_explanation

    facts = {"n_elements": 3, "warnings": 1, "left_out": [{"rule": "section.too_long", "n": 2}]}
    bare = Way("a", facts=facts, reject={"stage": "source", "rule": "x", "value": None})
    print_explanation(Explanation("a", "out", 2, (bare, Way("b"))))
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "a",
        "source    not said",
        "elements  3, 1 of them read as bare text only",
        "kept      by source.x",
        "left out  section.too_long 2",
        "",
        "b",
        "source    not said",
    ]
