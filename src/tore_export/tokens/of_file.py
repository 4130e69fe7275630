"""A tokenizer that is a file: what it is called and what it counts by."""

from __future__ import annotations

from dataclasses import dataclass

from tore_export.tokens.batches import CountsBatches
from tore_export.tokens.portable import PortableTokenizer

__all__ = ["FileTokenizer"]


@dataclass(frozen=True, slots=True)
class FileTokenizer(CountsBatches):
    """A base for tokenizers that count lists of texts by a file."""

    file: PortableTokenizer

    @property
    def name(self) -> str:
        """What was asked for."""
        return self.file.name

    @property
    def encoding(self) -> str:
        """The name tiktoken has for these ranks, else the kind and hash of the file."""
        return self.file.counted_by

    @property
    def approximate(self) -> bool:
        """False: the file is the tokenizer."""
        return False
