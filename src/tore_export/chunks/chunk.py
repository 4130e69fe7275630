"""What a chunk is: its text, and where its own part lies in the document and in that text."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Chunk"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a document of at most so many tokens.

    `start` and `end` are the characters of the document that are this chunk's own; they lie at
    `own_start` to `own_end` of `text`. What stands before and behind is repeated: headings, a table's
    head, a fence, the end of the chunk before. `n_tokens` is the exact count of `text`.
    `first_element` and `last_element` are the places of the elements that the own part begins and
    ends in; None where it touches none.
    """

    text: str
    start: int
    end: int
    own_start: int
    own_end: int
    n_tokens: int
    first_element: int | None = None
    last_element: int | None = None

    @property
    def own(self) -> str:
        """The text without what is repeated: the chunks' own parts join to the document's text."""
        return self.text[self.own_start : self.own_end]

    def to_dict(self) -> dict[str, Any]:
        """Return the chunk as plain data."""
        return asdict(self)
