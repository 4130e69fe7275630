"""From a configuration to a plan. Read this to see the pipeline."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from tore_export.config import ExportConfig, TrainingConfig
from tore_export.errors import FormatError
from tore_export.formatters.registry import FormatterRegistry
from tore_export.plan.against import earlier_datasets
from tore_export.plan.describe import describe, described_stages
from tore_export.plan.plan import Plan
from tore_export.plan.rendering import (
    check_format_options,
    chunk_options,
    limits_of,
    normalizing,
    options_of,
    render_options,
    shortening,
)
from tore_export.plan.splitting import split_rules, splitting
from tore_export.stages.count_tokens import CountTokens
from tore_export.stages.filter_quality import FilterQuality
from tore_export.stages.format import Format
from tore_export.stages.render_files import RenderFiles, formatter_of
from tore_export.stages.score_quality import ScoreQuality
from tore_export.stages.stage import Stage
from tore_export.storage.layout import SUFFIXES, Layout
from tore_export.tokens.manager import TokenizerManager

# Chunk, Shorten, records and sinks are imported where they are used: a document alone needs none

__all__ = ["batch_plan", "batch_stages", "dataset_plan", "dataset_stages"]


def dataset_stages(config: TrainingConfig) -> list[Stage]:
    """Return the pipeline that makes records of documents, in order.

    Quality is scored on the elements, before they are rendered: so a score does not depend on the
    format, and marks are no words.
    """
    from tore_export.plan.recording import recording

    check_format_options([config.default_format], config)
    stages: list[Stage] = [
        *normalizing(config),
        ScoreQuality(),
        *shortening([config.default_format], config, as_file=False),
        Format(config.default_format, render_options(config)),
        CountTokens(TokenizerManager().portable(config.default_tokenizer)),
    ]
    if config.enable_filtering:
        stages.append(FilterQuality(config.min_quality_score))
    stages += [
        *recording(config),
        *splitting(split_rules(config)),
    ]
    return stages


def dataset_plan(paths: Sequence[str], output: str, config: TrainingConfig) -> Plan:
    """Plan the job that makes a dataset of the documents at `paths`.

    **Raises** PreflightError where the input is not there.
    """
    from tore_export.plan.recording import row_schema
    from tore_export.sinks.dataset import VERSION, DatasetSink

    stages = dataset_stages(config)
    layout = Layout(output)
    shard_format: str = config.shard_format
    if layout.suffix is not None:
        shard_format = dict(zip(SUFFIXES, ("jsonl", "jsonl.zst", "parquet"), strict=True))[
            layout.suffix
        ]
    shard_bytes = None if layout.is_file else config.shard_size
    sink = {
        "version": VERSION,
        "shard_format": shard_format,
        "shard_size": shard_bytes,
        "include_metadata": config.include_metadata,
    }
    rules = split_rules(config)
    earlier = earlier_datasets(config.against, described_stages(stages), rules, output)
    rules = dataclasses.replace(rules, against=tuple(found.fingerprint for found in earlier))
    inputs, units, description, fingerprint = describe(paths, config, stages, sink, rules)
    plan = Plan(
        inputs=inputs,
        units=units,
        stages=tuple(stages),
        sink=DatasetSink(layout, fingerprint, row_schema(config), shard_format),
        counted=tuple(name for name, _ in config.split_shares),
        joined=tuple(name for name, _ in config.split_shares),
        shard_bytes=shard_bytes,
        limits=limits_of(config),
        batch_size=config.batch_size,
        description=description,
        fingerprint=fingerprint,
    )
    if not rules.is_global:
        return plan
    from tore_export.plan.passes import in_two_passes

    return in_two_passes(plan, rules, earlier)


def batch_stages(
    formats: Sequence[str], config: ExportConfig, *, filter_quality: bool = False
) -> list[Stage]:
    """Return the pipeline that renders documents to files, in order.

    **Raises** FormatError for an unknown format or none.
    """
    if not formats:
        raise FormatError("no format is named", allowed=", ".join(FormatterRegistry().names()))
    check_format_options(formats, config)
    rendered = tuple((name, options_of(name, config)) for name in dict.fromkeys(formats))
    stages: list[Stage] = [*normalizing(config)]
    if filter_quality:
        stages += [ScoreQuality(), FilterQuality(config.min_quality_score)]
    stages += shortening(formats, config)
    tokenizer = TokenizerManager().portable(config.default_tokenizer)
    stages.append(RenderFiles(rendered, tokenizer, chunk_options(config)))
    return stages


def batch_plan(
    paths: Sequence[str],
    output: str,
    formats: Sequence[str],
    config: ExportConfig,
    *,
    filter_quality: bool = False,
) -> Plan:
    """Plan the job that renders each document to files of its own, in all `formats`.

    **Raises** PreflightError where the input is not there, FormatError for an unknown format or
    none.
    """
    from tore_export.sinks.documents import DocumentSink, ambiguous_names

    stages = batch_stages(formats, config, filter_quality=filter_quality)
    rendered = tuple((name, options_of(name, config)) for name in dict.fromkeys(formats))
    tokenizer = TokenizerManager().portable(config.default_tokenizer)
    sink = {"formats": [name for name, _ in rendered], "encoding": config.output_encoding}
    inputs, units, description, fingerprint = describe(paths, config, stages, sink)
    return Plan(
        inputs=inputs,
        units=units,
        stages=tuple(stages),
        sink=DocumentSink(
            Layout(output),
            fingerprint,
            tuple(
                (name, formatter_of(name, dict(options), tokenizer, chunk_options(config)).suffix)
                for name, options in rendered
            ),
            ambiguous_names([file.source for file in inputs]),
            config.output_encoding,
        ),
        counted=tuple(name for name, _ in rendered),
        joined=("manifest",),
        shard_bytes=None,
        limits=limits_of(config),
        batch_size=config.batch_size,
        description=description,
        fingerprint=fingerprint,
    )
