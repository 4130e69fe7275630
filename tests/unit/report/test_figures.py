"""Figures of a run are those of its facts, however these are cut into units."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from tore_export.report import figures as module
from tore_export.report.figures import Figures, figures_of
from tore_export.results import RunSummary
from tore_export.storage.layout import Layout


@pytest.fixture
def figures(run: tuple[Path, RunSummary]) -> Figures:
    return figures_of(Layout(str(run[0])))


def test_documents_are_counted_by_what_became_of_them(
    run: tuple[Path, RunSummary], figures: Figures
) -> None:
    documents = run[1].documents
    assert documents == {"in": 24, "kept": 21, "dropped": 2, "failed": 1}
    by_language = list(figures.languages.values())
    assert {fate: sum(n[fate] for n in by_language) for fate in ("kept", "dropped", "failed")} == {
        "kept": 21,
        "dropped": 2,
        "failed": 1,
    }


def test_tokens_that_came_in_are_those_that_went_out_and_those_of_dropped_documents(
    run: tuple[Path, RunSummary], figures: Figures
) -> None:
    assert figures.tokens["kept"] == sum(run[1].tokens.values())
    assert figures.tokens["dropped"] > 0
    assert figures.tokens["failed"] == 0


def test_each_document_with_tokens_is_in_the_bin_of_its_power_of_two(
    run: tuple[Path, RunSummary], figures: Figures
) -> None:
    facts = pl.read_parquet(run[0] / ".tore-export" / "facts")
    tokens = facts["n_tokens"].drop_nulls().to_list()
    wanted: dict[int, int] = {}
    for n in tokens:
        power = 1 << (n.bit_length() - 1) if n else 0
        wanted[power] = wanted.get(power, 0) + 1
    assert {start: sum(n.values()) for start, n in figures.token_bins.items()} == wanted
    assert figures.median_tokens == sorted(tokens)[(len(tokens) - 1) // 2]


def test_scores_are_in_twentieths_and_a_score_of_one_in_the_last(output: Path) -> None:
    (path,) = (output / ".tore-export" / "facts").glob("*.parquet")
    scores = [0.0, 0.049, 0.05, 0.3, 0.35, 0.7, 0.95, 1.0, None]
    facts = pl.read_parquet(path).head(len(scores))
    facts.with_columns(pl.Series("quality_score", scores)).write_parquet(path)
    bins = figures_of(Layout(str(output))).quality_bins
    found = {number: sum(counts.values()) for number, counts in bins.items()}
    assert found == {0: 2, 1: 1, 6: 1, 7: 1, 14: 1, 19: 2}


def test_kinds_are_those_of_the_elements(figures: Figures) -> None:
    assert figures.kinds["table"] == 1
    assert figures.kinds["list_item"] == 20
    assert "code" not in figures.kinds


def test_rules_say_how_many_documents_broke_them(
    run: tuple[Path, RunSummary], figures: Figures
) -> None:
    assert {rule.name: rule.documents for rule in figures.rules} == dict(run[1].reasons)
    dropped = next(rule for rule in figures.rules if rule.fate == "dropped")
    assert dropped.threshold is not None
    assert dropped.tokens == figures.tokens["dropped"]


def test_the_longest_documents_come_first(figures: Figures) -> None:
    tokens = [one.tokens for one in figures.longest]
    assert tokens == sorted(tokens, reverse=True)
    assert len(tokens) == 10


def test_the_slowest_units_say_what_they_held(figures: Figures) -> None:
    assert sum(one.documents for one in figures.slowest) == 24
    assert figures.slowest[0].first in ("a/rows.jsonl", "broken <i>.json")
    assert figures.unit_seconds == pytest.approx(sum(one.seconds for one in figures.slowest))


def test_figures_do_not_depend_on_how_many_facts_are_read_at_once(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = output / ".tore-export" / "facts"
    whole = pl.read_parquet(facts / "unit-000000.parquet")
    for number, start in enumerate(range(0, whole.height, 7)):
        whole.slice(start, 7).write_parquet(facts / f"unit-{number:06d}.parquet")
    at_once = figures_of(Layout(str(output)))
    monkeypatch.setattr(module, "_ROWS_AT_ONCE", 10)
    assert figures_of(Layout(str(output))) == at_once


def test_facts_of_older_runs_lack_kinds_and_the_figures_too(output: Path) -> None:
    for path in (output / ".tore-export" / "facts").glob("*.parquet"):
        pl.read_parquet(path).drop("kinds", "quality_score").write_parquet(path)
    figures = figures_of(Layout(str(output)))
    assert not figures.kinds
    assert not figures.quality_bins
    assert figures.token_bins


def test_a_batch_counts_no_tokens(output: Path) -> None:
    for path in (output / ".tore-export" / "facts").glob("*.parquet"):
        pl.read_parquet(path).drop("n_tokens").write_parquet(path)
    figures = figures_of(Layout(str(output)))
    assert not figures.token_bins
    assert not figures.longest
    assert figures.median_tokens is None


def test_an_output_without_facts_has_empty_figures(output: Path) -> None:
    shutil.rmtree(output / ".tore-export" / "facts")
    figures = figures_of(Layout(str(output)))
    assert not figures.languages
    assert not figures.rules
