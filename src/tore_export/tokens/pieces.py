"""Where the tokens of a text begin and end, for those who want to see them."""

from __future__ import annotations

from codecs import getincrementaldecoder
from itertools import pairwise
from typing import Any

from tore_export.errors import TokenizerError
from tore_export.tokens.faults import faults_told
from tore_export.tokens.openai import OpenAITokenizer
from tore_export.tokens.reference import is_panic, without_surrogates
from tore_export.tokens.tokenizer import Tokenizer

__all__ = ["token_pieces"]


def token_pieces(text: str, tokenizer: Tokenizer) -> list[str] | None:
    """Return the text cut where its tokens end; None where the tokenizer does not tell.

    A token that ends within a character is one piece with those that make up the rest of it. Known are
    the ends of tokens of tiktoken's encodings and of `tokenizer.json`.

    >>> from tore_export.tokens.manager import TokenizerManager
    >>> token_pieces("A pump's valve.", TokenizerManager().get("gpt-4"))
    ['A', ' pump', "'s", ' valve', '.']
    """
    text = without_surrogates(text)
    if isinstance(tokenizer, OpenAITokenizer):
        return _of_tiktoken(text, tokenizer)
    file = getattr(tokenizer, "file", None)
    if file is not None and file.kind == "tokenizer.json":
        return _of_offsets(text, file)
    return None


def _of_tiktoken(text: str, tokenizer: OpenAITokenizer) -> list[str] | None:
    from tore_export.tokens.ranks import load_encoding

    known: Any = load_encoding(tokenizer.encoding)
    try:
        tokens = known.encode_ordinary(text)
    except BaseException as error:
        if is_panic(error):  # a text that is counted otherwise, see reference.py
            return None
        raise
    decoder = getincrementaldecoder("utf-8")("replace")
    pieces = (decoder.decode(known.decode_single_token_bytes(token)) for token in tokens)
    return [piece for piece in pieces if piece]


def _of_offsets(text: str, file: Any) -> list[str] | None:
    from tore_export.tokens.hugging_face import library_tokenizer

    try:
        with faults_told("the tokenizer cannot cut this text", file.name):
            found = library_tokenizer(file).encode(text, add_special_tokens=False)
    except TokenizerError:
        return None
    ends = {end for _, end in found.offsets}
    bounds = [0, *sorted(end for end in ends if 0 < end < len(text)), len(text)]
    pieces = [text[start:end] for start, end in pairwise(bounds)]
    return [piece for piece in pieces if piece]
