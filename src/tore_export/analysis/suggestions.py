"""Ways to save tokens, out of what is known of the documents: most first, elements by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tore_export.analysis.result import ModelTokens, NamedElement, Suggestion
from tore_export.analysis.savings import CAPTION_TOKENS, MOST_NAMED, SAVED

if TYPE_CHECKING:
    import polars as pl

__all__ = ["suggestions"]

_TEXTS = {
    "furniture": "running headers, footers and page numbers are written: leave out --include-furniture",
    "repeat": "a text stands in the same document again: keep the first one",
    "html_table": "tables are written as HTML: between pipes they are shorter (--tables pipe)",
    "long_caption": f"captions and words for images beyond {CAPTION_TOKENS} tokens: trim them",
}


def suggestions(
    counted: pl.DataFrame, models: Sequence[ModelTokens], inputs: str
) -> tuple[Suggestion, ...]:
    """Return what would save tokens, most first; the largest elements last, as they are no fault.

    Tokens are those of the first model, but for documents over a model's context.
    """
    first = models[0]
    found = [_saved(counted, reason, first) for reason in SAVED]
    found.append(_copies(counted, first))
    found += [_over_context(counted, model, inputs) for model in models]
    ordered = sorted(
        (one for one in found if one is not None and one.tokens_saved > 0),
        key=lambda one: (-one.tokens_saved, one.reason, one.model),
    )
    largest = _largest(counted, first)
    return (*ordered, largest) if largest else tuple(ordered)


def _share(tokens: int, model: ModelTokens) -> float:
    return round(tokens / model.tokens, 6) if model.tokens else 0.0


def _saved(counted: pl.DataFrame, reason: str, model: ModelTokens) -> Suggestion | None:
    import polars as pl

    saved = counted.select(pl.col("saved").struct.field(reason))[reason].drop_nulls()
    tokens = int(saved.sum() or 0)
    return Suggestion(
        reason=reason,
        text=_TEXTS[reason],
        model=model.model,
        approximate=model.approximate,
        tokens_saved=tokens,
        share=_share(tokens, model),
        documents=int((saved > 0).sum()),
        examples=_examples(counted, reason),
    )


def _examples(counted: pl.DataFrame, reason: str) -> tuple[NamedElement, ...]:
    import polars as pl

    rows = (
        counted.select("doc_id", "source", "place", pl.col("named"))
        .explode("named", empty_as_null=True)
        .drop_nulls("named")
        .unnest("named")
        .filter(pl.col("what") == reason)
        .with_row_index("order")
        .sort("saved", "source", "place", "doc_id", "order", descending=[True, *[False] * 4])
        .head(MOST_NAMED)
        .select(
            *("doc_id", "source", pl.col("n_tokens").alias("tokens"), "saved", "element_id"),
            *("kind", "page", "copies", "excerpt"),
        )
    )
    return tuple(NamedElement(**row) for row in rows.iter_rows(named=True))


def _copies(counted: pl.DataFrame, model: ModelTokens) -> Suggestion | None:
    import polars as pl

    groups = (
        counted.select(
            *("doc_id", "source", "place", "text_hash"),
            pl.col("counts").struct.field(model.encoding).alias("tokens"),
        )
        .drop_nulls("text_hash")
        .filter(pl.len().over("text_hash") > 1)
        .sort("source", "place", "doc_id")
        .group_by("text_hash", maintain_order=True)
        .agg(pl.col("doc_id", "source", "tokens").first(), pl.len().cast(pl.Int64).alias("copies"))
        .with_columns((pl.col("tokens") * (pl.col("copies") - 1)).alias("saved"))
        .sort("saved", "source", "doc_id", descending=[True, False, False])
    )
    tokens = int(groups["saved"].sum() or 0)
    rows = groups.head(MOST_NAMED).drop("text_hash").iter_rows(named=True)
    return Suggestion(
        reason="copy",
        text="documents are copies of another, letter for letter: keep one of each",
        model=model.model,
        approximate=model.approximate,
        tokens_saved=tokens,
        share=_share(tokens, model),
        documents=int(groups["copies"].sum() or 0) - groups.height,
        examples=tuple(NamedElement(**row) for row in rows),
    )


def _over_context(counted: pl.DataFrame, model: ModelTokens, inputs: str) -> Suggestion | None:
    import polars as pl

    limit = model.context_tokens
    if limit is None:
        return None
    tokens = pl.col("counts").struct.field(model.encoding)
    over = counted.select("doc_id", "source", tokens.alias("tokens")).filter(
        pl.col("tokens") > limit
    )
    saved = int(over["tokens"].sum() or 0) - limit * over.height
    command = f"--tokenizer {model.model} --max-tokens {limit}"
    return Suggestion(
        reason="over_context",
        text=f"documents are over the context of {model.model}, {limit:,} tokens: cut them into chunks, "
        f"or shorten them by adding --optimize-tokens",
        model=model.model,
        approximate=model.approximate,
        tokens_saved=saved,
        share=_share(saved, model),
        documents=over.height,
        command=f"tore-export training {inputs} --output DATASET {command}",
        examples=tuple(
            NamedElement(one.doc_id, one.source, one.tokens, one.tokens - limit)
            for one in model.longest
            if one.tokens > limit
        ),
    )


def _largest(counted: pl.DataFrame, model: ModelTokens) -> Suggestion | None:
    named = _examples(counted, "large")
    if not named:
        return None
    tokens = sum(one.saved for one in named)
    return Suggestion(
        reason="large",
        text=f"the largest elements, {len(named)} of them: look whether all of it is wanted",
        model=model.model,
        approximate=model.approximate,
        tokens_saved=tokens,
        share=_share(tokens, model),
        documents=len({(one.source, one.doc_id) for one in named}),
        examples=named,
    )
