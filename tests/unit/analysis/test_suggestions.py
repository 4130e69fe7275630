"""Suggestions: what would save tokens, how many, where, and how it is done."""

from __future__ import annotations

import pytest

from tests.unit.analysis.material import DOCUMENTS, NOTICE, table_of
from tore_export.analysis.prices import ModelPrice, PriceTable
from tore_export.analysis.result import Suggestion
from tore_export.analysis.savings import MOST_NAMED
from tore_export.analysis.summarize import Model, summarize
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.sinks.analysis import measured_facts
from tore_export.stages.format import Format
from tore_export.stages.measure_tokens import MeasureTokens

SMALL = PriceTable({"gpt-4": ModelPrice(context_tokens=300), "gpt-4o": ModelPrice(100_000)})
MODELS = [Model("gpt-4", "cl100k_base"), Model("gpt-4o", "o200k_base")]


def suggested(documents=DOCUMENTS, **options: object) -> dict[str, Suggestion]:
    pairs = tuple(sorted({"include_furniture": True, **options}.items()))
    table = MeasureTokens(("gpt-4", "gpt-4o"), "markdown", pairs)(
        Format("markdown", pairs)(table_of(documents))
    )
    facts = measured_facts(table, ["cl100k_base", "o200k_base"])
    found = summarize(facts, MODELS, SMALL, inputs="docs/")
    by_reason = {one.reason: one for one in found.suggestions}
    assert len(by_reason) == len(found.suggestions)
    for one in found.suggestions:
        assert one.share == round(one.tokens_saved / found.models[0].tokens, 6)
    return by_reason


@pytest.fixture(scope="module")
def found() -> dict[str, Suggestion]:
    return suggested()


def test_what_saves_most_comes_first_and_the_largest_elements_last(
    found: dict[str, Suggestion],
) -> None:
    assert list(found)[-1] == "large"
    saved = [one.tokens_saved for one in found.values()][:-1]
    assert saved == sorted(saved, reverse=True)
    assert 0 not in saved


def test_elements_are_named_with_document_page_and_first_words(
    found: dict[str, Suggestion],
) -> None:
    (one,) = found["repeat"].examples
    assert (one.doc_id, one.source, one.element_id, one.page) == ("d0", "s0", "p1", 1)
    assert (one.kind, one.copies, one.excerpt) == ("paragraph", 3, NOTICE[:60])
    assert one.saved == 2 * one.tokens == found["repeat"].tokens_saved


def test_a_table_as_html_names_the_option_that_shortens_it(found: dict[str, Suggestion]) -> None:
    assert "html_table" not in found
    assert "--tables pipe" in suggested(tables="html")["html_table"].text


def test_copies_of_documents_save_all_but_one(found: dict[str, Suggestion]) -> None:
    (one,) = found["copy"].examples
    assert (one.doc_id, one.copies, one.kind) == ("d2", 2, None)
    assert found["copy"].documents == 1
    assert one.saved == one.tokens == found["copy"].tokens_saved


def test_documents_over_the_context_come_with_the_command_that_cuts_them(
    found: dict[str, Suggestion],
) -> None:
    over = found["over_context"]
    assert over.command == (
        "tore-export training docs/ --output DATASET --tokenizer gpt-4 --max-tokens 300"
    )
    assert over.documents == len(over.examples) == 2
    assert [one.doc_id for one in over.examples] == ["d4", "d0"]
    assert over.tokens_saved == sum(one.tokens - 300 for one in over.examples)


def test_the_ten_that_save_most_of_all_documents_are_named() -> None:
    texts = [f"{'word ' * (300 + n)}end" for n in range(14)]
    documents = [[Element(Kind.PARAGRAPH, text, id=text[:4])] for text in texts]
    large = suggested(documents)["large"]
    assert [one.doc_id for one in large.examples] == [f"d{n}" for n in range(13, 3, -1)]
    assert len(large.examples) == MOST_NAMED == large.documents
    assert large.tokens_saved == sum(one.tokens for one in large.examples)


def test_where_nothing_can_be_saved_nothing_is_suggested() -> None:
    assert suggested([[Element(Kind.PARAGRAPH, "short")]]) == {}
    assert suggested([]) == {}
