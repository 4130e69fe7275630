"""Real files through the command line, and back through a parser that is not ours."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import tore_export
from tests.conftest import SHARED
from tests.corpora import needs_corpora
from tests.unit.formatters.reading import read, tidy
from tore_export import FinetuningTextExporter, TextEngine
from tore_export.cli.main import run
from tore_export.documents.element import Element
from tore_export.documents.schema import FURNITURE, Kind

SAMPLES = Path(tore_export.__file__).parent / "samples" / "documents"
UNSTRUCTURED = SHARED / "corpora" / "unstructured" / "expected-structured-output"

V1 = {
    "version": "1.0",
    "elements": [
        {"id": "a", "type": "title", "text": "Wells"},
        {"id": "b", "type": "text", "text": "Not *emphasis*, not a_link_, 1. no list."},
        {"id": "c", "type": "list_item", "text": "- rope"},
        {"id": "d", "type": "list_item", "text": "bucket"},
        {"id": "e", "type": "table", "headers": ["a|b", "c"], "cells": [["1", "2"], ["3", "4"]]},
        {"id": "f", "type": "code", "text": "```\nnot a fence\n```", "language": "sh"},
    ],
}
UNSTRUCTURED_ROWS = [
    {"type": "Title", "element_id": "1", "text": "Wells", "metadata": {"category_depth": 0}},
    {"type": "Title", "element_id": "2", "text": "# Depth", "metadata": {"category_depth": 1}},
    {"type": "NarrativeText", "element_id": "3", "text": "<b>Twelve</b> metres."},
    {"type": "ListItem", "element_id": "4", "text": "rope"},
]


@pytest.fixture(scope="module")
def dialects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One file of each dialect."""
    folder = tmp_path_factory.mktemp("dialects")
    (folder / "v1.tore").write_text(json.dumps(V1))
    (folder / "u.json").write_text(json.dumps(UNSTRUCTURED_ROWS))
    (folder / "u.ndjson").write_text("".join(json.dumps(row) + "\n" for row in UNSTRUCTURED_ROWS))
    (folder / "row.jsonl").write_text(json.dumps({"id": "r", "elements": UNSTRUCTURED_ROWS}) + "\n")
    return {
        "v3": SAMPLES / "manuals" / "hand_pump.tore",
        "v1 list": SAMPLES / "manuals" / "knives.tore",
        "v1": folder / "v1.tore",
        "unstructured sample": SAMPLES / "reports" / "harvest.json",
        "unstructured": folder / "u.json",
        "unstructured ndjson": folder / "u.ndjson",
        "jsonl": folder / "row.jsonl",
    }


DIALECTS = [
    "v3",
    "v1 list",
    "v1",
    "unstructured sample",
    "unstructured",
    "unstructured ndjson",
    "jsonl",
]


def exported(capsys: pytest.CaptureFixture[str], file: Path, format: str) -> str:
    capsys.readouterr()
    assert run([str(file), "--format", format]) == 0
    return capsys.readouterr().out


def visible(file: Path) -> list[Element]:
    found = TextEngine().process(str(file)).elements
    return [element for element in found if element.kind not in FURNITURE]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def said(element: Element) -> str:
    """Return the words of an element, however it is shown."""
    if element.cells:
        return " ".join(cell.text for row in element.cells for cell in row)
    return element.text or element.meta.get("alt", "")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_markdown_reads_back_with_every_heading_item_cell_and_block_of_code(
    dialects: dict[str, Path], dialect: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = dialects[dialect]
    elements = visible(file)
    blocks = read(exported(capsys, file, "markdown"))
    headings = [(block[1], block[2]) for block in blocks if block[0] == "heading"]
    assert headings == [
        (min(element.level or 1, 6), tidy(element.text))
        for element in elements
        if element.kind == Kind.TITLE
    ]
    rows = [block[2] for block in blocks if block[0] == "row"]
    assert rows == [
        tuple(tidy(cell.text) for cell in row)
        for element in elements
        for row in element.cells or ()
    ]
    code = [block[3].rstrip("\n") for block in blocks if block[0] == "code"]
    assert code == [element.text for element in elements if element.kind == Kind.CODE]
    items = [b for b in blocks if b[0] == "text" and b[1] and b[1][-1] in ("-", "1.")]
    assert len(items) == sum(element.kind == Kind.LIST_ITEM for element in elements)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("format", ["markdown", "plaintext"])
def test_no_word_is_lost_and_order_is_kept(
    dialects: dict[str, Path], dialect: str, format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = dialects[dialect]
    shown = words(exported(capsys, file, format))
    rest = iter(shown)
    for element in visible(file):
        if element.kind not in (Kind.FORMULA, Kind.TABLE):
            # a marker of the source that the format writes in its own way is no word
            assert all(word in rest for word in words(said(element))), element
        else:
            assert not Counter(words(said(element))) - Counter(shown), element


@pytest.mark.parametrize("dialect", DIALECTS)
def test_plain_text_has_no_marks(
    dialects: dict[str, Path], dialect: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = exported(capsys, dialects[dialect], "plaintext")
    code = {
        line
        for e in visible(dialects[dialect])
        if e.kind == Kind.CODE
        for line in e.text.splitlines()
    }
    for line in text.splitlines():
        if line.strip() not in {known.strip() for known in code}:
            assert not line.startswith(("## ", "```", "| "))
            assert "\\*" not in line


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_lines_of_json_are_the_sections_of_the_markdown(
    dialects: dict[str, Path], dialect: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = dialects[dialect]
    records = [json.loads(line) for line in exported(capsys, file, "jsonl").splitlines()]
    markdown = exported(capsys, file, "markdown")
    assert "\n\n".join(record["text"] for record in records) + "\n" == markdown
    count = FinetuningTextExporter().count_tokens
    for record in records:
        assert record["metadata"]["n_tokens"] == count(record["text"])
        heading = next((b for b in read(record["text"]) if b[0] == "heading"), None)
        if heading is not None:
            assert record["metadata"]["section"][-1] == " ".join(heading[2].split())


def test_every_dialect_of_the_same_document_gives_the_same_markdown(
    dialects: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("unstructured", "unstructured ndjson", "jsonl")
    assert len({exported(capsys, dialects[name], "markdown") for name in names}) == 1


def test_a_batch_of_all_dialects_is_what_each_file_gives_alone(
    dialects: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for number, name in enumerate(DIALECTS):
        target = source / f"{number}{dialects[name].suffix}"
        target.write_bytes(dialects[name].read_bytes())
    output = tmp_path / "out"
    assert run(["batch", str(source), "-o", str(output), "--formats", "markdown,jsonl", "-q"]) == 0
    for number, name in enumerate(DIALECTS):
        stem = f"{number}/r" if name == "jsonl" else str(number)
        text = (output / "markdown" / f"{stem}.md").read_text(encoding="utf-8")
        assert text == exported(capsys, dialects[name], "markdown")
        assert (output / "jsonl" / f"{stem}.jsonl").exists()


def test_the_samples_make_a_dataset_whose_losses_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["training", str(SAMPLES), "-o", str(tmp_path / "out"), "--engine", "inline"]
    assert run([*arguments, "--json", "-q"]) == 3
    account = json.loads(capsys.readouterr().out)
    documents = account["documents"]
    assert documents["in"] == documents["kept"] + documents["dropped"] + documents["failed"]
    assert documents["failed"] >= 1
    assert documents["kept"] > 10
    assert sum(account["reasons"].values()) == documents["dropped"] + documents["failed"]


@needs_corpora
def test_published_unstructured_files_keep_their_structure() -> None:
    """Each heading, row of a table and list item of files that others made reads back."""
    engine = TextEngine()
    n_files = 0
    for file in sorted(UNSTRUCTURED.rglob("*.json"))[:40]:
        elements = [e for e in engine.process(str(file)).elements if e.kind not in FURNITURE]
        blocks: list[tuple[Any, ...]] = read(engine.render(str(file), "markdown"))
        headings = [block[2] for block in blocks if block[0] == "heading"]
        titles = [tidy(e.text) for e in elements if e.kind == Kind.TITLE]
        assert [words(text) for text in headings] == [words(text) for text in titles], file
        n_rows = sum(len(e.cells) for e in elements if e.cells)
        shown = sum(block[0] == "row" for block in blocks)
        html = sum(block[2].count("<tr>") for block in blocks if block[0] == "html")
        assert shown + html >= n_rows, file
        n_files += 1
    assert n_files > 10
