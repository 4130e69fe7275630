"""A format of its own: the headings of a document. It is the example of docs/extending.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from tore_export import Kind
from tore_export.documents.columns import ElementColumns
from tore_export.formatters.formatter import CountTokens, DocumentHead, begun, files_of


@dataclass(frozen=True)
class Outline:
    """A document's headings, indented by level."""

    mark: Literal["-", "*"] = "-"
    heading_offset: int = 0

    name: ClassVar[str] = "outline"
    suffix: ClassVar[str] = ".outline.txt"
    needs_care: ClassVar[str | None] = None

    def documents(
        self,
        columns: ElementColumns,
        heads: Sequence[DocumentHead],
        count: CountTokens | None = None,
    ) -> list[str]:
        """Return the content of each document's file."""
        return files_of(self.render(columns), columns.counts)

    def render(self, columns: ElementColumns, plain: Sequence[bool] | None = None) -> list[str]:
        """Return a piece of text for each element, "" for what is no heading."""
        pieces = []
        for kind, level, text in zip(columns.kinds, columns.levels, columns.texts, strict=True):
            indent = "  " * ((level or 1) - 1 + self.heading_offset)
            pieces.append(f"\n{indent}{self.mark} {text}" if kind == Kind.TITLE else "")
        return begun(pieces, columns.counts)
