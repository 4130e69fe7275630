"""Tokenizers of a file of ranks (`*.tiktoken`, Mistral's `tekken.json`), counted by tiktoken.

A rank file holds what bytes are joined to in which order, and not how a text is cut before: that is a
regular expression which each model publishes beside it, here a *scheme* by name. A scheme is found by
the hash of a file that is known, by its name (`qwen.tiktoken`), or is said: `FILE?pattern=SCHEME`.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any, Literal, TypedDict

from tore_export.errors import TokenizerError, nearest
from tore_export.tokens.faults import faults_told
from tore_export.tokens.of_file import FileTokenizer
from tore_export.tokens.portable import PortableTokenizer
from tore_export.tokens.ranks import load_encoding, pattern_of, rank_file_hashes
from tore_export.tokens.reference import count_in_pieces, is_panic, without_surrogates

__all__ = ["SCHEMES", "RankTokenizer", "Scheme", "portable_encoding", "ranks_of", "tekken_of"]


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a text is cut before ranks are applied. **Source** the model's own tokenizer."""

    pattern: str
    normal_form: Literal["", "NFC", "NFKC"] = ""


SCHEMES = {
    # Qwen's tokenization_qwen.py: the pattern of cl100k with single digits, on text in NFC
    "qwen": Scheme(
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
        r"|\s*[\r\n]+|\s+(?!\S)|\s+",
        "NFC",
    ),
    # Llama 3's tokenizer.py
    "llama3": Scheme(
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
        r"|\s*[\r\n]+|\s+(?!\S)|\s+"
    ),
}
"""Schemes of models whose ranks are published as a file, beside tiktoken's own encodings."""

QWEN_SHA256 = "b2b1b8dfb5cc5f024bafc373121c6aba3f66f9a5a0269e243470a1de16a33186"


class _TekkenConfig(TypedDict):
    pattern: str
    default_vocab_size: int
    default_num_special_tokens: int


class _TekkenEntry(TypedDict):
    rank: int
    token_bytes: str


@dataclass(frozen=True, slots=True)
class RankTokenizer(FileTokenizer):
    """Counts tokens as `tiktoken.Encoding.encode_ordinary` makes them by the ranks of a file."""

    def __post_init__(self) -> None:
        _tiktoken_encoding(self.file)

    def count_batch(self, texts: list[str]) -> list[int]:
        """Return the number of tokens of each text."""
        known = _tiktoken_encoding(self.file)
        return [_count(text, known, self.name) for text in self._normal(texts)]

    def encode(self, text: str) -> list[int]:
        """Return the tokens themselves."""
        (normal,) = self._normal([text])
        ids: list[int] = _tiktoken_encoding(self.file).encode_ordinary(normal)
        return ids

    def _normal(self, texts: list[str]) -> list[str]:
        """Return the texts in the form that is wanted.

        By polars: Python sorts combining marks in the square of their number.
        """
        form = self.file.normal_form
        if not form or all(text.isascii() for text in texts):
            return texts
        import polars as pl

        try:
            series = pl.Series(texts, dtype=pl.String)
        except UnicodeEncodeError:
            series = pl.Series([without_surrogates(text) for text in texts], dtype=pl.String)
        normal: list[str] = series.str.normalize(form).to_list()
        return normal


def _count(text: str, known: Any, name: str) -> int:
    """Count one text, also one that tiktoken panics on; see `tokens/reference.py`."""
    try:
        return len(known.encode_ordinary(text))
    except BaseException as error:
        if not is_panic(error):
            raise
    with faults_told("tiktoken cannot count this text", name):
        return count_in_pieces(without_surrogates(text), known)


def ranks_of(content: bytes, name: str, file_name: str, scheme: str | None) -> PortableTokenizer:
    """Return the tokenizer of a rank file; `scheme` is what was said of its pattern, if anything.

    **Raises** TokenizerError where the scheme is neither said nor known, or not one there is.
    """
    hashed = sha256(content).hexdigest()
    encoding = rank_file_hashes().get(hashed, "")
    if scheme is None and encoding:
        scheme = encoding
    if scheme is None and (hashed == QWEN_SHA256 or file_name == "qwen.tiktoken"):
        scheme = "qwen"
    allowed = [*SCHEMES, *dict.fromkeys(rank_file_hashes().values())]
    if scheme is None:
        raise TokenizerError(
            "a rank file does not say how a text is cut before its ranks are applied",
            where=name,
            allowed=", ".join(allowed),
            hint=f"say it: {file_name}?pattern=NAME",
        )
    if scheme not in allowed:
        raise TokenizerError(
            "there is no such pattern",
            where=name,
            found=scheme,
            allowed=", ".join(allowed),
            hint=nearest(scheme, allowed),
        )
    if scheme in SCHEMES:
        rule = SCHEMES[scheme]
        return PortableTokenizer(name, "ranks", content, rule.pattern, rule.normal_form)
    own = encoding if scheme == encoding else ""
    return PortableTokenizer(name, "ranks", content, pattern_of(scheme), encoding=own)


def tekken_of(config: bytes, vocabulary: bytes, name: str) -> PortableTokenizer:
    """Return the tokenizer of a `tekken.json`: its ranks without the special tokens, its pattern.

    **Raises** TokenizerError where the two parts of the file have another form.
    """
    import msgspec

    try:
        said = msgspec.json.decode(config, type=_TekkenConfig)
        entries = msgspec.json.decode(vocabulary, type=list[_TekkenEntry])
    except msgspec.MsgspecError as error:
        raise TokenizerError(
            "not a tekken.json as Mistral publishes them", where=name, found=str(error)
        ) from None
    n_ranks = said["default_vocab_size"] - said["default_num_special_tokens"]
    lines = [f"{entry['token_bytes']} {entry['rank']}\n" for entry in entries[:n_ranks]]
    return PortableTokenizer(name, "ranks", "".join(lines).encode(), said["pattern"])


def portable_encoding(name: str, encoding: str) -> PortableTokenizer:
    """Return an encoding of tiktoken's with its ranks, for workers that may not have its rank file."""
    from base64 import b64encode

    known = load_encoding(encoding)
    ranks = sorted(known._mergeable_ranks.items(), key=lambda pair: pair[1])
    content = b"".join(b"%s %d\n" % (b64encode(token), rank) for token, rank in ranks)
    return PortableTokenizer(name, "ranks", content, known._pat_str, encoding=encoding)


@lru_cache(maxsize=8)
def _tiktoken_encoding(file: PortableTokenizer) -> Any:
    """Return the `tiktoken.Encoding` of these ranks, built once per process and content."""
    import tiktoken

    try:
        ranks = {
            b64decode(token, validate=True): int(rank)
            for token, rank in (line.split() for line in file.content.splitlines() if line)
        }
    except (ValueError, binascii.Error) as error:
        raise TokenizerError(
            "not a rank file, which is a line of base64 and a number for each token",
            where=file.name,
            found=str(error),
        ) from None
    # a file that is cut short ends in a half line, which is no base64, or lacks what was to follow
    if len(ranks) < 256 or not all(bytes([i]) in ranks for i in range(256)):
        raise TokenizerError(
            "a rank file without ranks for all single bytes; it may be cut short", where=file.name
        )
    with faults_told("tiktoken does not take these ranks", file.name):
        return tiktoken.Encoding(
            file.name, pat_str=file.pattern, mergeable_ranks=ranks, special_tokens={}
        )
