"""How many tokens are written of a document: exactly, in the formats and by the tokenizer of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tore_export.documents.columns import ElementColumns
from tore_export.formatters.formatter import (
    DocumentHead,
    Formatter,
    TextFormatter,
    with_options_of,
)
from tore_export.formatters.jsonl import JsonLines
from tore_export.formatters.markdown import Markdown
from tore_export.formatters.plaintext import PlainText
from tore_export.formatters.registry import FormatterRegistry
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.portable import TokenizerRef
from tore_export.tokens.tokenizer import Tokenizer

__all__ = ["FormatOptions", "Measure", "measure_of"]

FormatOptions = tuple[tuple[str, tuple[tuple[str, Any], ...]], ...]
"""Names of formats, each with its options as pairs."""


@dataclass(frozen=True)
class Measure:
    """Counts what is written of documents; of several formats the largest counts.

    Of running text that is the text, as the file it becomes (with its last newline) or, where
    `as_file` is false, as it is. Of JSON lines it is the texts of all lines, without their metadata.
    Of templates and formats of other packages it is the content of the file.
    """

    formatters: tuple[Formatter, ...]
    tokenizer: Tokenizer
    as_file: bool = True

    def count(self, columns: ElementColumns, head: DocumentHead) -> int:
        """Return the number of tokens that are written of one document."""
        return max(self._count(formatter, columns, head) for formatter in self.formatters)

    def count_each(self, columns: ElementColumns, heads: Sequence[DocumentHead]) -> list[int]:
        """Return the number of tokens that are written of each document."""
        each = []
        for formatter in self.formatters:
            if isinstance(formatter, TextFormatter):
                texts = self._texts(formatter, columns, heads)
                each.append(self.tokenizer.count_batch(texts))
            else:
                parts = documents_of(columns)
                each.append(
                    [
                        self._count(formatter, part, head)
                        for part, head in zip(parts, heads, strict=True)
                    ]
                )
        return [max(counts) for counts in zip(*each, strict=True)]

    def _count(self, formatter: Formatter, columns: ElementColumns, head: DocumentHead) -> int:
        if isinstance(formatter, TextFormatter):
            return self.tokenizer.count(self._texts(formatter, columns, [head])[0])
        counted = 0

        def count(texts: list[str]) -> list[int]:
            nonlocal counted
            counts = self.tokenizer.count_batch(texts)
            counted += sum(counts)
            return counts

        (content,) = formatter.documents(columns, [head], count)
        return counted if isinstance(formatter, JsonLines) else self.tokenizer.count(content)

    def _texts(
        self, formatter: TextFormatter, columns: ElementColumns, heads: Sequence[DocumentHead]
    ) -> list[str]:
        if self.as_file:
            return formatter.documents(columns, heads)
        pieces = formatter.render(columns)
        return [
            "".join(pieces[end - count : end])
            for count, end in zip(columns.counts, columns.offsets[1:], strict=True)
        ]

    def planner(self, columns: ElementColumns, head: DocumentHead) -> TextFormatter:
        """Return what writes one document about as its largest format does, a piece an element."""
        largest = max(
            self.formatters, key=lambda formatter: self._count(formatter, columns, head)
        ) if len(self.formatters) > 1 else self.formatters[0]  # fmt: skip
        if isinstance(largest, TextFormatter):
            return largest
        if isinstance(largest, JsonLines):
            kind = PlainText if largest.content == "plaintext" else Markdown
            return with_options_of(kind, largest)
        return Markdown(include_furniture=True)


def documents_of(columns: ElementColumns) -> list[ElementColumns]:
    """Return each document of `columns` as columns of its own."""
    offsets = columns.offsets
    return [
        ElementColumns([end - start], *(values[start:end] for values in columns.lists()))
        for start, end in pairwise(offsets)
    ]


def measure_of(formats: FormatOptions, tokenizer: TokenizerRef, *, as_file: bool = True) -> Measure:
    """Return the measure of formats by name.

    **Raises** FormatError for an unknown format or option, TokenizerError for an unknown model.
    """
    made = tuple(FormatterRegistry().get(name, **dict(options)) for name, options in formats)
    return Measure(made, TokenizerManager().get(tokenizer), as_file)
