"""What a tokenizer needs beside counting a batch, made of that."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CountsBatches"]


class CountsBatches(ABC):
    """A base for tokenizers that count lists of texts: one text, and an Arrow column, follow."""

    __slots__ = ()

    @abstractmethod
    def count_batch(self, texts: list[str]) -> list[int]:
        """Return the number of tokens of each text."""

    def count(self, text: str) -> int:
        """Return the number of tokens of one text."""
        return self.count_batch([text])[0]

    def count_column(self, texts: pa.Array) -> pa.Array:
        """Return the number of tokens of each text of an Arrow array, null for null.

        **Writes** int64.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        counts = pa.array(self.count_batch(texts.fill_null("").to_pylist()), pa.int64())
        return pc.if_else(texts.is_valid(), counts, None) if texts.null_count else counts
