"""RenderFiles: several formats of a document from one reading."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from tests.unit.stages.contract import check_contract
from tests.unit.stages.test_to_records import documents
from tore_export.documents.schema import REJECT
from tore_export.errors import FormatError
from tore_export.formatters.template.source import TemplateSource
from tore_export.stages.render_files import RenderFiles

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
