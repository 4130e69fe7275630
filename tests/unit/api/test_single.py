"""One file to one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.commands import MARKDOWN, write_document
from tore_export.api.single import encoded, export_file
from tore_export.config import ExportConfig
from tore_export.errors import DocumentError, FormatError, PreflightError, UsageError


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(write_document(tmp_path / "a.json"))


def test_a_result_is_returned_where_no_output_is_named(file: str) -> None:
    result = export_file(file, "markdown", ExportConfig())
    assert (result.content, result.output) == (MARKDOWN, None)
    assert result.n_tokens is not None
    assert result.quality_score is not None
    assert result.metadata["source"] == "a.json"


def test_figures_that_nobody_asked_for_are_left_out(file: str) -> None:
    result = export_file(file, "markdown", ExportConfig(), count=False, score=False)
    assert (result.n_tokens, result.quality_score, result.content) == (None, None, MARKDOWN)


def test_an_output_is_written_in_the_encoding_asked_for(file: str, tmp_path: Path) -> None:
    output = tmp_path / "new" / "a.md"
    config = ExportConfig(output_encoding="utf-16")
    result = export_file(file, "markdown", config, str(output))
    assert result.output == str(output)
    assert output.read_text(encoding="utf-16") == MARKDOWN
    assert encoded(result, config) == output.read_bytes()


def test_json_lines_are_utf_8_whatever_is_asked_for(file: str, tmp_path: Path) -> None:
    output = tmp_path / "a.jsonl"
    export_file(file, "jsonl", ExportConfig(output_encoding="ascii"), str(output))
    assert "é" in output.read_text(encoding="utf-8")


def test_an_output_that_is_there_is_replaced_whole(file: str, tmp_path: Path) -> None:
    output = tmp_path / "a.md"
    output.write_text("old " * 1_000)
    export_file(file, "markdown", ExportConfig(), str(output))
    assert output.read_text(encoding="utf-8") == MARKDOWN
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "a.md"]


def test_what_cannot_be_done_is_said_before_anything_is_written(file: str, tmp_path: Path) -> None:
    config = ExportConfig()
    with pytest.raises(PreflightError, match="is a folder"):
        export_file(str(tmp_path), "markdown", config)
    with pytest.raises(UsageError, match="the output is a folder"):
        export_file(file, "markdown", config, str(tmp_path))
    (tmp_path / "link.json").symlink_to(file)
    with pytest.raises(UsageError, match="the output is the input"):
        export_file(file, "markdown", config, str(tmp_path / "link.json"))
    with pytest.raises(FormatError):
        export_file(file, "pdf", config, str(tmp_path / "a.pdf"))
    (tmp_path / "cut.json").write_text("[")
    with pytest.raises(DocumentError):
        export_file(str(tmp_path / "cut.json"), "markdown", config, str(tmp_path / "cut.md"))
    assert {path.name for path in tmp_path.iterdir()} == {"a.json", "cut.json", "link.json"}
