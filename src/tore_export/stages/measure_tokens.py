"""Measure tokens: of each document, by kind of element, and what could be saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from tore_export.analysis.measure import measure, measures_schema
from tore_export.formatters.registry import FormatterRegistry
from tore_export.stages.format import Format
from tore_export.stages.stage import combined, is_live, put, spread
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.portable import TokenizerRef

__all__ = ["MeasureTokens"]


@dataclass(frozen=True)
class MeasureTokens:
    """Count the tokens of rendered documents and of their elements, for several tokenizers at once.

    `tokenizers` have an encoding each of their own. `format` and `options` are those the documents were
    rendered with: tables that were written as HTML are rendered again without, to tell what that saves.

    **Rows** 1:1; a rejected row gets null. **Reads** text, blocks, elements, reject.
    **Writes** `counts` (struct, tokens of the text by encoding), `kinds` (list, elements and tokens by
    kind), `saved` (struct, tokens by reason), `named` (list, the elements that would save most, up to
    ten a reason), `text_hash` (binary, null for an empty text).
    **Raises** TokenizerError for an unknown name.
    """

    tokenizers: tuple[TokenizerRef, ...]
    format: str = "markdown"
    options: tuple[tuple[str, Any], ...] = ()

    reads: ClassVar[tuple[str, ...]] = ("text", "blocks", "elements", "reject")
    writes: ClassVar[tuple[str, ...]] = ("counts", "kinds", "saved", "named", "text_hash")
    version: ClassVar[int] = 1

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the table with what was measured."""
        live = is_live(table)
        chosen = table.select(["text", "blocks", "elements"])
        if live.false_count:
            chosen = _chosen(chosen, live)
        tokenizers = [TokenizerManager().get(name) for name in self.tokenizers]
        found = measure(
            combined(chosen["text"]),
            combined(chosen["blocks"]),
            combined(chosen["elements"]),
            tokenizers,
            self._without_html,
        )
        for name in measures_schema([tokenizer.encoding for tokenizer in tokenizers]):
            table = put(table, name, spread(getattr(found, name), live))
        return table

    def _without_html(self, tables: pa.ListArray) -> pa.Array:
        """Render documents of one table each, with pipes where the format knows them."""
        options = dict(self.options)
        if "tables" in FormatterRegistry().options(self.format):
            options["tables"] = "pipe"
        rendered = Format(self.format, tuple(sorted(options.items())))
        return combined(
            rendered(pa.table({"elements": tables, "reject": pa.nulls(len(tables))}))["text"]
        )


def _chosen(table: pa.Table, live: pa.BooleanArray) -> pa.Table:
    """Return the live rows: without a copy where only the mark that ends a unit is none."""
    begins = live.slice(0, live.true_count)
    return table.slice(0, len(begins)) if not begins.false_count else table.filter(live)
