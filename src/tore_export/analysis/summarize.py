"""From what is known of each document to the analysis of them all: exact, in whatever order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa

from tore_export.analysis.prices import ModelPrice, PriceTable
from tore_export.analysis.result import (
    PERCENTILES,
    CountedDocument,
    Failure,
    HistogramBin,
    KindTokens,
    ModelTokens,
    TokenAnalysis,
)
from tore_export.analysis.suggestions import suggestions

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import polars as pl

__all__ = ["Model", "summarize"]

UNKNOWN = "unknown"
"""The kind of what came without elements, training rows and facts, beside documents that have some."""

MOST_LONGEST = 10
MOST_FAILURES = 20


@dataclass(frozen=True)
class Model:
    """A name that was asked for, what counts it, and whether that only stands in for it."""

    name: str
    encoding: str
    approximate: bool = False


def summarize(
    facts: pa.Table,
    models: Sequence[Model],
    prices: PriceTable,
    *,
    format: str = "markdown",
    counted_from: str = "text",
    inputs: str = "INPUT",
    notes: Sequence[str] = (),
) -> TokenAnalysis:
    """Sum up the facts of documents, see sinks/analysis.py; `inputs` is what commands name.

    **Rows** any order; the result is the same.
    """
    import polars as pl

    frame = pl.DataFrame(facts)
    failed = frame.filter(pl.col("failed").fill_null(False))
    counted = frame.filter(~pl.col("failed").fill_null(False))
    summed = tuple(_model(counted, model, prices.find(model.name)) for model in models)
    return TokenAnalysis(
        documents={"in": frame.height, "counted": counted.height, "failed": failed.height},
        models=summed,
        suggestions=suggestions(counted, summed, inputs),
        empty=sum(found.documents for found in summed[0].histogram if found.below == 1),
        elements=int(counted["n_elements"].sum() or 0),
        warnings=int(frame["warnings"].sum() or 0),
        format=format,
        counted_from=counted_from,
        failed=tuple(
            Failure(**row)
            for row in failed.sort("source", "place", "doc_id")
            .head(MOST_FAILURES)
            .select("doc_id", "source", "rule", "detail")
            .iter_rows(named=True)
        ),
        reasons=dict(
            failed["rule"].value_counts().sort("count", "rule", descending=[True, False]).rows()
        ),
        price_table=prices.file,
        notes=tuple(notes),
    )


def _model(counted: pl.DataFrame, model: Model, price: ModelPrice | None) -> ModelTokens:
    import polars as pl

    tokens = pl.col("counts").struct.field(model.encoding).alias("tokens")
    longest = (
        counted.select("doc_id", "source", "place", tokens)
        .sort("tokens", "source", "place", "doc_id", descending=[True, False, False, False])
        .head(MOST_LONGEST)
        .select("doc_id", "source", "tokens")
    )
    counts = counted.select(tokens)["tokens"].to_numpy()
    total = int(counts.sum())
    kinds, joins = _kinds(counted, model.encoding, total)
    limit = price.context_tokens if price else None
    over = None if limit is None else int((counts > limit).sum())
    return ModelTokens(
        model=model.name,
        encoding=model.encoding,
        approximate=model.approximate,
        tokens=total,
        mean=round(total / len(counts), 2) if len(counts) else 0.0,
        percentiles=_percentiles(counts),
        histogram=_histogram(counts),
        kinds=kinds,
        joins=joins,
        longest=tuple(CountedDocument(*row) for row in longest.rows()),
        context_tokens=limit,
        over_context=over,
        over_context_share=None if over is None else round(over / max(len(counts), 1), 6),
        input_cost=_cost(total, price.input_per_million if price else None),
        training_cost=_cost(total, price.training_per_million if price else None),
        currency=price.currency if price else None,
        prices_as_of=price.as_of if price else None,
        prices_source=price.source if price else None,
    )


def _cost(tokens: int, per_million: float | None) -> float | None:
    """Return what tokens cost; decimal, as money is.

    >>> _cost(1_500_000, 2.50), _cost(3, 0.1), _cost(7, None)
    (3.75, 3e-07, None)
    """
    if per_million is None:
        return None
    return float(tokens * Decimal(str(per_million)) / 1_000_000)


def _percentiles(counts: npt.NDArray[np.int64]) -> dict[str, int]:
    import numpy as np

    if not len(counts):
        return dict.fromkeys(PERCENTILES, 0)
    found = np.percentile(counts, list(PERCENTILES.values()), method="inverted_cdf")
    return dict(zip(PERCENTILES, found.astype(np.int64).tolist(), strict=True))


def _histogram(counts: npt.NDArray[np.int64]) -> tuple[HistogramBin, ...]:
    """Count documents between powers of two, from the first bin that has one to the last.

    >>> import numpy
    >>> [(b.at_least, b.below, b.documents) for b in _histogram(numpy.array([0, 1, 5, 7, 8]))]
    [(0, 1, 1), (1, 2, 1), (2, 4, 0), (4, 8, 2), (8, 16, 1)]
    """
    import numpy as np

    if not len(counts):
        return ()
    # the exponent that frexp gives is the number of binary digits: 0 for 0, 1 for 1, 2 for 2 and 3
    digits = np.frexp(counts.astype(np.float64))[1]
    documents = np.bincount(digits).tolist()
    return tuple(
        HistogramBin(1 << n >> 1, 1 << n, documents[n])
        for n in range(int(digits.min()), len(documents))
    )


def _kinds(counted: pl.DataFrame, encoding: str, total: int) -> tuple[tuple[KindTokens, ...], int]:
    """Return tokens by kind, those of rows without elements as UNKNOWN, and what joins make of them."""
    import polars as pl

    tokens = pl.col("counts").struct.field(encoding)
    told = counted.filter(pl.col("kinds").is_not_null())
    whole = int(told.select(tokens.sum()).item() or 0)
    summed = (
        told.select(pl.col("kinds").explode(empty_as_null=True))
        .drop_nulls()
        .unnest("kinds")
        .group_by("kind")
        .agg(pl.col("n_elements").sum(), tokens.sum().alias("tokens"))
        .rows()
    )
    joins = whole - sum(tokens for _, _, tokens in summed)
    if told.height < counted.height and told.height:
        summed.append((UNKNOWN, 0, total - whole))
    found = (
        KindTokens(kind, elements, tokens, round(tokens / total, 6) if total else 0.0)
        for kind, elements, tokens in summed
    )
    return tuple(sorted(found, key=lambda one: (-one.tokens, one.kind))), joins
