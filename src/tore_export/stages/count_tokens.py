"""Count the tokens of each document's text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.stages.stage import combined, is_live, put, spread
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.portable import TokenizerRef

__all__ = ["CountTokens"]


@dataclass(frozen=True, slots=True)
class CountTokens:
    """Count tokens, for a model or an encoding by name, or by a tokenizer that travels with the plan.

    **Rows** 1:1. **Reads** text (string), reject.
    **Writes** `n_tokens` (int64), null where the text is null and for rows rejected before.
    **Raises** TokenizerError for an unknown name.

    >>> table = pa.table({"text": ["hello world"], "reject": pa.nulls(1)})
    >>> CountTokens("gpt-4o")(table)["n_tokens"].to_pylist()
    [2]
    """

    tokenizer: TokenizerRef = "gpt-3.5-turbo"

    reads: ClassVar[tuple[str, ...]] = ("text", "reject")
    writes: ClassVar[tuple[str, ...]] = ("n_tokens",)
    version: ClassVar[int] = 1

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the table with the column `n_tokens`."""
        live = is_live(table)
        texts = combined(table["text"])
        if pc.any(pc.invert(live)).as_py():
            texts = texts.filter(live)
        counts = TokenizerManager().get(self.tokenizer).count_column(texts)
        return put(table, "n_tokens", spread(counts, live))
