"""The analysis of many documents, held against counts and statistics made another way."""

from __future__ import annotations

import statistics
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import SHARED
from tests.unit.analysis.material import DOCUMENTS, table_of
from tore_export.analysis.prices import ModelPrice, PriceTable, load_prices
from tore_export.analysis.result import PERCENTILES, TokenAnalysis
from tore_export.analysis.summarize import Model, summarize
from tore_export.api.analysis import analyze
from tore_export.api.text_engine import TextEngine
from tore_export.errors import ToreExportError
from tore_export.sinks.analysis import facts_schema, measured_facts
from tore_export.stages.format import Format
from tore_export.stages.measure_tokens import MeasureTokens
from tore_export.tokens.ranks import load_encoding

GPT4 = Model("gpt-4", "cl100k_base")
NOTHING_KNOWN = PriceTable({})


def facts_of(counts: list[int]) -> pa.Table:
    """Return facts of documents with so many tokens and nothing else known."""
    rows = [
        {"doc_id": f"d{at}", "source": "rows.jsonl", "place": at, "counts": {"cl100k_base": count}}
        for at, count in enumerate(counts)
    ]
    return pa.Table.from_pylist(rows, facts_schema(["cl100k_base"]))


def of_counts(counts: list[int], prices: PriceTable = NOTHING_KNOWN) -> TokenAnalysis:
    return summarize(facts_of(counts), [GPT4], prices)


def of_documents(prices: PriceTable = NOTHING_KNOWN) -> TokenAnalysis:
    options = (("include_furniture", True),)
    table = MeasureTokens(("gpt-4",), "markdown", options)(
        Format("markdown", options)(table_of(DOCUMENTS))
    )
    return summarize(measured_facts(table, ["cl100k_base"]), [GPT4], prices)


@settings(deadline=None)
@given(st.lists(st.integers(0, 1 << 40), max_size=60))
def test_percentiles_are_the_least_counts_that_so_many_documents_do_not_exceed(
    counts: list[int],
) -> None:
    (model,) = of_counts(counts).models
    ordered = sorted(counts)
    for name, percent in PERCENTILES.items():
        if not counts:
            assert model.percentiles[name] == 0
            continue
        enough = [n for n in ordered if sum(m <= n for m in counts) * 100 >= percent * len(counts)]
        assert model.percentiles[name] == (enough[0] if percent else ordered[0])
    assert model.tokens == sum(counts)
    assert model.mean == (round(statistics.mean(counts), 2) if counts else 0)


@given(st.lists(st.integers(0, 1 << 40), min_size=1, max_size=60))
@settings(deadline=None)
def test_every_document_is_in_the_bin_of_its_tokens(counts: list[int]) -> None:
    bins = of_counts(counts).models[0].histogram
    for one in bins:
        assert one.documents == sum(one.at_least <= n < one.below for n in counts)
    assert sum(one.documents for one in bins) == len(counts)
    assert all(a.below == b.at_least for a, b in pairwise(bins))
    assert bins[0].documents
    assert bins[-1].documents
    assert all(one.below in (1, max(2, 2 * one.at_least)) for one in bins)


@given(st.permutations(range(12)))
@settings(deadline=None, max_examples=12)
def test_the_order_in_which_documents_came_does_not_show(order: list[int]) -> None:
    facts = facts_of([5, 5, 5, 9000, 0, 1, 2, 3, 9000, 7, 7, 8])
    assert summarize(facts.take(order), [GPT4], load_prices()) == summarize(
        facts, [GPT4], load_prices()
    )


def test_the_longest_documents_come_first_and_equals_in_their_order() -> None:
    (model,) = of_counts([3, 9, 9, *range(8)]).models
    assert [(one.doc_id, one.tokens) for one in model.longest][:4] == [
        ("d1", 9), ("d2", 9), ("d10", 7), ("d9", 6),
    ]  # fmt: skip
    assert len(model.longest) == 10


def test_costs_by_hand() -> None:
    price = ModelPrice(1000, 2.50, 10.0, 25.0, "EUR", "2026-11-01", "a contract")
    (model,) = of_counts([1_000_000, 500_001], PriceTable({"gpt-4": price})).models
    assert model.input_cost == 3.7500025  # 1.500001 million tokens at 2.50
    assert model.training_cost == 37.500025
    assert (model.currency, model.prices_as_of, model.prices_source) == (
        "EUR", "2026-11-01", "a contract",
    )  # fmt: skip
    assert (model.over_context, model.over_context_share) == (2, 1.0)


def test_of_a_model_that_the_table_does_not_know_no_cost_and_no_limit_is_told() -> None:
    (model,) = of_counts([7]).models
    told = (model.input_cost, model.training_cost, model.currency, model.context_tokens)
    assert told == (None, None, None, None)
    assert model.over_context is None
    assert model.over_context_share is None


def test_a_document_of_just_the_limit_is_not_over_it() -> None:
    (model,) = of_counts([8192, 8193], load_prices()).models
    assert (model.over_context, model.over_context_share) == (1, 0.5)


def test_kinds_and_joins_add_up_to_the_total() -> None:
    found = of_documents()
    (model,) = found.models
    assert sum(kind.tokens for kind in model.kinds) + model.joins == model.tokens
    assert model.joins == 0
    assert sum(kind.elements for kind in model.kinds) == found.elements == 17
    assert [kind.tokens for kind in model.kinds] == sorted(
        (kind.tokens for kind in model.kinds), reverse=True
    )


def test_who_failed_is_named_and_the_books_balance() -> None:
    found = of_documents()
    assert found.documents == {"in": 7, "counted": 6, "failed": 1}
    assert [(one.doc_id, one.source, one.rule, one.detail) for one in found.failed] == [
        ("d1", "s1", "not_utf8", "bad bytes")
    ]
    assert found.reasons == {"not_utf8": 1}
    assert found.empty == 1


def test_no_documents_and_none_that_could_be_read_are_zeros() -> None:
    failed = pa.Table.from_pylist(
        [{"doc_id": "d", "source": "s", "failed": True, "rule": "not_utf8", "warnings": 0}],
        facts_schema(["cl100k_base"]),
    )
    for facts, n_failed in ((facts_of([]), 0), (failed, 1)):
        found = summarize(facts, [GPT4], load_prices())
        (model,) = found.models
        assert found.documents == {"in": n_failed, "counted": 0, "failed": n_failed}
        assert (model.tokens, model.mean, model.over_context, model.input_cost) == (0, 0, 0, 0)
        assert model.histogram == model.longest == found.suggestions == ()
        assert set(model.percentiles.values()) == {0}
        assert str(found)


@pytest.mark.parametrize("folder", ["docling/docling", "unstructured/example-docs"])
def test_real_documents_are_what_tiktoken_and_numpy_make_of_them(folder: str) -> None:
    root = SHARED / "corpora" / folder
    if not root.is_dir():
        pytest.skip("no shared corpora here")
    files = sorted(path for path in root.rglob("*.json") if path.stat().st_size < 300_000)[:60]
    engine = TextEngine()
    texts = {}
    for path in files:
        try:
            texts[path] = engine.render(str(path), "markdown").rstrip("\n")
        except ToreExportError:
            continue  # some are no documents on purpose, and are refused as such
    paths = [str(path) for path in texts]
    found = analyze(paths, ["gpt-4", "gpt-4o"])
    assert found.documents == {"in": len(texts), "counted": len(texts), "failed": 0}
    for model in found.models:
        known = load_encoding(model.encoding)
        counts = np.array([len(known.encode_ordinary(text)) for text in texts.values()])
        assert model.tokens == counts.sum()
        assert model.mean == round(float(counts.mean()), 2)
        assert model.percentiles["p50"] == statistics.median_low(counts.tolist())
        assert model.percentiles["max"] == counts.max()
        assert model.longest[0].tokens == counts.max()
        limit = model.context_tokens or 0
        assert model.over_context == int((counts > limit).sum())
        assert sum(kind.tokens for kind in model.kinds) + model.joins == model.tokens
        assert abs(model.joins) <= model.tokens * 0.002


def test_names_of_a_path_are_those_of_the_input(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\n", encoding="utf-8")
    found = analyze([str(tmp_path)], ["gpt-4"])
    assert found.models[0].longest[0].source == "a.txt"
