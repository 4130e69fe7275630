"""TextEngine: elements in, a processed document out: normalized, scored, rendered, counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from tore_export.api.documents import Elements, as_table, first_failure
from tore_export.config import ExportConfig, ExportOptions
from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Element
from tore_export.errors import UsageError
from tore_export.formatters.formatter import Formatter
from tore_export.plan.rendering import (
    check_format_options,
    chunk_options,
    limits_of,
    normalizing,
    options_of,
)
from tore_export.results import CountedBy
from tore_export.stages.render_files import formatter_of, heads_of
from tore_export.stages.score_quality import ScoreQuality
from tore_export.stages.stage import combined, put
from tore_export.tokens.manager import TokenizerManager

if TYPE_CHECKING:
    from tore_export.budget.result import OptimizationResult

__all__ = ["ProcessedDocument", "TextEngine"]

_KEYS = {"flavor": "markdown_flavor"}


@dataclass(frozen=True)
class ProcessedDocument:
    """One document as the pipeline sees it after its first stages.

    `quality_score` lies in [0, 1]; `signals` are those of docs/quality.md, null where one does not
    apply.
    """

    doc_id: str
    title: str | None
    elements: tuple[Element, ...]
    quality_score: float
    signals: Mapping[str, float | None]
    warnings: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the document as plain data."""
        return asdict(self)


class TextEngine:
    r"""Process single documents in this process, with the stages that a run over millions has.

    >>> engine = TextEngine()
    >>> engine.render([{"type": "Title", "text": "Pumps"}], "markdown")
    '# Pumps\n'
    """

    def __init__(self, config: ExportConfig | None = None) -> None:
        self.config = config or ExportConfig()

    def table(self, documents: Elements) -> pa.Table:
        """Return documents as a table of the schema DOCUMENT, normalized where the flavour allows.

        **Raises** DocumentError for the first that cannot be read.
        """
        return self.normalized(as_table(documents, limits_of(self.config)))

    def normalized(self, table: pa.Table) -> pa.Table:
        """Return documents that were read as the other methods want them. **Raises** as `table`."""
        failure = first_failure(table)
        if failure is not None:
            raise failure
        for stage in normalizing(self.config):
            table = stage(table)
        return table

    def process(self, elements: Elements) -> ProcessedDocument:
        """Normalize and score one document."""
        table = ScoreQuality()(one(self.table(elements)))
        row = table.select(["doc_id", "title", "quality_score", "signals", "warnings"]).to_pylist()
        return ProcessedDocument(
            doc_id=row[0]["doc_id"],
            title=row[0]["title"],
            elements=tuple(ElementColumns.from_arrow(table["elements"]).to_elements()[0]),
            quality_score=row[0]["quality_score"],
            signals=row[0]["signals"],
            warnings=row[0]["warnings"],
        )

    def render(self, elements: Elements, name: str, **options: Any) -> str:
        """Return the content of one document's file in the format `name`.

        **Raises** FormatError for an unknown format or option, DocumentError for a document that cannot
        be shortened enough or cut.
        """
        # some options change what is kept of a document when it is read
        said = {_KEYS.get(key, key): value for key, value in options.items()}
        known = {key: value for key, value in said.items() if key in ExportOptions.model_fields}
        own = TextEngine(self.config.model_copy(update=known))
        options.pop("template", None)  # it is part of the configuration, which reads it
        table, _ = own.within_budget(one(own.table(elements)), [name], **options)
        return own.render_table(table, name, **options)[0]

    def within_budget(
        self, table: pa.Table, formats: Sequence[str], **options: Any
    ) -> tuple[pa.Table, OptimizationResult | None]:
        """Return one document shortened to the configured budget in all formats, and what was done.

        Without `token_optimization` it is as it was, and nothing was done.

        **Raises** DocumentError for one that cannot be shortened enough.
        """
        if not self.config.token_optimization or self.config.max_tokens is None:
            return table, None
        from tore_export.budget.engine import OptimizationEngine

        written = {
            name: dict(options_of(name, self.config)) | options for name in dict.fromkeys(formats)
        }
        engine = OptimizationEngine(written, self.config.default_tokenizer)
        columns = ElementColumns.from_arrow(combined(table["elements"]))
        result = engine.optimize(
            columns.to_elements()[0], self.config.max_tokens, head=heads_of(table)[0]
        )
        if result.steps:
            shortened = ElementColumns.from_elements([result.elements]).to_arrow()
            table = put(table, "elements", shortened)
        return table, result

    def render_table(self, table: pa.Table, name: str, **options: Any) -> list[str]:
        """Return the content of each document's file."""
        formatter = self._formatter(name, options)
        columns = ElementColumns.from_arrow(combined(table["elements"]))
        count = TokenizerManager().get(self.config.default_tokenizer).count_batch
        return formatter.documents(columns, heads_of(table), count)

    def formatter(self, name: str) -> Formatter:
        """Return the formatter `name` as configured. **Raises** FormatError where there is none."""
        check_format_options([name], self.config)
        return self._formatter(name, {})

    def _formatter(self, name: str, options: Mapping[str, Any]) -> Formatter:
        return formatter_of(
            name,
            {**dict(options_of(name, self.config)), **options},
            self.config.default_tokenizer,
            chunk_options(self.config),
        )

    def count_tokens(self, text: str, model: str | None = None) -> int:
        """Return the number of tokens of `text`, exact, or approximate where `counted_by` says so."""
        return TokenizerManager().get(model or self.config.default_tokenizer).count(text)

    def count_once(self, text: str) -> int:
        """Return what `count_tokens` does, sooner where this process counts nothing else."""
        from tore_export.tokens.once import count_once

        return count_once(text, TokenizerManager().get(self.config.default_tokenizer))

    def counted_by(self, model: str | None = None) -> CountedBy:
        """Return which tokenizer `count_tokens` counts by."""
        return TokenizerManager().counted_by(model or self.config.default_tokenizer)


def one(table: pa.Table) -> pa.Table:
    """Return a table that holds one document.

    **Raises** UsageError where it holds several or none.
    """
    if table.num_rows != 1:
        raise UsageError(
            "one document is asked for",
            found=f"{table.num_rows} documents",
            hint="use export_batch, or `tore-export batch` on the command line",
        )
    return table
