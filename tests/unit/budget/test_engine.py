"""OptimizationEngine: what is guaranteed of every document and every budget."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.budget.material import COUNT, columns_of, documents, prose, texts
from tore_export.budget.engine import OptimizationEngine
from tore_export.budget.result import STEPS, OptimizationResult, OptimizationStep
from tore_export.budget.structure import structure_of
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.errors import DocumentError, FormatError, TokenizerError, UsageError
from tore_export.formatters.formatter import DocumentHead
from tore_export.formatters.jsonl import JsonLines
from tore_export.formatters.markdown import Markdown
from tore_export.formatters.plaintext import PlainText

shares = st.sampled_from([0.0, 0.05, 0.3, 0.5, 0.8, 0.95, 1.0])


def written(elements, formatter=None) -> str:
    formatter = formatter or Markdown()
    return formatter.documents(columns_of(elements), [DocumentHead()])[0]


def kept_places(document, result: OptimizationResult) -> list[int]:
    """The places of what is left, in the order of the document."""
    places, at = [], 0
    for element in result.elements:
        while (document[at].id, document[at].kind) != (element.id, element.kind):
            at += 1
        places.append(at)
        at += 1
    return places


@settings(max_examples=100, deadline=None)
@given(documents(), shares)
def test_a_document_is_never_over_its_budget_and_the_steps_add_up(document, share):
    before = COUNT(written(document))
    result = OptimizationEngine().optimize(document, int(before * share))
    assert COUNT(written(result.elements)) == result.n_tokens <= result.max_tokens
    assert result.n_tokens_before == before
    assert sum(step.tokens_saved for step in result.steps) == before - result.n_tokens
    assert [step.name for step in result.steps] == [
        name for name in STEPS if name in {step.name for step in result.steps}
    ]
    assert all(step.n_elements > 0 for step in result.steps)


@settings(max_examples=80, deadline=None)
@given(documents(), shares)
def test_what_is_left_is_whole_and_in_order(document, share):
    result = OptimizationEngine().optimize(document, int(COUNT(written(document)) * share))
    places = kept_places(document, result)
    assert places == sorted(set(places))
    if not result.elements:
        return
    pieces = Markdown().render(columns_of(document))
    structure = structure_of(columns_of(document), bytearray(map(bool, pieces)))
    kept = bytearray(len(document))
    for place in places:
        kept[place] = 1
    assert structure.settle(bytearray(kept)) == kept
    ids = {element.id for element in result.elements}
    old = {element.id for element in document}
    assert all(e.parent is None or e.parent in ids or e.parent not in old for e in result.elements)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([1, 2, 3, None]), texts.filter(bool)), max_size=14), shares
)
def test_headings_of_kept_content_stay_and_others_go(pairs, share):
    document = [
        Element(Kind.PARAGRAPH if level is None else Kind.TITLE, text, id=str(n), level=level)
        for n, (level, text) in enumerate(pairs)
    ]
    result = OptimizationEngine().optimize(document, int(COUNT(written(document)) * share))
    kept = {element.id for element in result.elements}
    open_titles: list[Element] = []
    needed: set[str | None] = set()
    led: dict[str | None, bool] = {}
    for element in document:
        if element.kind == Kind.TITLE:
            open_titles = [t for t in open_titles if (t.level or 1) < (element.level or 1)]
        above = {title.id for title in open_titles}
        for title in above:
            led[title] = True
        if element.id in kept:
            needed |= above
        if element.kind == Kind.TITLE:
            open_titles.append(element)
    assert needed <= kept
    alone = {e.id for e in document if e.kind == Kind.TITLE and led.get(e.id)} & kept - needed
    assert not alone


@settings(max_examples=60, deadline=None)
@given(documents(), shares)
def test_doing_it_twice_changes_nothing(document, share):
    engine = OptimizationEngine()
    budget = int(COUNT(written(document)) * share)
    first = engine.optimize(document, budget)
    second = engine.optimize(first.elements, budget)
    assert second.elements == first.elements
    assert second.steps == ()


@settings(max_examples=40, deadline=None)
@given(documents(), st.integers(0, 60))
def test_all_formats_of_a_run_fit(document, budget):
    engine = OptimizationEngine(
        {"markdown": {"flavor": "commonmark"}, "plaintext": {}, "jsonl": {}}
    )
    result = engine.optimize(document, budget)
    assert COUNT(written(result.elements, Markdown(flavor="commonmark"))) <= budget
    assert COUNT(written(result.elements, PlainText())) <= budget
    counted = []

    def count(lines):
        counted.extend(map(COUNT, lines))
        return counted

    JsonLines().documents(columns_of(result.elements), [DocumentHead()], count)
    assert sum(counted) <= budget


@settings(max_examples=40, deadline=None)
@given(documents(), st.integers(0, 60))
def test_running_text_fits_without_its_last_newline(document, budget):
    result = OptimizationEngine(["plaintext"], as_file=False).optimize(document, budget)
    assert COUNT("".join(PlainText().render(columns_of(result.elements)))) == result.n_tokens
    assert result.n_tokens <= budget


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_the_budget_is_used(share):
    document = [
        element
        for n in range(20)
        for element in (
            Element(Kind.TITLE, f"Pump {n}", level=1 + n % 3),
            Element(Kind.PARAGRAPH, prose(3 + n % 5, f"pump {n}")),
            Element(Kind.LIST_ITEM, prose(1, "valve")),
        )
    ]
    budget = int(COUNT(written(document)) * share)
    assert OptimizationEngine().optimize(document, budget).n_tokens >= 0.95 * budget


@pytest.mark.parametrize("budget", range(8))
def test_tiny_budgets_hold(budget):
    document = [Element(Kind.PARAGRAPH, "Close the valve. Then open it.")]
    result = OptimizationEngine().optimize(document, budget)
    assert COUNT(written(result.elements)) <= budget
    # a word and the newline of the file are two tokens
    assert (budget < 2) == (result.elements == ())


def test_a_document_within_its_budget_is_left_alone():
    document = [Element(Kind.PAGE_NUMBER, "1"), Element(Kind.PARAGRAPH, "a", doc_id="d")]
    result = OptimizationEngine().optimize(document, 100)
    assert result.elements == tuple(document)
    assert result.steps == ()
    assert OptimizationEngine().optimize([], 0).elements == ()


def test_elements_keep_the_id_of_their_document():
    document = [Element(Kind.PARAGRAPH, prose(9), doc_id="d")]
    assert OptimizationEngine().optimize(document, 20).elements[0].doc_id == "d"


def test_the_model_may_differ_from_call_to_call():
    document = [Element(Kind.PARAGRAPH, prose(9))]
    result = OptimizationEngine().optimize(document, 20, "gpt-4o")
    assert (result.tokenizer, result.approximate) == ("gpt-4o", False)


def test_a_stand_in_for_a_tokenizer_that_is_not_public_is_called_approximate():
    document = [Element(Kind.PARAGRAPH, prose(9))]
    result = OptimizationEngine(tokenizer="claude-3-opus-20240229").optimize(document, 20)
    assert result.approximate
    assert result.to_dict()["approximate"] is True


def test_a_result_is_plain_data_and_can_be_pickled():
    result = OptimizationEngine().optimize([Element(Kind.PARAGRAPH, prose(9))], 20)
    found = result.to_dict()
    assert found["steps"] == [{"name": "importance", "n_elements": 1, "tokens_saved": 89}]
    assert found["elements"][0]["kind"] == Kind.PARAGRAPH
    assert result.account() == found | {"elements": 1}
    assert pickle.loads(pickle.dumps(result)) == result
    assert result.steps == (
        OptimizationStep("importance", 1, result.n_tokens_before - result.n_tokens),
    )


def test_what_cannot_be_is_refused():
    engine = OptimizationEngine()
    with pytest.raises(UsageError, match="not a budget"):
        engine.optimize([], -1)
    for budget in (None, "50", 50.5):
        with pytest.raises(
            UsageError, match=r"max_tokens: not a budget, found .*allowed: 0 or more"
        ):
            engine.optimize([], budget)
    with pytest.raises(FormatError):
        OptimizationEngine(["markdwon"])
    with pytest.raises(FormatError):
        OptimizationEngine({"markdown": {"flavour": "github"}})
    with pytest.raises(TokenizerError):
        OptimizationEngine(tokenizer="no-such-model")


def test_a_template_that_writes_more_than_the_budget_of_nothing_is_an_error():
    from tore_export.formatters.template.source import read_template

    engine = OptimizationEngine({"template": {"template": read_template("training")}})
    document = [Element(Kind.PARAGRAPH, prose(9))]
    with pytest.raises(DocumentError, match="cannot be shortened") as caught:
        engine.optimize(document, 0, head=DocumentHead(doc_id="d", title="A long title"))
    assert caught.value.rule == "over_budget"


def test_a_template_fits():
    from tore_export.formatters.template.source import read_template

    engine = OptimizationEngine({"template": {"template": read_template("default")}})
    document = [
        Element(Kind.TITLE, "Pumps"),
        *[Element(Kind.PARAGRAPH, prose(4)) for _ in range(5)],
    ]
    result = engine.optimize(document, 60)
    assert 50 <= result.n_tokens <= 60


def test_a_step_that_would_save_nothing_is_not_taken():
    from tore_export.formatters.template.source import read_template

    engine = OptimizationEngine({"template": {"template": read_template("default")}})
    page_numbers = [Element(Kind.PAGE_NUMBER, f"page {n} of 12") for n in range(12)]
    result = engine.optimize([*page_numbers, Element(Kind.PARAGRAPH, prose(40))], 100)
    assert [step.name for step in result.steps] == ["importance"]
