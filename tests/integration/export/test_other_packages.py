from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import write_jsonl
from tore_export.api.batch import batch_run
from tore_export.config import ExportConfig

FORMATTER = """
from dataclasses import dataclass
from typing import ClassVar

@dataclass(frozen=True)
class Loud:
    include_furniture: bool = False
    ending: str = "!"
    name: ClassVar[str] = "loud"
    suffix: ClassVar[str] = ".loud"

    def documents(self, columns, heads, count=None):
        return [f"{head.doc_id}{self.ending} {self.include_furniture}" for head in heads]
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installed package that brings a format with fewer options than the built-in ones."""
    folder = tmp_path / "site"
    info = folder / "loud-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "loudness.py").write_text(FORMATTER)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: loud\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[tore_export.formatters]\nloud = loudness:Loud\n")
    monkeypatch.syspath_prepend(folder)
    yield
    sys.modules.pop("loudness", None)


@pytest.mark.usefixtures("installed")
def test_a_format_of_another_package_is_given_the_options_it_has(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "in" / "a.jsonl", range(2))
    config = ExportConfig(include_furniture=True)
    batch_run([str(tmp_path / "in")], str(tmp_path / "out"), ["loud"], config).execute()
    assert (tmp_path / "out/loud/a/doc-00001.loud").read_text() == "doc-00001! True"


def test_json_lines_are_written_in_the_flavour_that_was_said(tmp_path: Path) -> None:
    table = {
        "type": "Table",
        "text": "a b",
        "element_id": "t",
        "metadata": {"text_as_html": "<table><tr><td>a</td><td>b</td></tr></table>"},
    }
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.json").write_text(json.dumps([table]))
    config = ExportConfig(markdown_flavor="commonmark")
    batch_run([str(tmp_path / "in")], str(tmp_path / "out"), ["jsonl"], config).execute()
    assert "<table>" in json.loads((tmp_path / "out/jsonl/a.jsonl").read_text())["text"]
