"""Tokenizers of a SentencePiece model, counted by Google's library `sentencepiece`.

**What is counted.** The pieces of the text, with the space that the model puts before it where it was
trained so; no token for beginning or end is added. Strings of control symbols (`<s>`, `</s>`) in a text
are text. Symbols that the model declares user-defined are part of its vocabulary and count as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tore_export.errors import TokenizerError
from tore_export.tokens.extra import optional
from tore_export.tokens.of_file import FileTokenizer
from tore_export.tokens.portable import PortableTokenizer
from tore_export.tokens.reference import without_surrogates

__all__ = ["SentencePieceTokenizer"]

NORMALIZER = 3
"""The number of the field `normalizer_spec` in a ModelProto, all of whose fields have a length."""


@dataclass(frozen=True, slots=True)
class SentencePieceTokenizer(FileTokenizer):
    """Counts tokens by a SentencePiece model, as the module's docstring says."""

    def __post_init__(self) -> None:
        _processor(self.file)

    def count_batch(self, texts: list[str]) -> list[int]:
        """Return the number of tokens of each text."""
        # text by text: the library's own batches are no faster in one thread, and keep all tokens
        encode = _processor(self.file).encode
        return [len(encode(_encodable(text))) for text in texts]

    def encode(self, text: str) -> list[int]:
        """Return the tokens themselves."""
        ids: list[int] = _processor(self.file).encode(_encodable(text))
        return ids


def _encodable(text: str) -> str:
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return without_surrogates(text)
    return text


@lru_cache(maxsize=8)
def _processor(file: PortableTokenizer) -> Any:
    """Return the library's processor, built once per process and content."""
    library = optional("sentencepiece", file.name)
    try:
        found = library.SentencePieceProcessor(model_proto=file.content)
        if not _is_whole(file.content):
            raise ValueError("no normalizer, which stands last")
    except (RuntimeError, ValueError) as error:
        raise TokenizerError(
            "not a SentencePiece model, or one that is cut short", where=file.name, found=str(error)
        ) from None
    return found


def _is_whole(content: bytes) -> bool:
    """Tell whether a model holds what is written last, its normalizer.

    A file that is cut between two fields is still a message of protobuf, which the library takes.
    """
    at = 0
    while at < len(content):
        field, at = content[at] >> 3, at + 1
        if field == NORMALIZER:
            return True
        size = shift = 0
        while True:
            size |= (content[at] & 0x7F) << shift
            shift, at = shift + 7, at + 1
            if content[at - 1] < 0x80:
                break
        at += size
    return False
