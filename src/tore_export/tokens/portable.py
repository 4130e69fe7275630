"""A tokenizer that travels: what a stage holds, so that a worker needs no file of the user's."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Literal, TypeAlias

__all__ = ["PortableTokenizer", "TokenizerKind", "TokenizerRef"]

TokenizerKind: TypeAlias = Literal["tokenizer.json", "sentencepiece", "ranks"]


@dataclass(frozen=True)
class PortableTokenizer:
    """A tokenizer's file as data, with the name to show for it.

    Ranks need more than their file: `pattern` is the regular expression that cuts a text before they
    are applied, `normal_form` the Unicode form it is brought to first, if any, and `encoding` the name
    that tiktoken has for them, if any.

    >>> PortableTokenizer("mine/tokenizer.json", "tokenizer.json", b"{}").counted_by
    'tokenizer.json 44136fa355b3'
    """

    name: str
    kind: TokenizerKind
    content: bytes = field(repr=False)
    pattern: str = ""
    normal_form: Literal["", "NFC", "NFKC"] = ""
    encoding: str = ""

    @cached_property
    def sha256(self) -> str:
        """The hash of the content."""
        return sha256(self.content).hexdigest()

    @property
    def counted_by(self) -> str:
        """What `Tokenizer.encoding` says: a name of tiktoken's, or the kind and hash of the file."""
        return self.encoding or f"{self.kind} {self.sha256[:12]}"


TokenizerRef: TypeAlias = str | PortableTokenizer
"""What a stage holds: a name that means the same on every worker, or the tokenizer itself."""
