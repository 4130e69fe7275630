"""What is said of chunks: their bound, what they repeat, how full they are before they end."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ChunkOptions"]


@dataclass(frozen=True, slots=True)
class ChunkOptions:
    """The options of a `Chunker` but for its tokenizer; see there."""

    max_tokens: int
    overlap: int = 0
    headings: bool = False
    table_header: bool = False
    min_fill: float = 0.9
