"""A tokenizer that travels: what a stage holds, so that a worker needs no file of the user's."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Literal, TypeAlias

__all__ = ["Kind", "PortableTokenizer", "TokenizerRef"]

Kind = Literal["tokenizer.json", "sentencepiece", "ranks"]


@dataclass(frozen=True)
class PortableTokenizer:
    """A tokenizer's file as data, with the name to show for it.

    `pattern` is the regular expression that cuts text before ranks are applied, `encoding` the name
    of tiktoken's that these ranks are; both only where `kind` is `ranks`.

    >>> PortableTokenizer("mine/tokenizer.json", "tokenizer.json", b"{}")
    PortableTokenizer(name='mine/tokenizer.json', kind='tokenizer.json', pattern='', encoding='')
    """

    name: str
    kind: Kind
    content: bytes = field(repr=False)
    pattern: str = ""
    encoding: str = ""

    @cached_property
    def sha256(self) -> str:
        """The hash of the content."""
        return sha256(self.content).hexdigest()

    @property
    def counted_by(self) -> str:
        """What `Tokenizer.encoding` says: a name of tiktoken's, or the kind and hash of the file.

        >>> PortableTokenizer("mine/tokenizer.json", "tokenizer.json", b"{}").counted_by
        'tokenizer.json 44136fa355b3'
        """
        return self.encoding or f"{self.kind} {self.sha256[:12]}"


TokenizerRef: TypeAlias = str | PortableTokenizer
"""What a stage holds: a name that means the same on every worker, or the tokenizer itself."""
