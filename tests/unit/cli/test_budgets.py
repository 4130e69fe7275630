"""`--optimize-tokens --max-tokens N`: what is written has at most so many tokens."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.conftest import write_jsonl
from tests.unit.budget.material import COUNT, prose
from tore_export.cli.main import run

BUDGET = ["--optimize-tokens", "--max-tokens", "100"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    elements = [
        {"type": "Title", "text": "Pumps"},
        *[{"type": "NarrativeText", "text": prose(6, name)} for name in ("pump", "valve", "pump")],
    ]
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "pumps.json"
    path.write_text(json.dumps(elements), encoding="utf-8")
    return path


def test_one_document_is_shortened_and_stderr_says_how(source, capfd):
    assert run([str(source), *BUDGET, "--model", "gpt-3.5-turbo"]) == 0
    shown = capfd.readouterr()
    assert 95 <= COUNT(shown.out) <= 100
    assert shown.out.startswith("# Pumps\n")
    lines = shown.err.splitlines()
    assert lines[0].endswith("tokens shortened to 100, within 100 by gpt-3.5-turbo")
    assert [line.split()[0] for line in lines[1:]] == ["repeats", "importance"]
    assert lines[1].endswith("tokens saved, 1 element")


def test_json_carries_what_was_done(source, capfd):
    assert run([str(source), *BUDGET, "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    optimization = found["optimization"]
    assert optimization["n_tokens"] == found["n_tokens"] == COUNT(found["content"]) <= 100
    saved = sum(step["tokens_saved"] for step in optimization["steps"])
    assert saved == optimization["n_tokens_before"] - optimization["n_tokens"]
    assert (optimization["tokenizer"], optimization["max_tokens"]) == ("gpt-3.5-turbo", 100)
    assert run([str(source), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["optimization"] is None


def test_a_document_within_its_budget_says_so(source, capfd):
    assert run([str(source), "--optimize-tokens", "--max-tokens", "10000"]) == 0
    assert "within 10,000 by gpt-3.5-turbo: nothing was dropped" in capfd.readouterr().err


def test_what_a_stand_in_counts_is_called_so(source, capfd):
    assert run([str(source), *BUDGET, "--model", "claude-3-opus-20240229"]) == 0
    assert capfd.readouterr().err.startswith("about ")


@pytest.mark.parametrize("command", [[], ["batch", "--output-dir", "out"]])
def test_a_budget_that_nothing_would_hold_to_is_refused(source, capfd, command):
    assert run([*command[:1], str(source), *command[1:], "--max-tokens", "100"]) == 2
    assert "--optimize-tokens shortens it" in capfd.readouterr().err


def test_formats_that_cannot_be_cut_are_named(source, tmp_path, capfd):
    formats = ["--formats", "jsonl,markdown,plaintext", "--max-tokens", "100"]
    assert run(["batch", str(source), "-o", str(tmp_path / "out"), *formats]) == 2
    assert "markdown, plaintext: max_tokens is named" in capfd.readouterr().err
    assert not (tmp_path / "out").exists()


def test_optimizing_needs_a_budget(source, capfd):
    assert run([str(source), "--optimize-tokens"]) == 2
    assert "needs max_tokens, the budget" in capfd.readouterr().err


def test_a_template_that_cannot_hold_is_an_error(source, tmp_path, capfd):
    template = tmp_path / "own.md"
    template.write_text("word " * 200, encoding="utf-8")
    assert run([str(source), "--template", str(template), *BUDGET]) == 1
    assert "cannot be shortened to the budget" in capfd.readouterr().err


def test_each_format_of_a_batch_fits(source, tmp_path):
    formats = ["--formats", "markdown,plaintext,jsonl", "--engine", "inline"]
    assert run(["batch", str(source.parent), "-o", str(tmp_path / "out"), *BUDGET, *formats]) == 0
    assert COUNT((tmp_path / "out/markdown/pumps.md").read_text()) <= 100
    assert COUNT((tmp_path / "out/plaintext/pumps.txt").read_text()) <= 100
    lines = (tmp_path / "out/jsonl/pumps.jsonl").read_text().splitlines()
    assert sum(json.loads(line)["metadata"]["n_tokens"] for line in lines) <= 100


def test_a_dataset_of_shortened_documents_says_what_was_saved(tmp_path, capfd):
    source = write_jsonl(tmp_path / "in" / "rows.jsonl", range(20))
    out = tmp_path / "out"
    options = ["--engine", "inline", "--splits", "train=1", "--no-filter", "--json"]
    assert run(["training", str(source), "-o", str(out), *BUDGET, *options]) == 0
    shown = capfd.readouterr()
    summary = json.loads(shown.out)["shortened"]
    (shard,) = (out / "data").iterdir()
    counts = pq.read_table(shard)["n_tokens"].to_pylist()
    assert max(counts) <= 100
    (facts,) = (out / ".tore-export" / "facts").iterdir()
    rows = [row for row in pq.read_table(facts)["shortened"].to_pylist() if row]
    assert summary["documents"] == len(rows) == 20
    assert summary["before"] == sum(row["before"] for row in rows)
    assert summary["after"] == sum(row["after"] for row in rows) == sum(counts)
    saved = summary["before"] - summary["after"]
    assert saved == sum(
        n for name, n in summary.items() if name not in ("documents", "before", "after")
    )
    assert (
        f"20 documents shortened, {summary['before']:,} to {summary['after']:,} tokens" in shown.err
    )
    card = (out / "README.md").read_text()
    assert f"| Tokens after | {summary['after']:,} |" in card
    assert "| Documents over it | 20 |" in card
