"""Budgets from Python: the exporter, the API and its batches."""

from __future__ import annotations

import pytest

from tests.unit.budget.material import COUNT, prose
from tore_export.api.export_api import ExportAPI
from tore_export.config import ExportConfig
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.errors import UsageError
from tore_export.finetuning_text import FinetuningTextExporter

LONG = [
    {"type": "Title", "text": "Pumps"},
    *[{"type": "NarrativeText", "text": prose(6, name)} for name in ("pump", "valve", "tank")],
]
CONFIG = ExportConfig(max_tokens=100, token_optimization=True)


def test_elements_are_shortened_to_what_their_markdown_may_have():
    for config in (
        ExportConfig(),
        ExportConfig(heading_offset=5),
        ExportConfig(markdown_flavor="unstructured"),
    ):
        exporter = FinetuningTextExporter(config)
        short = exporter.optimize_for_tokens(LONG, 60, "gpt-4o")
        assert all(isinstance(element, Element) for element in short)
        assert 55 <= exporter.count_tokens(exporter.export_markdown(short), "gpt-4o") <= 60


def test_the_configured_tokenizer_counts_where_no_model_is_named():
    exporter = FinetuningTextExporter(ExportConfig(default_tokenizer="gpt-4o"))
    short = exporter.optimize_for_tokens(LONG, 60)
    assert short == exporter.optimize_for_tokens(LONG, 60, "gpt-4o")


def test_elements_within_the_budget_come_back_as_they_were():
    elements = [Element(Kind.PARAGRAPH, "a  b", doc_id="d")]
    assert FinetuningTextExporter().optimize_for_tokens(elements, 9, "gpt-4") == elements
    assert FinetuningTextExporter().optimize_for_tokens([], 0, "gpt-4") == []
    long = [Element(Kind.PARAGRAPH, prose(9), doc_id="d")]
    assert FinetuningTextExporter().optimize_for_tokens(long, 9, "gpt-4")[0].doc_id == "d"


def test_a_budget_is_not_below_zero():
    with pytest.raises(UsageError, match="not a budget"):
        FinetuningTextExporter().optimize_for_tokens(LONG, -1, "gpt-4")


@pytest.mark.parametrize("format", ["markdown", "plaintext", "template"])
def test_a_document_is_exported_within_its_budget(format):
    result = ExportAPI(CONFIG).export_document(LONG, format)
    assert result.n_tokens == COUNT(result.content) <= 100
    assert result.optimization["n_tokens"] == result.n_tokens
    assert result.optimization["elements"] == result.n_elements


def test_without_optimization_nothing_is_shortened():
    result = ExportAPI(ExportConfig(max_tokens=100)).export_document(LONG)
    assert result.n_tokens > 100
    assert result.optimization is None


def test_a_batch_shortens_once_for_all_formats():
    found = ExportAPI(CONFIG).export_batch([LONG, LONG[:1]], ["markdown", "plaintext"])
    for results in found.results.values():
        assert [result.n_tokens <= 100 for result in results] == [True, True]
    counts = [results[0].n_elements for results in found.results.values()]
    assert counts[0] == counts[1]


def test_a_document_that_cannot_be_shortened_is_named_in_the_batch(tmp_path):
    template = tmp_path / "own.md"
    template.write_text("word " * 200, encoding="utf-8")
    api = ExportAPI(CONFIG.model_copy(update={"template": str(template)}))
    found = api.export_batch([LONG], ["template"])
    assert "cannot be shortened" in found.failed[0]


def test_the_exporter_renders_within_the_budget_too():
    exporter = FinetuningTextExporter(CONFIG)
    assert COUNT(exporter.export_markdown(LONG)) <= 100
    assert COUNT(exporter.export_markdown(LONG, flavor="commonmark")) <= 100
    assert COUNT(exporter.export_plaintext(LONG)) <= 100
