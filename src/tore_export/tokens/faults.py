"""Faults of the libraries that count, panics among them, as this package's errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tore_export.errors import TokenizerError
from tore_export.tokens.reference import is_panic

__all__ = ["faults_told"]


@contextmanager
def faults_told(message: str, where: str) -> Iterator[None]:
    """Let what a library raises in the block, or panics with, be a TokenizerError that says so.

    >>> with faults_told("cannot be counted", "mine"):
    ...     raise ValueError("no such piece")
    Traceback (most recent call last):
    tore_export.errors.TokenizerError: mine: cannot be counted, found no such piece
    """
    try:
        yield
    except BaseException as error:
        if not isinstance(error, Exception) and not is_panic(error):
            raise
        raise TokenizerError(message, where=where, found=str(error)) from None
