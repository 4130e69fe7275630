"""Texts in memory, each put on its side by the rules that datasets are split by."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from tore_export.config import TrainingConfig
from tore_export.documents.schema import REJECT
from tore_export.errors import UsageError
from tore_export.plan.splitting import split_rules, splitting

__all__ = ["sides_of_texts"]

STRATEGIES = ("random", "group", "balanced", "content_based")


def sides_of_texts(
    texts: Sequence[str], n_tokens: Sequence[int], config: TrainingConfig
) -> list[str]:
    """Return the split of each text. A text is its own group.

    **Raises** UsageError for a strategy that asks for more than a text.

    >>> halves = TrainingConfig(splits="train=0.5,test=0.5", split_strategy="balanced")
    >>> sides_of_texts(["a", "b", "c"], [10, 4, 6], halves)
    ['train', 'test', 'test']
    """
    if config.split_strategy not in STRATEGIES or config.against:
        asked = "against" if config.against else config.split_strategy
        raise UsageError(
            "elements alone cannot be split so", found=asked, allowed=", ".join(STRATEGIES)
        )
    from tore_export.engine.decide import decisions_of

    config = config.model_copy(update={"group_by": None, "split_strategy": _ungrouped(config)})
    rules = split_rules(config)
    table = _documents(texts)
    for stage in splitting(rules):
        table = stage(table)
    if not rules.is_global:
        sides: list[str] = table["split"].to_pylist()
        return sides
    facts = {
        name: table[name]
        for name in ("text_hash", "topics", "minhash")
        if name in table.column_names
    }
    live = pa.array([True] * len(texts))
    found = pa.table(
        {
            "doc_id": table["doc_id"],
            "n_tokens": pa.array(n_tokens, pa.int64()),
            "is_live": live,
            **facts,
        }
    )
    decided: list[str] = decisions_of(found, rules, (), map)["split"].to_pylist()
    return decided


def _ungrouped(config: TrainingConfig) -> str:
    return "random" if config.split_strategy == "group" else config.split_strategy


def _documents(texts: Sequence[str]) -> pa.Table:
    n = len(texts)
    # half a surrogate pair is no text that Arrow holds
    valid = [text.encode("utf-8", "replace").decode() for text in texts]
    columns = {
        "text": pa.array(valid, pa.string()),
        "doc_id": pa.array(map(str, range(n)), pa.string()),
    }
    none = {
        name: pa.nulls(n, pa.string())
        for name in ("source", "title", "language", "created_at", "meta")
    }
    return pa.table({**columns, **none, "reject": pa.nulls(n, REJECT)})
