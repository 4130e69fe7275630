"""What a tokenizer is: a name, what it counts by, and counts that are exact or say that they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Tokenizer"]


@runtime_checkable
class Tokenizer(Protocol):
    """Counts tokens of text. Picklable; what is large is loaded when the first text is counted.

    Special tokens in a text are text, and none are added: the count of a text is that of its words.
    """

    @property
    def name(self) -> str:
        """What was asked for."""

    @property
    def encoding(self) -> str:
        """What counts: a name of tiktoken's, or the kind and hash of a file."""

    @property
    def approximate(self) -> bool:
        """Whether the count stands in for a tokenizer that is not public."""

    def count(self, text: str) -> int:
        """Return the number of tokens of one text."""

    def count_batch(self, texts: list[str]) -> list[int]:
        """Return the number of tokens of each text."""

    def count_column(self, texts: pa.Array) -> pa.Array:
        """Return the number of tokens of each text of an Arrow array, int64, null for null."""

    def encode(self, text: str) -> list[int]:
        """Return the tokens themselves."""
