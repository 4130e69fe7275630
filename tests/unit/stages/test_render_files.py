"""RenderFiles: several formats of a document from one reading."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from tests.unit.stages.contract import check_contract
from tests.unit.stages.test_to_records import documents
from tests.unit.tokens.material import CLAUDE_2
from tore_export.chunks.cut import TOO_LARGE
from tore_export.chunks.options import ChunkOptions
from tore_export.documents.columns import DocumentRows, ElementColumns
from tore_export.documents.element import Element
from tore_export.documents.schema import REJECT, Kind
from tore_export.errors import FormatError
from tore_export.formatters.template.source import TemplateSource
from tore_export.stages.render_files import RenderFiles
from tore_export.stages.stage import put
from tore_export.tokens.manager import TokenizerManager

FORMATS = (("markdown", ()), ("plaintext", ()), ("jsonl", ()))


def test_the_contract_of_stages_is_kept() -> None:
    columns = {f"file_{name}": pa.string() for name, _ in FORMATS}
    check_contract(RenderFiles(FORMATS), documents(), {**columns, "reject": REJECT})


def test_each_format_is_a_column_and_rejected_rows_have_none() -> None:
    table = RenderFiles(FORMATS)(documents())
    assert table["file_markdown"].to_pylist() == ["t\n\nt\n\nt\n\nt\n", "", None, None]
    line = json.loads(table["file_jsonl"][0].as_py())
    assert line["metadata"]["doc_id"] == "a"
    assert line["metadata"]["n_tokens"] > 0


def test_with_a_bound_each_json_line_is_a_chunk() -> None:
    stage = RenderFiles((("jsonl", (("lines", "chunk"),)),), "gpt-4", ChunkOptions(8))
    columns = {"file_jsonl": pa.string(), "reject": REJECT}
    table = check_contract(stage, documents(), columns)
    lines = [json.loads(line) for line in table["file_jsonl"][0].as_py().splitlines()]
    assert lines[0]["metadata"]["n_tokens"] <= 8
    assert "".join(line["text"] for line in lines) == "t\n\nt\n\nt\n\nt"


def test_a_document_that_cannot_be_cut_is_dropped_alone() -> None:
    path = TokenizerManager().portable(CLAUDE_2)
    peace = [Element(Kind.PARAGRAPH, "Peace \ufdfa be upon all who read these few words.")]
    words = [Element(Kind.PARAGRAPH, "Peace be upon all who read these few words.")]
    rows = DocumentRows(unit=0)
    for name in ("peace", "words"):
        rows.add(name, f"{name}.md")
    elements = ElementColumns.from_elements([peace, words]).to_arrow()
    table = RenderFiles((("jsonl", ()),), path, ChunkOptions(8))(
        put(rows.to_table(), "elements", elements)
    )
    reject, none = table["reject"].to_pylist()
    assert (reject["rule"], reject["failed"], reject["stage"]) == (TOO_LARGE, False, "render_files")
    assert "found U+FDFA" in reject["detail"]
    assert none is None
    file, whole = table["file_jsonl"].to_pylist()
    assert file is None
    assert len(whole.splitlines()) == 2


def test_lines_are_chunks_if_and_only_if_there_is_a_bound() -> None:
    for lines in ("section", "document", "element"):
        with pytest.raises(FormatError, match=f"with max_tokens a line is a chunk, found {lines}"):
            RenderFiles((("jsonl", (("lines", lines),)),), "gpt-4", ChunkOptions(8))
    with pytest.raises(FormatError, match="did you mean chunk"):
        RenderFiles((("jsonl", (("lines", "chunks"),)),), "gpt-4", ChunkOptions(8))
    with pytest.raises(FormatError, match="lines of chunks need max_tokens"):
        RenderFiles((("jsonl", (("lines", "chunk"),)),), "gpt-4")


def test_an_unknown_format_is_refused_before_the_run() -> None:
    with pytest.raises(FormatError, match="did you mean markdown"):
        RenderFiles((("markdwon", ()),))


def test_a_document_that_a_template_fails_on_is_rejected_alone() -> None:
    source = TemplateSource("t.md", {"t.md": "{{ document.sections[0].content }}"})
    formats = (("markdown", ()), ("template", (("template", source),)))
    stage = RenderFiles(formats)
    columns = {f"file_{name}": pa.string() for name, _ in formats}
    table = check_contract(stage, documents(), {**columns, "reject": REJECT})
    rejects = table["reject"].to_pylist()
    failed = [row for row in rejects if row and row["rule"] == "template_error"]
    assert failed
    assert all(row["failed"] and row["stage"] == "render_files" for row in failed)
    assert failed[0]["detail"] == "TemplateError: t.md:1: tuple object has no element 0"
    for content, row in zip(table["file_template"].to_pylist(), rejects, strict=True):
        assert (content is None) == (row is not None)
