"""Pages: what an analysis is to read, and nothing in a name that is taken for a mark."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from tore_export.analysis.pages import as_html, as_markdown
from tore_export.analysis.result import (
    CountedDocument,
    Failure,
    HistogramBin,
    KindTokens,
    ModelTokens,
    NamedElement,
    Suggestion,
    TokenAnalysis,
)

HOSTILE = "<script>alert(1)</script>|`a`*b*\n_c_"

MODEL = ModelTokens(
    model="claude-9",
    encoding="stand-in",
    approximate=True,
    tokens=12_345,
    mean=6172.5,
    percentiles={"min": 1, "p50": 1, "max": 12_344},
    histogram=(HistogramBin(1, 2, 1), HistogramBin(8192, 16384, 1)),
    kinds=(KindTokens("table", 3, 12_000, 0.972053), KindTokens("title", 1, 346, 0.028)),
    joins=-1,
    longest=(CountedDocument("d1", HOSTILE, 12_344), CountedDocument("d2", "b.md", 1)),
    context_tokens=8000,
    over_context=1,
    over_context_share=0.5,
    input_cost=1234.5,
    training_cost=0.00042,
    currency="EUR",
    prices_as_of="2026-11-01",
)
UNKNOWN = ModelTokens("house", "house", False, 0, 0.0, {"min": 0}, (), (), 0, ())
ANALYSIS = TokenAnalysis(
    documents={"in": 3, "counted": 2, "failed": 1},
    models=(MODEL, UNKNOWN),
    suggestions=(
        Suggestion(
            "over_context", "cut them", "claude-9", 4344, 0.35, 1, "tore-export training INPUT",
            (NamedElement("d1", HOSTILE, 12_344, 4344, "e|1", "table", 7, 3, HOSTILE),),
        ),
        Suggestion("large", "the largest", "claude-9", 12_000, 0.97, 1,
                   examples=(NamedElement("d2", "b.md", 9, 9),)),
    ),
    failed=(Failure("d3", "c.json", "not_utf8", f"c.json: {HOSTILE}"),),
    notes=("said *so*",),
)  # fmt: skip


class Text(HTMLParser):
    """Collects what is shown, and which tags there are."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.tags = "", set[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(page: str) -> Text:
    found = Text()
    found.feed(page)
    return found


@pytest.mark.parametrize(
    "figure",
    [
        "12,345", "6,172.5", "8,192 to 16,383", "97.2%", "1 document over the context of 8,000",
        "1,234.50 EUR (approximate), price as of 2026-11-01", "0.000420 EUR", "(stand-in), approx",
        "the price table knows no price of house", "the price table knows no limit of house",
        "cut them; saves 4,344 tokens, 35.0%, in 1 document", "tore-export training INPUT",
        "2 of 3 documents counted, 1 could not be read", "joins", "the largest; hold 12,000 tokens",
        "page 7", "said *so*",
    ],
)  # fmt: skip
def test_both_pages_tell_every_figure(figure: str) -> None:
    markdown = MarkdownIt("commonmark").enable("table").render(as_markdown(ANALYSIS))
    for page in (markdown, as_html(ANALYSIS)):
        assert figure in shown(page).text


def test_names_are_no_marks() -> None:
    rendered = (
        MarkdownIt("commonmark", {"html": True}).enable("table").render(as_markdown(ANALYSIS))
    )
    for page in (rendered, as_html(ANALYSIS)):
        found = shown(page)
        assert "script" not in found.tags
        assert "em" not in found.tags
        assert "<script>alert(1)</script>|`a`*b*" in found.text


def test_a_page_needs_nothing_beside_it() -> None:
    assert not re.search(r"""(src|href)\s*=|url\(|@import|<link|<script""", as_html(ANALYSIS))


def test_an_analysis_as_text_is_its_markdown() -> None:
    assert str(ANALYSIS) == as_markdown(ANALYSIS)


@pytest.mark.parametrize(
    ("counted_from", "told"),
    [
        ("text", "; rendered as markdown"),
        ("facts", "; from the dataset's facts, no text was read"),
        ("text and facts", "; rendered as markdown, some from a dataset's facts"),
    ],
)
def test_what_was_counted_is_told(counted_from: str, told: str) -> None:
    page = as_markdown(replace(ANALYSIS, counted_from=counted_from, empty=2))
    assert f"2 without any token{told}\n" in page


def test_plain_data_has_every_field_and_only_plain_values() -> None:
    import json

    data = json.loads(json.dumps(ANALYSIS.to_dict()))
    assert data["models"][0]["percentiles"]["max"] == 12_344
    assert data["suggestions"][0]["examples"][0]["element_id"] == "e|1"
    assert data.keys() == TokenAnalysis.__dataclass_fields__.keys()
