"""From a configuration to a plan. Read this to see the pipeline."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol, cast

import msgspec
import pyarrow as pa

from tore_export.config import ExportConfig, TrainingConfig
from tore_export.errors import FormatError
from tore_export.formatters.registry import FormatterRegistry
from tore_export.plan.against import EarlierDataset, earlier_datasets
from tore_export.plan.check import check_columns
from tore_export.plan.inputs import find_inputs
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
from tore_export.plan.units import limit_units, make_units
from tore_export.sources.limit import read
from tore_export.sources.source import VERSION as SOURCES_VERSION
from tore_export.sources.unit import InputFile, Limits, Unit
from tore_export.splits.rules import SplitRules
from tore_export.stages.count_tokens import CountTokens
from tore_export.stages.filter_quality import FilterQuality
from tore_export.stages.format import Format
from tore_export.stages.render_files import RenderFiles, formatter_of
from tore_export.stages.score_quality import ScoreQuality
from tore_export.stages.stage import Stage
from tore_export.storage.layout import SUFFIXES, Layout
from tore_export.storage.receipts import Receipt
from tore_export.tokens.manager import TokenizerManager

if TYPE_CHECKING:
    from tore_export.sinks.shards import Join, JoinReceipt

# Chunk, Shorten, records and sinks are imported where they are used: a document alone needs none

__all__ = [
    "Plan",
    "Preparation",
    "Sink",
    "batch_plan",
    "batch_stages",
    "dataset_plan",
    "dataset_stages",
    "describe",
]


class Sink(Protocol):
    """What writes a unit's rows and, at the end, joins what units wrote."""

    @property
    def layout(self) -> Layout:
        """Where it writes."""

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders of the output that it fills, other than rejects and state."""

    def write_unit(self, tables: Iterator[pa.Table]) -> Receipt:
        """Write one unit, receipt last."""

    def join(self, task: Join) -> JoinReceipt:
        """Join parts to one shard."""


@dataclass(frozen=True)
class Plan:
    """All that is to be done, before anything is: units, stages, sink.

    `counted` are the names that records are counted by, splits or formats; `joined` those of the
    parts that are joined to shards. `description` is what a resumed run must agree with;
    `fingerprint` is its hash. Where a split depends on all documents, `preparation` is what comes
    before, and the units are those it spools.
    """

    inputs: tuple[InputFile, ...]
    units: tuple[Unit, ...]
    stages: tuple[Stage, ...]
    sink: Sink
    counted: tuple[str, ...]
    joined: tuple[str, ...]
    shard_bytes: int | None
    limits: Limits
    batch_size: int
    description: dict[str, Any]
    fingerprint: str
    preparation: Preparation | None = None

    @property
    def n_bytes(self) -> int:
        """Size of the input."""
        return sum(unit.n_bytes for unit in self.units)

    def read(self, unit: Unit) -> Iterator[pa.Table]:
        """Read a unit's documents."""
        return read(unit, self.limits, self.batch_size)


@dataclass(frozen=True)
class Preparation:
    """The first of two passes: its plan writes spool and facts, and `rules` decide by them."""

    plan: Plan
    rules: SplitRules
    earlier: tuple[EarlierDataset, ...]


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
    from tore_export.sinks.dataset import DatasetSink

    stages = dataset_stages(config)
    layout = Layout(output)
    shard_format: str = config.shard_format
    if layout.suffix is not None:
        shard_format = dict(zip(SUFFIXES, ("jsonl", "jsonl.zst", "parquet"), strict=True))[
            layout.suffix
        ]
    shard_bytes = None if layout.is_file else config.shard_size
    sink = {
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


def describe(
    paths: Sequence[str],
    config: ExportConfig,
    stages: Sequence[Stage],
    sink: dict[str, Any],
    rules: SplitRules | None = None,
) -> tuple[tuple[InputFile, ...], tuple[Unit, ...], dict[str, Any], str]:
    """Return the input, its units, and what a resumed run must agree with, as data and as its hash.

    `rules` are those of splits, told where a second pass decides by them.
    """
    inputs = tuple(find_inputs(paths, config.include, config.exclude))
    units = make_units(inputs)
    limits = limits_of(config)
    if config.limit is not None:
        units = limit_units(units, config.limit, limits, config.batch_size)
    check_columns(stages)
    files = sha256()
    for file in inputs:
        files.update(f"{file.source}\0{file.size}\0{file.stamp}\n".encode())
    description: dict[str, Any] = {
        "input": {
            "n_files": len(inputs),
            "n_bytes": sum(file.size for file in inputs),
            "sha256": files.hexdigest(),
        },
        "sources": {"version": SOURCES_VERSION},
        "limits": dataclasses.asdict(limits) | {"limit": config.limit},
        "stages": described_stages(stages),
        "sink": sink,
    }
    if rules is not None and rules.is_global:
        description["splits"] = {"version": rules.version} | dataclasses.asdict(rules)
    counting = next(
        (ref for s in stages if (ref := getattr(s, "tokenizer", None)) is not None), None
    )
    if counting is not None:
        description["tokenizer"] = dataclasses.asdict(TokenizerManager().counted_by(counting))
    description = _as_written(description)
    fingerprint = sha256(msgspec.json.encode(description, order="sorted")).hexdigest()[:16]
    return inputs, units, description, fingerprint


def described_stages(stages: Sequence[Stage]) -> dict[str, Any]:
    """Return stages by name, with their options and versions."""
    return _as_written(
        {
            # a stage is a dataclass, which a protocol cannot say
            type(stage).__name__: {"version": stage.version}
            | dataclasses.asdict(cast(Any, stage), dict_factory=_described)
            for stage in stages
        }
    )


def _as_written(description: dict[str, Any]) -> dict[str, Any]:
    """Return a description as it comes back from JSON: what is compared is what was written."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(description, enc_hook=str))
    return found


def _described(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the fields of a dataclass, with bytes (a tokenizer's file) by their hash."""
    return {
        key: f"sha256:{sha256(value).hexdigest()}" if isinstance(value, bytes) else value
        for key, value in pairs
    }
