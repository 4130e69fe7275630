"""What must hold of the chunks of any text, by a count that knows nothing of chunks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tore_export.chunks import Chunk, Chunker
from tore_export.tokens.reference import count_reference

__all__ = ["check_chunks", "reference_of"]

REFERENCES = ("cl100k_base", "o200k_base")


def reference_of(chunker: Chunker) -> Callable[[str], int]:
    """Return tiktoken's own count where there is one, else the tokenizer's of one text alone."""
    encoding = chunker.tokenizer.encoding
    if encoding in REFERENCES:
        return lambda text: count_reference(text, encoding)
    return chunker.tokenizer.count


def check_chunks(text: str, chunks: Sequence[Chunk], chunker: Chunker) -> None:
    """Hold chunks to the bound, to exact counts, and to the text, of which nothing may be lost."""
    count = reference_of(chunker)
    assert "".join(chunk.own for chunk in chunks) == text
    place = 0
    for chunk in chunks:
        assert chunk.start == place < chunk.end
        place = chunk.end
        assert text[chunk.start : chunk.end] == chunk.own
        assert chunk.n_tokens == count(chunk.text) <= chunker.max_tokens
    assert place == len(text)
    if chunks:
        assert chunks[0].own_start == 0
