"""Budgets on real documents of docling and unstructured, and on hostile ones."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import SHARED
from tests.corpora import needs_corpora
from tore_export.api.text_engine import TextEngine
from tore_export.budget.engine import OptimizationEngine
from tore_export.budget.measure import measure_of
from tore_export.budget.shorten import Shortened, shorten
from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import CONTAINERS, Kind
from tore_export.errors import ToreExportError
from tore_export.formatters.formatter import DocumentHead
from tore_export.tokens.reference import count_reference

CORPORA = SHARED / "corpora"
FILES = sorted(
    path
    for corpus in ("docling", "unstructured")
    for path in (CORPORA / corpus).rglob("*.json")
    if 20_000 < path.stat().st_size < 2_000_000
)[::3]
SHARES = (0.1, 0.3, 0.5, 0.7, 0.9)
ENGINE = TextEngine()


@cache
def elements_of(path: Path) -> tuple[Element, ...]:
    try:
        table = ENGINE.table(str(path))
    except ToreExportError:
        return ()
    documents = ElementColumns.from_arrow(table["elements"]).to_elements()
    return tuple(documents[0]) if len(documents) == 1 else ()


def tokens(elements: tuple[Element, ...]) -> int:
    """Count independently: rendered by the exporter, counted by tiktoken."""
    return count_reference(ENGINE.render(list(elements), "markdown"), "cl100k_base")


@needs_corpora
def test_real_documents_hold_their_budgets_use_them_and_keep_their_structure():
    engine = OptimizationEngine()
    fills = []
    for path in FILES:
        document = elements_of(path)
        before = tokens(document)
        for share in SHARES if before >= 100 else ():
            budget = int(before * share)
            result = engine.optimize(document, budget)
            assert tokens(result.elements) == result.n_tokens <= budget, path
            saved = sum(step.tokens_saved for step in result.steps)
            assert saved == before - result.n_tokens, path
            places = {element.id: n for n, element in enumerate(document)}
            if len(places) == len(document):
                order = [places[element.id] for element in result.elements]
                assert order == sorted(order), path
            kept = {element.id for element in result.elements}
            containers = {e.id for e in document if e.kind in CONTAINERS and e.id is not None}
            lost = [e for e in result.elements if e.parent in containers and e.parent not in kept]
            assert not lost, path
            if result.steps and result.steps[-1].name == "importance":
                fills.append(result.n_tokens / budget)
    assert len(fills) > 50
    # some are one table of many columns, of which a row more is more than what is left
    assert sum(fill >= 0.95 for fill in fills) >= 0.85 * len(fills)


def shortened(columns: ElementColumns, share: float) -> tuple[Shortened, int, float]:
    measure = measure_of((("markdown", ()),), "gpt-3.5-turbo")
    budget = int(measure.count(columns, DocumentHead()) * share)
    begin = time.process_time()
    found = shorten(columns, DocumentHead(), budget, measure)
    return found, budget, time.process_time() - begin


def table(n_rows: int) -> ElementColumns:
    rows = tuple(tuple(Cell(f"cell {i} {j} water") for j in range(10)) for i in range(n_rows))
    return ElementColumns.from_elements([[Element(Kind.TABLE, cells=rows)]])


def word(n_characters: int) -> ElementColumns:
    return ElementColumns.from_elements([[Element(Kind.PARAGRAPH, "ab" * (n_characters // 2))]])


def many(n_elements: int) -> ElementColumns:
    def column(value: object) -> list[object]:
        return [value] * n_elements

    kinds = [int(Kind.TITLE) if i % 20 == 0 else int(Kind.PARAGRAPH) for i in range(n_elements)]
    texts = [f"Pump {i % 997} moves water to tank {i}." for i in range(n_elements)]
    empty = [column(None) for _ in range(6)]
    return ElementColumns([n_elements], empty[0], kinds, texts, *empty[1:], column(None))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "size"),
    [(table, 30_000), (word, 1_000_000), (many, 50_000)],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_hostile_documents_hold_their_budgets(make, size):
    for share in (0.001, 0.5):
        found, budget, _ = shortened(make(size), share)
        assert 0.95 * budget <= found.n_tokens <= budget


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "size"),
    [(table, 2_500), (many, 10_000)],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_twice_the_document_takes_twice_the_time(make, size):
    once = min(shortened(make(size), 0.5)[2] for _ in range(3))
    four_times = min(shortened(make(4 * size), 0.5)[2] for _ in range(2))
    assert four_times <= 4 * once * 1.75
