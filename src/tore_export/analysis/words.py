"""The sentences of an analysis, the same on the terminal, in pages and in pictures."""

from __future__ import annotations

from tore_export.analysis.result import (
    HistogramBin,
    ModelTokens,
    NamedElement,
    Suggestion,
    TokenAnalysis,
)

__all__ = [
    "APPROXIMATE",
    "bin_name",
    "cost_lines",
    "counted_line",
    "element_name",
    "limit_line",
    "model_name",
    "money",
    "printable",
    "saved_line",
]

APPROXIMATE = "approximate"


def counted_line(analysis: TokenAnalysis) -> str:
    """Return what was counted: how many documents, from what, rendered as what."""
    documents = analysis.documents
    told = f"{documents['counted']:,} of {documents['in']:,} documents counted"
    if documents["failed"]:
        told += f", {documents['failed']:,} could not be read"
    if analysis.empty:
        told += f", {analysis.empty:,} without any token"
    if analysis.counted_from == "facts":
        return f"{told}; from the dataset's facts, no text was read"
    also = ", some from a dataset's facts" if analysis.counted_from != "text" else ""
    return f"{told}; rendered as {analysis.format}{also}"


def model_name(model: ModelTokens) -> str:
    """Return a model's name with what counts it, and a word where that only stands in."""
    by = f" ({model.encoding})" if model.encoding != model.model else ""
    return f"{model.model}{by}{', ' + APPROXIMATE if model.approximate else ''}"


def limit_line(model: ModelTokens) -> str:
    """Return how many documents a request can hold."""
    if model.context_tokens is None or model.over_context is None:
        return f"context: the price table knows no limit of {model.model}"
    over = "1 document" if model.over_context == 1 else f"{model.over_context:,} documents"
    told = f"{over} over the context of {model.context_tokens:,} tokens"
    return f"{told} ({model.over_context_share or 0:.1%})"


def cost_lines(model: ModelTokens) -> list[str]:
    """Return what the tokens cost, with the date of the price."""
    costs = [
        ("sent once as input", model.input_cost),
        ("one epoch of training", model.training_cost),
    ]
    known = [
        f"cost, {what}: {money(cost, model.currency)}{' (approximate)' * model.approximate}"
        for what, cost in costs
        if cost is not None
    ]
    if not known:
        return [f"cost: the price table knows no price of {model.model}"]
    dated = f", price as of {model.prices_as_of}" if model.prices_as_of else ""
    return [line + dated for line in known]


def money(cost: float, currency: str | None) -> str:
    """Return a sum of money, small ones with the digits that count.

    >>> money(1234.5, "USD"), money(0.000456, "EUR")
    ('1,234.50 USD', '0.000456 EUR')
    """
    digits = 2 if cost >= 1 or cost == 0 else 6
    return f"{cost:,.{digits}f} {currency or ''}".strip()


def bin_name(one: HistogramBin) -> str:
    """Return a bin's tokens.

    >>> bin_name(HistogramBin(512, 1024, 3)), bin_name(HistogramBin(1, 2, 3))
    ('512 to 1,023', '1')
    """
    last = one.below - 1
    return f"{one.at_least:,}" if last == one.at_least else f"{one.at_least:,} to {last:,}"


def saved_line(suggestion: Suggestion) -> str:
    """Return a suggestion with what it saves."""
    documents = (
        f"{suggestion.documents:,} {'document' if suggestion.documents == 1 else 'documents'}"
    )
    verb = "hold" if suggestion.reason == "large" else "saves"
    return (
        f"{suggestion.text}; {verb} {suggestion.tokens_saved:,} tokens"
        f"{f' ({APPROXIMATE})' * suggestion.approximate}, {suggestion.share:.1%}, in {documents}"
    )


def element_name(one: NamedElement) -> str:
    """Return what is named: the document, and of an element its kind, id and page."""
    return printable(_element_name(one))


def printable(name: str) -> str:
    r"""Return a name in one line and without what a terminal would obey.

    >>> printable("a\x1b[31m b\n c")
    'a?[31m b c'
    """
    return "".join(c if c.isprintable() else "?" for c in " ".join(name.split()))


def _element_name(one: NamedElement) -> str:
    where = one.source if one.doc_id in ("", one.source) else f"{one.source} {one.doc_id}".strip()
    if one.kind is None:
        return where
    page = f", page {one.page}" if one.page is not None else ""
    return f"{where}: {one.kind} {one.element_id or ''}".rstrip() + page
