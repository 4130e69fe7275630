"""Code of a page that has begun: blocks that follow may still belong to it."""

from __future__ import annotations

from collections.abc import Sequence

from tore_export.sources.text.code import dedented

__all__ = ["OpenCode"]


class OpenCode:
    r"""Gathers blocks of code, and remembers where code was announced.

    Blocks that follow one another are one piece of code with the blank lines between them.

    >>> text = "    if a:\n\n        b()\n"
    >>> code = OpenCode(text)
    >>> code.append(["    if a:"], 0)
    >>> code.append(["        b()"], 11)
    >>> code.take()
    ('if a:\n\n    b()', None)
    """

    __slots__ = ("_announced_at", "_end", "_language", "_lines", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines: list[str] = []
        self._end = 0
        self._language: str | None = None
        self._announced_at: int | None = None

    def announce(self, indent: int, language: str | None = None) -> None:
        """Expect what follows to be code where it is indented deeper than this."""
        self._announced_at = indent
        self._language = language

    def is_announced(self, indent: int) -> bool:
        """Tell whether a block with this least indentation is announced; one that is not ends that."""
        if self._announced_at is not None and indent <= self._announced_at:
            self._announced_at = None
        return self._announced_at is not None

    def append(self, lines: Sequence[str], start: int, language: str | None = None) -> None:
        """Append the block that begins at this place of the page."""
        if self._lines:
            self._lines += [""] * (self._text.count("\n", self._end, start) - 1)
        else:
            self._language = language or self._language
        self._lines += lines
        self._end = start + sum(map(len, lines)) + len(lines) - 1

    def take(self) -> tuple[str, str | None] | None:
        """Return the code there is and its language, and begin anew; None if there is none."""
        if not self._lines:
            return None
        found = dedented(self._lines), self._language
        self._lines, self._language = [], None
        return found
