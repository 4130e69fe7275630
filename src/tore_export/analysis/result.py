"""What an analysis of tokens says: frozen results with `to_dict`, units in the names or beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = [
    "PERCENTILES",
    "CountedDocument",
    "Failure",
    "HistogramBin",
    "KindTokens",
    "ModelTokens",
    "NamedElement",
    "Suggestion",
    "TokenAnalysis",
]

PERCENTILES = {
    "min": 0.0,
    "p5": 5.0,
    "p25": 25.0,
    "p50": 50.0,
    "p75": 75.0,
    "p95": 95.0,
    "p99": 99.0,
    "max": 100.0,
}
"""Names of the percentiles that are told, in percent."""


@dataclass(frozen=True)
class HistogramBin:
    """`documents` have at least `at_least` and less than `below` tokens."""

    at_least: int
    below: int
    documents: int


@dataclass(frozen=True)
class KindTokens:
    """Tokens of the elements of one kind; `share` is that of all tokens, 0 to 1.

    `unknown` is what came without elements, training rows and facts, beside documents that have some.
    """

    kind: str
    elements: int
    tokens: int
    share: float


@dataclass(frozen=True)
class CountedDocument:
    """One document and its tokens."""

    doc_id: str
    source: str
    tokens: int


@dataclass(frozen=True)
class ModelTokens:
    """What documents cost in tokens of one model or encoding.

    `approximate` says that another tokenizer stands in, since that of the model is not public; then all
    numbers here are approximate. `tokens` is the sum over documents, `mean` their mean, `percentiles`
    are counts of real documents: the least that so many percent of the documents do not exceed.
    `kinds` add up to `tokens` together with `joins`: tokens that are fewer (below 0) or more because
    an element is not counted alone. `context_tokens` is the most tokens of one request and
    `over_context` the number of documents above it, `over_context_share` their share, 0 to 1. Costs
    are in `currency`: of sending all tokens once as input, and of one epoch of training. What the price
    table does not know is None.
    """

    model: str
    encoding: str
    approximate: bool
    tokens: int
    mean: float
    percentiles: Mapping[str, int]
    histogram: tuple[HistogramBin, ...]
    kinds: tuple[KindTokens, ...]
    joins: int
    longest: tuple[CountedDocument, ...]
    context_tokens: int | None = None
    over_context: int | None = None
    over_context_share: float | None = None
    input_cost: float | None = None
    training_cost: float | None = None
    currency: str | None = None
    prices_as_of: str | None = None
    prices_source: str | None = None


@dataclass(frozen=True)
class NamedElement:
    """An element, or a document where `element_id` and `kind` are None, that would save `saved` tokens.

    `tokens` are its own, `copies` how often it stands there, `excerpt` its first characters.
    """

    doc_id: str
    source: str
    tokens: int
    saved: int
    element_id: str | None = None
    kind: str | None = None
    page: int | None = None
    copies: int = 1
    excerpt: str | None = None


@dataclass(frozen=True)
class Suggestion:
    """A way to save tokens: `tokens_saved` of `model`, `share` of all, 0 to 1.

    `reason` is one word, stable across releases; `text` says what to do, `command` how, where a command
    does it. `examples` are those that save most. Numbers are as `approximate` as the model's.
    """

    reason: str
    text: str
    model: str
    tokens_saved: int
    share: float
    documents: int
    command: str | None = None
    examples: tuple[NamedElement, ...] = ()
    approximate: bool = False


@dataclass(frozen=True)
class Failure:
    """A document that could not be read, and why."""

    doc_id: str
    source: str
    rule: str
    detail: str | None


@dataclass(frozen=True)
class TokenAnalysis:
    """What documents cost in tokens, where the tokens lie, and what would save some.

    `documents` are `{in, counted, failed}`, in = counted + failed; `empty` of the counted have no
    tokens. `counted_from` says what was counted: `text`, or `facts` of a dataset, or both; from facts
    nothing is known of elements. `format` is what documents were rendered as. `failed` names the first
    documents that could not be read, `reasons` counts all of them by rule.
    """

    documents: Mapping[str, int]
    models: tuple[ModelTokens, ...]
    suggestions: tuple[Suggestion, ...] = ()
    empty: int = 0
    elements: int = 0
    warnings: int = 0
    format: str = "markdown"
    counted_from: str = "text"
    failed: tuple[Failure, ...] = ()
    reasons: Mapping[str, int] = field(default_factory=dict)
    price_table: str = "prices.yaml"
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the analysis as plain data."""
        return asdict(self)

    def __str__(self) -> str:
        from tore_export.analysis.pages import as_markdown

        return as_markdown(self)
