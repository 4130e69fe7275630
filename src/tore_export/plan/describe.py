"""What a resumed run must agree with: input, stages, limits and sink as data, and the hash of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, cast

import msgspec

from tore_export.config import ExportConfig
from tore_export.plan.check import check_columns
from tore_export.plan.inputs import find_inputs
from tore_export.plan.rendering import limits_of
from tore_export.plan.units import limit_units, make_units
from tore_export.sources.source import VERSION as SOURCES_VERSION
from tore_export.sources.unit import InputFile, Unit
from tore_export.splits.rules import SplitRules
from tore_export.stages.stage import Stage
from tore_export.tokens.manager import TokenizerManager

__all__ = ["describe", "described_stages"]


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
