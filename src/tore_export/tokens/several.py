"""Counts for several models at once: what models of one encoding share is counted once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tore_export.tokens.tokenizer import Tokenizer

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["count_column_for"]


def count_column_for(tokenizers: Iterable[Tokenizer], texts: pa.Array) -> list[pa.Array]:
    """Return the number of tokens of each text of an Arrow array, by each tokenizer in turn.

    Each encoding counts once, however many of the tokenizers count by it.

    **Writes** int64, null for null.

    >>> import pyarrow as pa
    >>> from tore_export.tokens.openai import OpenAITokenizer
    >>> gpt_4 = OpenAITokenizer("gpt-4", "cl100k_base")
    >>> gpt_4o = OpenAITokenizer("gpt-4o", "o200k_base")
    >>> embedding = OpenAITokenizer("text-embedding-3-large", "cl100k_base")
    >>> counts = count_column_for([gpt_4, gpt_4o, embedding], pa.array(["don't DON'T", None]))
    >>> [column.to_pylist() for column in counts]
    [[4, None], [2, None], [4, None]]
    """
    asked = list(tokenizers)
    counted = {}
    for tokenizer in asked:
        if tokenizer.encoding not in counted:
            counted[tokenizer.encoding] = tokenizer.count_column(texts)
    return [counted[tokenizer.encoding] for tokenizer in asked]
