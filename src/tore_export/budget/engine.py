"""OptimizationEngine: documents within a budget of tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tore_export.budget.measure import measure_of
from tore_export.budget.result import OptimizationResult
from tore_export.budget.shorten import shorten
from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Element
from tore_export.errors import UsageError
from tore_export.formatters.formatter import DocumentHead
from tore_export.tokens.portable import TokenizerRef

__all__ = ["OptimizationEngine"]


class OptimizationEngine:
    """Shortens documents so that what is written of them is at most so many tokens.

    `formats` are the formats that are written, by name, or a mapping of names to their options; the
    largest of them counts. `tokenizer` counts where `optimize` is not told a model. `as_file` says
    whether the last newline of a file counts, too. docs/budgets.md says what goes first, and what is
    guaranteed.

    **Raises** FormatError for an unknown format or option, TokenizerError for an unknown model.

    >>> from tore_export.documents.schema import Kind
    >>> sentence = "The pump moves water. It has a valve. It is red. "
    >>> document = [Element(Kind.TITLE, "Pumps"), Element(Kind.PARAGRAPH, sentence * 9)]
    >>> result = OptimizationEngine().optimize(document, 24)
    >>> result.n_tokens_before, result.n_tokens, result.elements[1].text
    (130, 23, 'The pump moves water. It has a valve. It is red. The pump moves water.')
    >>> result.steps
    (OptimizationStep(name='importance', n_elements=1, tokens_saved=107),)
    """

    def __init__(
        self,
        formats: Sequence[str] | Mapping[str, Mapping[str, Any]] = ("markdown",),
        tokenizer: TokenizerRef = "gpt-3.5-turbo",
        *,
        as_file: bool = True,
    ) -> None:
        given = formats if isinstance(formats, Mapping) else {name: {} for name in formats}
        self.formats = tuple(
            (name, tuple(sorted(options.items()))) for name, options in given.items()
        )
        self.tokenizer = tokenizer
        self.as_file = as_file
        measure_of(self.formats, tokenizer, as_file=as_file)

    def optimize(
        self,
        elements: Sequence[Element],
        max_tokens: int,
        model: str | None = None,
        *,
        head: DocumentHead | None = None,
    ) -> OptimizationResult:
        """Return one document shortened to at most `max_tokens`, which may be nothing of it.

        **Raises** UsageError for what is no number from 0, DocumentError where even nothing is too much.
        """
        if not hasattr(max_tokens, "__index__") or max_tokens < 0:
            raise UsageError(
                "not a budget", where="max_tokens", found=repr(max_tokens), allowed="0 or more"
            )
        measure = measure_of(self.formats, model or self.tokenizer, as_file=self.as_file)
        columns = ElementColumns.from_elements([elements])
        found = shorten(columns, head or DocumentHead(), max_tokens, measure)
        kept = tuple(elements)
        if found.steps:
            doc_id = elements[0].doc_id
            kept = tuple(replace(e, doc_id=doc_id) for e in found.columns.to_elements()[0])
        return OptimizationResult(
            elements=kept,
            n_tokens_before=found.n_tokens_before,
            n_tokens=found.n_tokens,
            max_tokens=max_tokens,
            steps=found.steps,
            tokenizer=measure.tokenizer.name,
            approximate=measure.tokenizer.approximate,
        )
