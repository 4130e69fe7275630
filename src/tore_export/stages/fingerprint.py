"""Fingerprint each document's text, so that near-duplicates can be found without the texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from tore_export.stages.stage import combined, is_live, put, spread

__all__ = ["Fingerprint"]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Compute MinHash fingerprints: the share of places where two agree is how similar the texts are.

    **Rows** 1:1. **Reads** text (string), reject.
    **Writes** `minhash` (FINGERPRINT), null for a text without a word and for rows rejected before.
    **Source** see dedup.minhash.

    >>> table = pa.table({"text": ["One little word", "…"], "reject": pa.nulls(2)})
    >>> [value is None for value in Fingerprint()(table)["minhash"].to_pylist()]
    [False, True]
    """

    reads: ClassVar[tuple[str, ...]] = ("text", "reject")
    writes: ClassVar[tuple[str, ...]] = ("minhash",)
    version: ClassVar[int] = 1

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the table with the column `minhash`."""
        from tore_export.dedup.minhash import fingerprints_of

        live = is_live(table)
        texts = combined(table["text"]).filter(live)
        return put(table, "minhash", spread(fingerprints_of(texts), live))
