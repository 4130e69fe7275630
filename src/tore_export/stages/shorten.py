"""Shorten: documents that are over a budget of tokens are brought within it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.budget.measure import FormatOptions, Measure, documents_of, measure_of
from tore_export.budget.result import STEPS
from tore_export.budget.shorten import Shortened, shorten
from tore_export.documents.columns import ElementColumns
from tore_export.documents.dialogues import are_dialogues
from tore_export.errors import DocumentError, TemplateError
from tore_export.formatters.formatter import DocumentHead
from tore_export.stages.render_files import HEAD, heads_of
from tore_export.stages.stage import combined, is_live, put, reject, spread
from tore_export.tokens.portable import TokenizerRef

__all__ = ["SHORTENED", "Shorten"]

SHORTENED = pa.struct(
    [pa.field("before", pa.int64()), pa.field("after", pa.int64())]
    + [pa.field(name, pa.int64()) for name in STEPS]
)
"""Tokens of a document before and after, and what each step saved; null for one within its budget."""


@dataclass(frozen=True)
class Shorten:
    """Shorten each document so that what is written of it is at most `max_tokens`.

    `formats` are those that are written, names with their options as pairs; the largest one counts.
    `as_file` says whether the last newline of a file counts, too. docs/budgets.md says what goes first.

    **Rows** 1:1. One that cannot be shortened enough is rejected by the rule `over_budget`. So is, of a
    dataset, a dialogue: without some of its turns it would be another one.
    **Reads** elements, what HEAD names, reject.
    **Writes** `elements`, `shortened` (see SHORTENED), `reject`.
    **Raises** FormatError for an unknown format or option, TokenizerError for an unknown model.
    """

    max_tokens: int
    formats: FormatOptions = (("markdown", ()),)
    tokenizer: TokenizerRef = "gpt-3.5-turbo"
    as_file: bool = True

    reads: ClassVar[tuple[str, ...]] = ("elements", *HEAD, "reject")
    writes: ClassVar[tuple[str, ...]] = ("elements", "shortened", "reject")
    version: ClassVar[int] = 1

    def __post_init__(self) -> None:
        _measure(self.formats, self.tokenizer, self.as_file)

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the table with documents within their budget."""
        live = is_live(table)
        chosen = table.filter(live) if live.false_count else table
        measure = _measure(self.formats, self.tokenizer, self.as_file)
        heads = heads_of(chosen)
        elements = combined(chosen["elements"])
        columns = ElementColumns.from_arrow(elements)
        counts = _counts(measure, columns, heads)
        # of a dataset; who renders a dialogue to read it may have it shorter
        spoken = are_dialogues(elements) & (not self.as_file)
        documents = documents_of(columns)
        facts: list[dict[str, int] | None] = [None] * len(heads)
        rejects: dict[int, dict[str, Any]] = {}
        shortened: dict[int, ElementColumns] = {}
        for at, count in enumerate(counts):
            if count is None or count <= self.max_tokens:
                continue
            if spoken[at]:
                rejects[at] = self._over_budget(count, "a dialogue is kept as it is, or not at all")
                continue
            try:
                found = shorten(documents[at], heads[at], self.max_tokens, measure, count)
            except (DocumentError, TemplateError) as error:
                detail = str(error)[:500]
                rejects[at] = self._over_budget(count, detail) | {
                    "failed": True,
                    "rule": error.rule,
                }
                continue
            shortened[at] = found.columns
            facts[at] = _fact(found)
        if shortened:
            everything = _replaced(elements, shortened)
            if live.false_count:
                everything = _among(combined(table["elements"]), everything, live)
            table = put(table, "elements", everything)
        table = put(table, "shortened", spread(pa.array(facts, SHORTENED), live))
        if rejects:
            places = pc.indices_nonzero(live).to_pylist()
            entries: list[dict[str, Any] | None] = [None] * table.num_rows
            for at, entry in rejects.items():
                entries[places[at]] = entry
            table = reject(table, entries)
        return table

    def _over_budget(self, count: int, detail: str) -> dict[str, Any]:
        return {
            "failed": False,
            "stage": "shorten",
            "rule": "over_budget",
            "value": float(count),
            "threshold": float(self.max_tokens),
            "detail": detail,
        }


@lru_cache(maxsize=16)
def _measure(formats: FormatOptions, tokenizer: TokenizerRef, as_file: bool) -> Measure:
    return measure_of(formats, tokenizer, as_file=as_file)


def _counts(
    measure: Measure, columns: ElementColumns, heads: list[DocumentHead]
) -> list[int | None]:
    """Return the tokens of each document; None for one that a template fails on: rendering says so."""
    try:
        return list(measure.count_each(columns, heads))
    except TemplateError:
        counts: list[int | None] = []
        for document, head in zip(documents_of(columns), heads, strict=True):
            try:
                counts.append(measure.count(document, head))
            except TemplateError:
                counts.append(None)
        return counts


def _fact(found: Shortened) -> dict[str, int]:
    saved = dict.fromkeys(STEPS, 0) | {step.name: step.tokens_saved for step in found.steps}
    return {"before": found.n_tokens_before, "after": found.n_tokens, **saved}


def _replaced(elements: pa.ListArray, by: dict[int, ElementColumns]) -> pa.ListArray:
    """Return `elements` with some documents' replaced."""
    new = pa.concat_arrays([elements, *(columns.to_arrow() for columns in by.values())])
    places = list(range(len(elements)))
    for number, at in enumerate(by):
        places[at] = len(elements) + number
    return new.take(pa.array(places, pa.int64()))


def _among(old: pa.ListArray, new: pa.ListArray, live: pa.Array) -> pa.ListArray:
    """Return the live rows of `old` replaced by `new`."""
    places = pc.if_else(
        live,
        pc.add(pc.cumulative_sum(pc.cast(live, pa.int64())), len(old) - 1),
        pa.array(range(len(old)), pa.int64()),
    )
    return pa.concat_arrays([old, new]).take(places)
