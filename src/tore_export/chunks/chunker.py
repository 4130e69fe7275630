"""Cut texts into chunks of at most N tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tore_export.chunks.chunk import Chunk

if TYPE_CHECKING:
    from tore_export.tokens.tokenizer import Tokenizer

__all__ = ["Chunker"]


@dataclass(frozen=True)
class Chunker:
    """Cuts texts into chunks of at most `max_tokens` tokens by the tokenizer's own count."""

    tokenizer: Tokenizer
    max_tokens: int
    overlap: int = 0
    headings: bool = False
    table_header: bool = False
    min_fill: float = 0.75

    def chunks(
        self,
        text: str,
        blocks: Sequence[tuple[int, int]] | None = None,
        kinds: Sequence[int] | None = None,
        levels: Sequence[int | None] | None = None,
    ) -> list[Chunk]:
        """Return the chunks of a text, in order; without `blocks`, paragraphs are its blocks."""
        raise NotImplementedError

    def batch(self, texts: Sequence[str]) -> list[list[Chunk]]:
        """Return the chunks of each text."""
        raise NotImplementedError
