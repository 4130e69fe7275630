"""Tokenizers of a `tokenizer.json`, counted by Hugging Face's library `tokenizers`.

**What is counted.** The file's own rules (normalizer, pre-tokenizer, model) applied to the text, and
nothing else: no token is added before or after it, truncation and padding that the file asks for are
switched off, and a string that the file declares a *special* token is text like any other
(`encode_special_tokens`). Added tokens that are not special, such as runs of spaces in some models,
are part of the vocabulary and count as one.

**Threads.** The library counts a batch on all cores unless the environment says otherwise. A process
of ours is one of many: `TOKENIZERS_PARALLELISM` is set to false where it is not set at all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tore_export.tokens.extra import optional
from tore_export.tokens.faults import faults_told
from tore_export.tokens.of_file import FileTokenizer
from tore_export.tokens.portable import PortableTokenizer
from tore_export.tokens.reference import without_surrogates

__all__ = ["HuggingFaceTokenizer", "library_tokenizer"]

SLICE_CHARACTERS = 1_000_000
"""Texts are given to the library in slices of about this many characters: what it returns is large."""


@dataclass(frozen=True, slots=True)
class HuggingFaceTokenizer(FileTokenizer):
    """Counts tokens by a `tokenizer.json`, as the module's docstring says."""

    def __post_init__(self) -> None:
        library_tokenizer(self.file)

    def count_batch(self, texts: list[str]) -> list[int]:
        """Return the number of tokens of each text."""
        encode = library_tokenizer(self.file).encode_batch_fast
        counts: list[int] = []
        for batch in _slices(texts):
            found = _asked(encode, batch, self.name)
            counts += [len(encoding) for encoding in found]
        return counts

    def encode(self, text: str) -> list[int]:
        """Return the tokens themselves."""
        ids: list[int] = _asked(library_tokenizer(self.file).encode_batch_fast, [text], self.name)[
            0
        ].ids
        return ids


def _asked(encode: Any, texts: list[str], name: str) -> Any:
    with faults_told("the tokenizer cannot count this text", name):
        try:
            return encode(texts, add_special_tokens=False)
        except TypeError:  # so the library says that a text cannot be encoded as UTF-8
            return encode([without_surrogates(text) for text in texts], add_special_tokens=False)


def _slices(texts: list[str]) -> Iterator[list[str]]:
    """Yield the texts in order, as many at a time as are about SLICE_CHARACTERS long."""
    begin = size = 0
    for i, text in enumerate(texts):
        size += len(text)
        if size > SLICE_CHARACTERS:
            yield texts[begin : i + 1]
            begin, size = i + 1, 0
    if begin < len(texts):
        yield texts[begin:]


@lru_cache(maxsize=8)
def library_tokenizer(file: PortableTokenizer) -> Any:
    """Return the library's tokenizer, built once per process and content."""
    library = optional("tokenizers", file.name)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    with faults_told("not a tokenizer.json that the package tokenizers reads", file.name):
        found = library.Tokenizer.from_buffer(file.content)
    found.no_truncation()
    found.no_padding()
    found.encode_special_tokens = True
    return found
