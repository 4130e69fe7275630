"""Tokenizers that other packages bring along, found by entry point."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from tore_export.errors import TokenizerError
from tore_export.tokens.batches import CountsBatches

__all__ = ["ENTRY_POINTS", "InstalledTokenizer", "installed_names"]

ENTRY_POINTS = "tore_export.tokenizers"
"""The entry-point group in which a package names its tokenizers."""


def installed_names() -> list[str]:
    """Return the names of the tokenizers that installed packages bring, in order; none is loaded."""
    return sorted(_points())


@dataclass(frozen=True, slots=True)
class InstalledTokenizer(CountsBatches):
    """A tokenizer of another package, by the name of its entry point.

    The entry point's value is an object, or a class or function that makes one when it is called
    without arguments. It has `encode(text) -> list[int]`. If it has `count_batch(texts) -> list[int]`,
    that counts; if it has `encoding` or `approximate`, they are told.

    Picklable by its name: a worker loads it from its own installation.

    **Raises** TokenizerError where the package cannot be loaded, or brings something else; and, for a
    text, where the tokenizer raises or answers something else than a number a text.
    """

    name: str

    def __post_init__(self) -> None:
        _loaded(self.name)

    @property
    def encoding(self) -> str:
        """What the package says, else where it comes from."""
        said = getattr(_loaded(self.name), "encoding", None)
        return said if isinstance(said, str) else _points()[self.name].value

    @property
    def approximate(self) -> bool:
        """What the package says, else False."""
        return bool(getattr(_loaded(self.name), "approximate", False))

    def count_batch(self, texts: list[str]) -> list[int]:
        """Return the number of tokens of each text."""
        theirs = _loaded(self.name)
        count = getattr(theirs, "count_batch", None)
        try:
            if count is None:
                return [len(theirs.encode(text)) for text in texts]
            counts = [int(n) for n in count(texts)]
        except Exception as error:
            raise self._faulty(f"{type(error).__name__}: {error}") from error
        if len(counts) != len(texts):
            raise self._faulty(f"{len(counts)} numbers for {len(texts)} texts")
        return counts

    def encode(self, text: str) -> list[int]:
        """Return the tokens themselves."""
        try:
            return [int(token) for token in _loaded(self.name).encode(text)]
        except Exception as error:
            raise self._faulty(f"{type(error).__name__}: {error}") from error

    def _faulty(self, found: str) -> TokenizerError:
        return TokenizerError(
            "the tokenizer of another package failed",
            where=self.name,
            found=found,
            hint="report it to those who make the tokenizer",
        )


@cache
def _points() -> dict[str, Any]:
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=ENTRY_POINTS)}


@lru_cache(maxsize=64)
def _loaded(name: str) -> Any:
    point = _points()[name]
    try:
        found = point.load()
        if callable(found) and (isinstance(found, type) or not hasattr(found, "encode")):
            found = found()
    except Exception as error:
        raise TokenizerError(
            "the package that brings this tokenizer cannot be loaded",
            where=name,
            found=f"{point.value}: {type(error).__name__}: {error}",
            hint="repair the package, or uninstall it",
        ) from error
    if not callable(getattr(found, "encode", None)):
        raise TokenizerError(
            "the package that brings this tokenizer has something else in its place",
            where=name,
            found=f"{point.value}: {type(found).__name__}",
            allowed="an object with encode(text) -> list[int]",
        )
    return found
