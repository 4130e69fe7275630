"""`--format jsonl --max-tokens N`: a line a chunk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import write_jsonl
from tests.unit.budget.material import COUNT, prose
from tore_export.cli.main import run

CHUNKS = ["--format", "jsonl", "--max-tokens", "48"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    elements = [
        {"type": "Title", "text": "Pumps", "element_id": "t", "metadata": {"page_number": 1}},
        *[
            {"type": "NarrativeText", "text": prose(6, name), "metadata": {"page_number": page}}
            for page, name in enumerate(("pump", "valve", "tank"), 1)
        ],
    ]
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "pumps.json"
    path.write_text(json.dumps(elements), encoding="utf-8")
    return path


def lines_of(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_document_becomes_a_line_a_chunk(source, capfd):
    assert run([str(source)]) == 0
    whole = capfd.readouterr().out
    assert run([str(source), *CHUNKS]) == 0
    lines = lines_of(capfd.readouterr().out)
    assert "".join(line["text"] for line in lines) == whole.rstrip("\n")
    metadata = [line["metadata"] for line in lines]
    assert all(COUNT(line["text"]) == line["metadata"]["n_tokens"] <= 48 for line in lines)
    assert [m["chunk"]["number"] for m in metadata] == [*range(1, len(lines) + 1)]
    assert {m["chunk"]["of"] for m in metadata} == {len(lines)} != {1}
    assert metadata[0]["element_ids"] == ["t", "1"]
    assert metadata[0]["pages"] == [1]
    assert metadata[-1]["pages"] == [3]
    assert {tuple(m["section"]) for m in metadata} == {("Pumps",)}


def test_lines_of_chunks_repeat_what_is_asked_for(source, capfd):
    assert run([str(source), *CHUNKS, "--chunk-headings", "--chunk-overlap", "12"]) == 0
    lines = lines_of(capfd.readouterr().out)
    assert all(line["text"].startswith("# Pumps\n\n") for line in lines)
    assert all(COUNT(line["text"]) == line["metadata"]["n_tokens"] <= 48 for line in lines)
    shared = lines[1]["text"].removeprefix("# Pumps\n\n").split()[:3]
    assert " ".join(shared) in lines[0]["text"]


def test_lines_of_chunks_may_be_said_and_need_a_bound(source, capfd):
    assert run([str(source), *CHUNKS, "--option", "lines=chunk"]) == 0
    said = capfd.readouterr().out
    assert run([str(source), *CHUNKS]) == 0
    assert capfd.readouterr().out == said
    assert run([str(source), "--format", "jsonl", "--option", "lines=chunk"]) == 2
    assert "lines of chunks need max_tokens" in capfd.readouterr().err
    assert run([str(source), *CHUNKS, "--option", "lines=section"]) == 2
    assert "with max_tokens a line is a chunk, found section" in capfd.readouterr().err
    optimized = [*CHUNKS, "--optimize-tokens", "--option", "lines=chunk"]
    assert run([str(source), *optimized]) == 2
    assert "without token_optimization" in capfd.readouterr().err


def test_a_code_point_that_is_too_large_is_an_error(tmp_path, capfd):
    from tests.unit.tokens.material import CLAUDE_2

    source = tmp_path / "peace.txt"
    source.write_text("Peace \ufdfa be upon all who read these few words.", encoding="utf-8")
    options = ["--format", "jsonl", "--max-tokens", "8", "--model", str(CLAUDE_2)]
    assert run([str(source), *options]) == 1
    assert "one code point has more tokens than a chunk may have" in capfd.readouterr().err


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_files_of_a_batch_are_those_of_their_documents(source, tmp_path, capfd, size):
    bounds = ["--max-tokens", "48", "--engine", "inline", "--batch-size", str(size)]
    out = tmp_path / "out"
    write_jsonl(source.parent / "rows.jsonl", range(40))
    options = ["--formats", "jsonl", *bounds, "--quiet"]
    assert run(["batch", str(source.parent), "-o", str(out), *options]) == 0
    capfd.readouterr()
    assert run([str(source), *CHUNKS]) == 0
    (pumps,) = out.rglob("pumps.jsonl")
    assert pumps.read_text("utf-8") == capfd.readouterr().out
    files = sorted((out / "jsonl").rglob("*.jsonl"))
    assert len(files) == 41
    for file in files:
        for line in lines_of(file.read_text("utf-8")):
            assert COUNT(line["text"]) == line["metadata"]["n_tokens"] <= 48


@pytest.mark.ray
@pytest.mark.usefixtures("ray_cluster")
def test_both_engines_write_the_same(source, tmp_path, files_below):
    options = ["--formats", "jsonl", "--max-tokens", "48", "--quiet"]
    for engine in ("inline", "ray"):
        out = str(tmp_path / engine)
        assert run(["batch", str(source.parent), "-o", out, "--engine", engine, *options]) == 0
    assert files_below(tmp_path / "inline") == files_below(tmp_path / "ray")
