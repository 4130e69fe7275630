"""What a formatter is: two small protocols, found by name in registry.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from typing import Any, ClassVar, Protocol, cast, runtime_checkable

from tore_export.documents.columns import ElementColumns
from tore_export.errors import FormatError, nearest

__all__ = [
    "CountTokens",
    "DocumentHead",
    "Formatter",
    "TextFormatter",
    "begun",
    "check_choice",
    "files_of",
    "with_options_of",
]

CountTokens = Callable[[list[str]], list[int]]
"""Texts to their numbers of tokens; given from outside, so that formatters know no tokenizer."""


@dataclass(frozen=True, slots=True)
class DocumentHead:
    """What a formatter may say of a document beside its elements; `meta` is JSON."""

    doc_id: str | None = None
    title: str | None = None
    source: str | None = None
    language: str | None = None
    created_at: str | None = None
    meta: str | None = None


@runtime_checkable
class Formatter(Protocol):
    """Writes documents. Implementations are frozen dataclasses whose fields are the options.

    `name` finds it in the registry.
    """

    name: ClassVar[str]

    @property
    def suffix(self) -> str:
        """What the names of its files end with; mostly a constant of the class."""

    def documents(
        self,
        columns: ElementColumns,
        heads: Sequence[DocumentHead],
        count: CountTokens | None = None,
    ) -> list[str]:
        """Return the content of each document's file, with its last newline; "" if it has none.

        `heads` holds one entry a document, as `columns.counts` does. `count` is for formats that
        write numbers of tokens; without it they write null.
        """


@runtime_checkable
class TextFormatter(Formatter, Protocol):
    r"""A formatter whose documents are running text, which is what the stage `Format` needs.

    `needs_care` is a regular expression in the syntax Rust, RE2 and Python share, that matches at
    least every text which cannot be written as it is. Who has texts in Arrow finds those in one
    pass and hands `render` the others as `plain`. None where `render` has no use for it.
    """

    needs_care: ClassVar[str | None]

    def render(self, columns: ElementColumns, plain: Sequence[bool] | None = None) -> list[str]:
        r"""Return one piece of text per element; a document's pieces, joined, are its text.

        A piece begins with the newlines that separate it from what came before in its document, and
        has none at its end; the first visible piece of a document begins with its text. An element
        that is left out gives "". `plain` holds one entry an element, see `needs_care`.
        """


def with_options_of(kind: type[TextFormatter], other: Any) -> TextFormatter:
    """Return a formatter of the sort `kind`, with what `other`, one too, says of the same options."""
    own = {option.name for option in fields(other)}
    shared = [option.name for option in fields(cast("Any", kind)) if option.name in own]
    return kind(**{name: getattr(other, name) for name in shared})


def files_of(pieces: Iterable[str], counts: Sequence[int]) -> list[str]:
    r"""Return the content of each document's file from the pieces of its elements.

    >>> files_of(["a", "; b", "c", ""], [2, 1, 1])
    ['a; b\n', 'c\n', '']
    """
    stream = iter(pieces)
    texts = ("".join(islice(stream, count)) for count in counts)
    return [f"{text}\n" if text else "" for text in texts]


def begun(pieces: list[str], counts: Sequence[int]) -> list[str]:
    r"""Return `pieces` after taking the newlines before each document's first visible one.

    >>> begun(["", "\n\na", "\n\nb", "\n\nc"], [3, 1])
    ['', 'a', '\n\nb', 'c']
    """
    start = 0
    for count in counts:
        for i in range(start, start + count):
            if pieces[i]:
                pieces[i] = pieces[i].lstrip("\n")
                break
        start += count
    return pieces


def check_choice(option: str, value: object, allowed: Sequence[str], hint: str = "") -> None:
    """Raise FormatError unless an option's value is one of those allowed."""
    if value not in allowed:
        raise FormatError(
            "unknown value of a format's option",
            where=option,
            found=value,
            allowed=", ".join(allowed),
            hint=hint or nearest(str(value), allowed),
        )
