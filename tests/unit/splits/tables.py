"""Documents for tests of splits: only what is decided by, a row each."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import numpy as np
import pyarrow as pa

from tore_export.splits.families import FREE, Families
from tore_export.splits.rules import SplitRules

THREE = (("train", 0.9), ("validation", 0.05), ("test", 0.05))
HALVES = (("train", 0.5), ("test", 0.5))


def hash_of(text: str) -> bytes:
    return sha256(text.encode()).digest()[:16]


def documents(texts: list[str], **columns: Any) -> pa.Table:
    """A table of documents with these texts; other columns by name."""
    table: dict[str, Any] = {
        "text_hash": pa.array([hash_of(text) for text in texts], pa.binary(16)),
        "n_tokens": pa.array([len(text) for text in texts], pa.int64()),
    }
    for name, values in columns.items():
        table[name] = values if isinstance(values, pa.Array) else pa.array(values)
    return pa.table(table)


def families(
    sizes: list[int],
    tokens: list[int] | None = None,
    fixed: list[int] | None = None,
    **columns: Any,
) -> Families:
    """Families of so many documents each, known by their number."""
    n = len(sizes)
    return Families(
        keys=[hash_of(f"family {number}") for number in range(n)],
        documents=np.array(sizes, np.int64),
        tokens=np.array(sizes if tokens is None else tokens, np.int64),
        fixed=np.full(n, FREE) if fixed is None else np.array(fixed, np.int64),
        **columns,
    )


def rules(strategy: str = "random", **options: Any) -> SplitRules:
    return SplitRules(**{"splits": THREE, "strategy": strategy, **options})
