"""TextEngine: one document through the stages that a run over millions has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import document, write_jsonl
from tests.unit.cli.commands import ELEMENTS, MARKDOWN
from tore_export.api.text_engine import ProcessedDocument, TextEngine, one
from tore_export.config import ExportConfig
from tore_export.documents.schema import Kind
from tore_export.errors import DocumentError, FormatError, TokenizerError, UsageError


def test_a_processed_document_is_normalized_and_scored() -> None:
    elements: Any = document(3)["elements"]
    found = TextEngine().process(elements)
    assert isinstance(found, ProcessedDocument)
    assert 0.7 < found.quality_score <= 1
    assert [element.kind for element in found.elements] == [
        Kind.TITLE,
        Kind.PARAGRAPH,
        Kind.LIST_ITEM,
        Kind.PARAGRAPH,
    ]
    assert found.elements[1].page == 1
    assert found.warnings == 0
    plain = found.to_dict()
    assert plain["elements"][0]["text"] == "Report 3"
    assert plain["signals"] == found.signals
    assert any(value is not None for value in found.signals.values())


def test_spam_scores_less() -> None:
    spam = [{"type": "NarrativeText", "text": "buy now buy now buy now! " * 300}]
    assert TextEngine().process(spam).quality_score < 0.7


def test_rendering_follows_configuration_and_then_options() -> None:
    assert TextEngine().render(ELEMENTS, "markdown") == MARKDOWN
    engine = TextEngine(ExportConfig(images="skip", heading_offset=1))
    assert engine.render(ELEMENTS, "markdown").startswith("## Pumps")
    assert "a pump" not in engine.render(ELEMENTS, "markdown")
    assert "a pump" in engine.render(ELEMENTS, "markdown", images="alt")


def test_several_documents_are_refused_where_one_is_asked_for(tmp_path: Path) -> None:
    path = str(write_jsonl(tmp_path / "a.jsonl", range(2)))
    engine = TextEngine()
    with pytest.raises(UsageError, match="found 2 documents"):
        engine.render(path, "markdown")
    with pytest.raises(UsageError, match="found 2 documents"):
        engine.process(path)
    table = engine.table(path)
    assert len(engine.render_table(table, "plaintext")) == 2
    with pytest.raises(UsageError, match="found 0 documents"):
        one(table.slice(0, 0))


def test_a_document_that_cannot_be_read_is_raised(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xff\xfe")
    with pytest.raises(DocumentError, match=r"a\.json"):
        TextEngine().process(str(tmp_path / "a.json"))


def test_limits_are_those_of_the_configuration(tmp_path: Path) -> None:
    path = str(write_jsonl(tmp_path / "a.jsonl", range(1)))
    with pytest.raises(DocumentError, match="too many elements, found 4, allowed: 3"):
        TextEngine(ExportConfig(max_elements=3)).table(path)


def test_formatters_and_options_that_are_not_there_are_named() -> None:
    engine = TextEngine()
    assert engine.formatter("plaintext").suffix == ".txt"
    with pytest.raises(FormatError, match="did you mean plaintext"):
        engine.formatter("plaintxt")
    with pytest.raises(FormatError, match="no such option"):
        engine.render(ELEMENTS, "markdown", flavour="github")


def test_tokens_are_counted_for_the_configured_model_or_the_one_named() -> None:
    text = "Ein Überblick über größere Zahlen: 1234567."
    engine = TextEngine(ExportConfig(default_tokenizer="gpt-4o"))
    assert engine.count_tokens(text) == engine.count_tokens(text, "o200k_base")
    assert engine.count_tokens(text) != engine.count_tokens(text, "gpt-3.5-turbo")
    with pytest.raises(TokenizerError):
        engine.count_tokens(text, "no-such-model")
