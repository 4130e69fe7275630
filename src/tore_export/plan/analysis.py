"""From a configuration to the plan of an analysis: the first stages of every job, and small tables."""

from __future__ import annotations

from collections.abc import Sequence

from tore_export.config import ExportConfig
from tore_export.plan.describe import describe
from tore_export.plan.plan import Plan
from tore_export.plan.rendering import check_format_options, limits_of, normalizing, render_options
from tore_export.sinks.analysis import AnalysisSink
from tore_export.stages.format import Format
from tore_export.stages.measure_tokens import MeasureTokens
from tore_export.stages.stage import Stage
from tore_export.storage.layout import Layout
from tore_export.tokens.manager import TokenizerManager

__all__ = ["analysis_plan", "analysis_stages", "encodings_of"]


def encodings_of(tokenizers: Sequence[str]) -> dict[str, str]:
    """Return each encoding once, with the first of the tokenizers that counts by it.

    **Raises** TokenizerError for an unknown name.

    >>> encodings_of(["gpt-4", "gpt-3.5-turbo", "gpt-4o"])
    {'cl100k_base': 'gpt-4', 'o200k_base': 'gpt-4o'}
    """
    found: dict[str, str] = {}
    for name in tokenizers:
        found.setdefault(TokenizerManager().get(name).encoding, name)
    return found


def analysis_stages(tokenizers: Sequence[str], config: ExportConfig) -> list[Stage]:
    """Return the pipeline that measures documents, in order."""
    check_format_options([config.default_format], config)
    options = render_options(config)
    counted = tuple(TokenizerManager().portable(name) for name in encodings_of(tokenizers).values())
    return [
        *normalizing(config),
        Format(config.default_format, options),
        MeasureTokens(counted, config.default_format, options),
    ]


def analysis_plan(
    paths: Sequence[str], output: str, tokenizers: Sequence[str], config: ExportConfig
) -> Plan:
    """Plan the job that measures the documents at `paths`; `output` is a folder for its facts.

    **Raises** PreflightError where the input is not there.
    """
    stages = analysis_stages(tokenizers, config)
    encodings = tuple(encodings_of(tokenizers))
    inputs, units, description, fingerprint = describe(
        paths, config, stages, {"analysis": list(encodings)}
    )
    return Plan(
        inputs=inputs,
        units=units,
        stages=tuple(stages),
        sink=AnalysisSink(Layout(output), fingerprint, encodings),
        counted=(),
        joined=(),
        shard_bytes=None,
        limits=limits_of(config),
        batch_size=config.batch_size,
        description=description,
        fingerprint=fingerprint,
    )
