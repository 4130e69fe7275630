"""Counting one text in a process that counts no other: by what is loaded soonest."""

from __future__ import annotations

from tore_export.tokens.fast import fast_engine
from tore_export.tokens.openai import OpenAITokenizer
from tore_export.tokens.reference import count_reference
from tore_export.tokens.short_ascii import count_short_ascii
from tore_export.tokens.tokenizer import Tokenizer

__all__ = ["SHORT", "count_once"]

SHORT = 100_000
"""Characters that the reference counts in less time than it takes longer to load a fast engine."""


def count_once(text: str, tokenizer: Tokenizer) -> int:
    """Return the number of tokens of a text, as `tokenizer.count` does.

    A short one is counted by the ranks as they are written, or by the reference, unless there is an
    engine already.

    >>> from tore_export.tokens.manager import TokenizerManager
    >>> count_once("hello world", TokenizerManager().get("gpt-4"))
    2
    """
    is_loaded = fast_engine.cache_info().currsize > 0
    if is_loaded or len(text) > SHORT or not isinstance(tokenizer, OpenAITokenizer):
        return tokenizer.count(text)
    counted = count_short_ascii(text, tokenizer.encoding) if text.isascii() else None
    return count_reference(text, tokenizer.encoding) if counted is None else counted
