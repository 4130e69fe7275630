"""ExportAPI: one document in process, many as a list."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.api.documents import Elements, as_table, documents_in, table_of_one
from tore_export.api.export_result import result_of
from tore_export.api.text_engine import TextEngine, one
from tore_export.config import BatchExportOptions, ExportConfig, ExportOptions, TrainingConfig
from tore_export.errors import DocumentError
from tore_export.plan.build import dataset_stages
from tore_export.plan.describe import described_stages
from tore_export.plan.rendering import check_format_options, limits_of
from tore_export.plan.splitting import split_rules
from tore_export.results import BatchExportResult, ExportResult, TrainingDataset
from tore_export.sinks.rejects import reasons_of, rejected_rows
from tore_export.stages.score_quality import ScoreQuality
from tore_export.stages.stage import combined
from tore_export.tokens.manager import TokenizerManager

if TYPE_CHECKING:
    from tore_export.analysis.prices import PriceTable
    from tore_export.analysis.result import TokenAnalysis

__all__ = ["ExportAPI", "training_dataset_of"]


class ExportAPI:
    r"""Export parsed documents from Python.

    Elements are ours, dicts of any dialect, objects with `to_dict`, a document that holds such, a
    DoclingDocument, or the name of a file; of many documents, their list or a folder.

    >>> api = ExportAPI()
    >>> result = api.export_document([{"type": "Title", "text": "Pumps"}])
    >>> result.content, result.n_tokens
    ('# Pumps\n', 4)
    """

    def __init__(self, config: ExportConfig | None = None) -> None:
        self.config = config or ExportConfig()

    def export_document(
        self,
        elements: Elements,
        format: str = "markdown",
        options: ExportOptions | Mapping[str, Any] | None = None,
    ) -> ExportResult:
        """Render one document; options that name a template make `template` the format.

        A configuration with `token_optimization` shortens it to `max_tokens`; `optimization` of the
        result says how.

        **Raises** DocumentError where it cannot be read or shortened enough, FormatError for an
        unknown format.
        """
        engine = self._engine(options)
        if format == "markdown" and _fields(options).get("template") is not None:
            format = "template"
        engine.formatter(format)
        table = ScoreQuality()(one(engine.table(elements)))
        table, optimization = engine.within_budget(table, [format])
        return result_of(engine, table, format, optimization, count=engine.count_tokens)

    def export_batch(
        self,
        documents: Iterable[Elements] | str | os.PathLike[str],
        formats: Sequence[str],
        options: BatchExportOptions | Mapping[str, Any] | None = None,
    ) -> BatchExportResult:
        """Render each document in each format; those that cannot be read are named in `failed`.

        `documents` are several, each in any form `export_document` takes, or files that hold several;
        or the name of a folder or a file of them.

        With `filter_quality` those that score less than `min_quality_score` are named there too. With
        `token_optimization` a document is shortened once, so that its largest format fits.
        """
        engine = self._engine(options)
        check_format_options(formats, engine.config)
        filters = BatchExportOptions.model_validate(_fields(options)).filter_quality
        results: dict[str, list[ExportResult]] = {name: [] for name in formats}
        failed = []
        for number, document in enumerate(_each(documents, engine.config)):
            try:
                if isinstance(document, DocumentError):
                    raise document
                table = ScoreQuality()(engine.normalized(document))
                short, optimization = engine.within_budget(table, formats)
            except DocumentError as error:
                failed.append(f"document {number}: {error}")
                continue
            score = table["quality_score"][0].as_py()
            if filters and score < self.config.min_quality_score:
                failed.append(f"document {number}: quality score {score:.2f}")
                continue
            for name in formats:
                count = engine.count_tokens
                results[name].append(result_of(engine, short, name, optimization, count=count))
        return BatchExportResult({name: tuple(rs) for name, rs in results.items()}, tuple(failed))

    def export_for_training(
        self, elements: Elements, config: TrainingConfig | None = None
    ) -> TrainingDataset:
        """Make training records of one or many documents, in memory.

        For more than fits there use `tore-export training`, or `tore_export.api.training.dataset_run`.
        """
        config = config or TrainingConfig.model_validate(
            self.config.model_dump(exclude_defaults=True)
        )
        return training_dataset_of(as_table(elements, limits_of(config)), config)

    def get_token_analysis(
        self,
        elements: Elements,
        tokenizers: Sequence[str] | None = None,
        prices: str | PriceTable | None = None,
    ) -> TokenAnalysis:
        """Tell what documents cost in tokens, where the tokens lie, and what would save some.

        `tokenizers` are models or encodings, by default that of the configuration, whose default format
        is what is counted; `prices` is a price table or its file. For more than fits in memory use
        `tore-export analyze`, or `tore_export.api.analysis.analyze`.

        **Raises** TokenizerError for an unknown name, ConfigError for what is no price table.

        >>> found = ExportAPI().get_token_analysis([{"type": "Title", "text": "Pumps"}], ["gpt-4"])
        >>> found.models[0].tokens, found.models[0].over_context, found.models[0].input_cost
        (3, 0, 9e-05)
        """
        # no other call needs what plans an analysis, which would double a short command's imports
        from tore_export.api.analysis import analyze_elements

        return analyze_elements(elements, tokenizers or (), self.config, prices=prices)

    def _engine(self, options: ExportOptions | Mapping[str, Any] | None) -> TextEngine:
        own = {k: v for k, v in _fields(options).items() if k in ExportOptions.model_fields}
        return TextEngine(self.config.model_copy(update=own))


def training_dataset_of(table: pa.Table, config: TrainingConfig) -> TrainingDataset:
    """Return training records of documents that were read, by split."""
    stages = dataset_stages(config)
    for stage in stages:
        table = stage(table)
    rules = split_rules(config)
    if rules.is_global:
        # only these need what decides over all documents
        from tore_export.engine.decide import decided
        from tore_export.plan.against import earlier_datasets

        earlier = earlier_datasets(config.against, described_stages(stages), rules)
        table = decided(table, rules, earlier, map)
    is_live = pc.is_null(combined(table["reject"]))
    kept = table.filter(is_live)
    rejected = rejected_rows(table, pc.invert(is_live))
    failed = pc.sum(rejected["failed"]).as_py() or 0
    splits: dict[str, tuple[Mapping[str, Any], ...]] = {}
    tokens: Counter[str] = Counter()
    for split, _ in config.split_shares:
        lists = kept.filter(pc.equal(kept["split"], split))["records"]
        rows = pa.Table.from_struct_array(pc.list_flatten(lists)).to_pylist()
        splits[split] = tuple(rows)
        tokens[split] = sum(row["n_tokens"] for row in rows)
    return TrainingDataset(
        splits=splits,
        documents={
            "in": table.num_rows,
            "kept": kept.num_rows,
            "dropped": rejected.num_rows - failed,
            "failed": failed,
        },
        reasons=reasons_of(rejected),
        tokens=dict(tokens),
        tokenizer=TokenizerManager().counted_by(config.default_tokenizer),
    )


def _each(
    documents: Iterable[Elements] | str | os.PathLike[str], config: ExportConfig
) -> Iterator[pa.Table | DocumentError]:
    """Yield each document as a table of one row, or why it is none; one table is held at a time."""
    for table in _tables(documents, config):
        if isinstance(table, DocumentError):
            yield table
        else:
            yield from (table.slice(row, 1) for row in range(table.num_rows))


def _tables(
    documents: Iterable[Elements] | str | os.PathLike[str], config: ExportConfig
) -> Iterator[pa.Table | DocumentError]:
    if isinstance(documents, str | os.PathLike):
        yield from documents_in([os.fspath(documents)], config)
        return
    for number, document in enumerate(documents):
        try:
            yield table_of_one(document, limits_of(config), number)
        except DocumentError as error:
            yield error


def _fields(options: ExportOptions | Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the options that were said; unknown ones are refused by the model."""
    if options is None:
        return {}
    if isinstance(options, ExportOptions):
        return options.model_dump(exclude_unset=True)
    return BatchExportOptions.model_validate(dict(options)).model_dump(exclude_unset=True)
