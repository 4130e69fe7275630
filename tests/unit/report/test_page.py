"""The page: complete, safe whatever documents hold, small, and the same for the same run."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.report.conftest import HOSTILE
from tore_export.report.about import About
from tore_export.report.figures import Document, Figures, Rule, UnitTime
from tore_export.report.page import SAMPLE_BYTES, json_in_script, page
from tore_export.report.samples import Piece, Sample
from tore_export.results import CountedBy, LeakReport, RunSummary

VOID = {"meta", "input", "line", "rect"}


class Tree(HTMLParser):
    """What a parser makes of a page: elements by name, and whether all of them are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def summary(**more: Any) -> RunSummary:
    documents = {"in": 4, "kept": 3, "dropped": 1, "failed": 0}
    values: dict[str, Any] = {
        "records": {"train": 3},
        "tokens": {"train": 30},
        "n_bytes": 10,
        "seconds": 0.5,
    }
    return RunSummary(
        documents=documents,
        reasons={"filter_quality.x": 1},
        output="/home/somebody/out/",
        engine="inline",
        **{**values, **more},
    )


def drawn(
    samples: list[Sample] | None = None, figures: Figures | None = None, **more: object
) -> str:
    return page(summary(**more), figures or Figures(), samples or [], {"stages": {}}, About())


def sample(text: str, fate: str = "kept", group: str = "train") -> Sample:
    return Sample(fate, group, "id", "source", 1, [Piece("text", text)])


def test_every_section_stands_on_the_page_of_a_run(run: tuple[Path, RunSummary]) -> None:
    tree = Tree((run[0] / "report.html").read_text("utf-8"))
    assert tree.open == []
    assert [one["id"] for one in tree.all("section")] == [
        *("overview", "reasons", "tokens", "quality", "splits", "leaks", "languages", "kinds"),
        *("longest", "slowest", "samples", "plan", "environment"),
    ]


def test_headings_landmarks_and_labels_lead_through_the_page(run: tuple[Path, RunSummary]) -> None:
    tree = Tree((run[0] / "report.html").read_text("utf-8"))
    ids = {attributes.get("id") for _, attributes in tree.found}
    assert [len(tree.all(name)) for name in ("h1", "main", "nav", "header", "footer")] == [1] * 5
    assert tree.all("html") == [{"lang": "en"}]
    assert all(one["aria-labelledby"] in ids for one in tree.all("section"))
    assert all((one["href"] or "").removeprefix("#") in ids for one in tree.all("a"))
    assert all(one.get("aria-label") or one.get("aria-hidden") for one in tree.all("svg"))
    levels = [int(name[1]) for name, _ in tree.found if re.fullmatch(r"h\d", name)]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_nothing_is_loaded_and_only_our_script_may_run(run: tuple[Path, RunSummary]) -> None:
    text = (run[0] / "report.html").read_text("utf-8")
    tree = Tree(text)
    names = {name for name, _ in tree.found}
    assert not names & {"link", "img", "iframe", "object", "embed", "form", "base"}
    assert not any("src" in attributes or "onload" in attributes for _, attributes in tree.found)
    assert "url(" not in text.partition("</style>")[0]
    data, script = (found for found in re.findall(r"<script[^>]*>(.*?)</script>", text, re.DOTALL))
    assert isinstance(json.loads(data), list)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = tree.all("meta")[1]["content"]
    assert policy == f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"


def test_what_documents_hold_is_text(run: tuple[Path, RunSummary]) -> None:
    text = (run[0] / "report.html").read_text("utf-8")
    tree = Tree(text)
    assert len(tree.all("script")) == 2
    assert len(tree.all("style")) == 1
    assert not {"b", "i", "img"} & {name for name, _ in tree.found}
    data = re.findall(r"<script[^>]*>(.*?)</script>", text, re.DOTALL)[0]
    pieces = [piece["text"] for one in json.loads(data) for piece in one["pieces"]]
    assert any("<script>document.title" in piece.replace("\\", "") for piece in pieces)


@settings(deadline=None)
@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_in_a_script_is_the_same_value_and_ends_no_element(value: object) -> None:
    text = json_in_script(value)
    assert json.loads(text) == value
    assert not set(text) & set("<>&\u2028\u2029")


@settings(deadline=None)
@given(st.text(min_size=1))
def test_names_of_any_kind_add_no_element(name: str) -> None:
    figures = Figures(
        tokens={"kept": 1, "dropped": 0, "failed": 0},
        languages={name: {"kept": 1, "dropped": 0, "failed": 0}},
        rules=[Rule(name, name, "dropped", 1, 0)],
        longest=[Document(1, name, name, 1, "kept")],
        slowest=[UnitTime(0.0, 1, 1, 1, name, "b")],
    )
    about = About(name=name, inputs=[name], config={"key": name}, environment={"x": name})
    plain = About(name="n", inputs=["n"], config={"key": "n"}, environment={"x": "n"})
    made = page(summary(), figures, [], {"stages": {"S": {"o": name}}}, about)
    usual = page(summary(), figures, [], {"stages": {"S": {"o": "n"}}}, plain)
    if name.strip():
        assert len(Tree(made).found) == len(Tree(usual).found)


def test_the_run_is_called_by_its_name_or_by_its_folder_without_what_lies_above() -> None:
    assert "<h1>Run report: out</h1>" in drawn()
    assert "somebody" not in drawn()
    named = page(summary(), Figures(), [], {}, About(name="Manuals"))
    assert "<h1>Run report: Manuals</h1>" in named


def test_what_was_not_measured_has_no_section() -> None:
    ids = [one["id"] for one in Tree(drawn(records={}, tokens={})).all("section")]
    assert ids == ["overview", "reasons", "samples", "plan", "environment"]


def test_one_document_is_told_as_one() -> None:
    text = drawn(figures=Figures(rules=[Rule("s", "r", "dropped", 1, 0)]))
    assert "3 documents kept (75.0%), 1 document dropped (25.0%)" in text
    assert "1 document, by the rule" in text


def test_a_run_that_lost_nothing_says_so() -> None:
    assert "<p>None did.</p>" in drawn()


def test_formats_of_a_batch_stand_where_splits_do() -> None:
    text = drawn(records={"markdown": 4, "plaintext": 4}, tokens={"markdown": 0, "plaintext": 0})
    assert '<h2 id="splits-title">Formats</h2>' in text
    assert "Files out" in text


def test_approximate_tokens_say_so() -> None:
    text = drawn(tokenizer=CountedBy("claude-3-opus", "cl100k_base", approximate=True))
    assert "about 30 tokens" in text
    assert "All numbers of tokens are approximate" in text


def test_what_a_run_tells_beside_its_numbers_is_said() -> None:
    text = drawn(
        warnings=1_200,
        shortened={"documents": 2, "before": 900, "after": 100},
        left_out={"section.too_long": 5},
        leaks=LeakReport(3, near_duplicates=0, threshold=0.8, equal_records={"test": 1}),
        resumed_units=2,
    )
    assert "1,200 elements could only be read as their bare text." in text
    assert "2 documents were shortened to their budget, 900 to 100 tokens." in text
    assert "section.too_long" in text
    assert "clusters of near-duplicates, 0.8 and more alike" in text
    assert "<dt>units resumed</dt><dd>2</dd>" in text


def test_many_rules_and_languages_are_folded() -> None:
    counts = {"kept": 1, "dropped": 0, "failed": 0}
    figures = Figures(
        languages={f"l{n}": counts for n in range(30)},
        rules=[Rule("s", f"r{n}", "dropped", 1, 1) for n in range(30)],
    )
    text = drawn(figures=figures)
    assert "16 rules more" in text
    assert "16 more" in text


def test_samples_fill_their_room_with_some_of_each_group_first() -> None:
    texts = [sample(f"{n}" + "é" * 4_000) for n in range(400)]
    rare = sample("rare" * 1_000, "dropped", "filter_quality.rare")
    text = drawn([*texts, rare])
    assert SAMPLE_BYTES * 0.9 < len(text.encode()) < SAMPLE_BYTES * 1.1
    assert "rarerare" in text


def test_without_a_script_the_page_says_what_is_missing() -> None:
    assert "<noscript>" in drawn([sample(HOSTILE)])


def test_a_page_without_samples_says_so() -> None:
    assert "There are none." in drawn()


@pytest.mark.parametrize("name", ["page.js", "page.css"])
def test_script_and_style_close_no_element(name: str) -> None:
    from importlib.resources import files

    assert "</" not in files("tore_export.report").joinpath(name).read_text("utf-8")
