"""What a configuration says of training records: what they ask for, how they are written and bounded."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pyarrow as pa

from tore_export.config import ShapeName, TrainingConfig
from tore_export.plan.rendering import chunk_options, options_of
from tore_export.records.row import disk_schema
from tore_export.records.rules import Bounds
from tore_export.records.shapes.registry import shape_named
from tore_export.records.tasks.registry import task_named
from tore_export.stages.stage import Stage
from tore_export.stages.to_records import ToRecords
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.portable import TokenizerRef

if TYPE_CHECKING:
    from tore_export.formatters.template.formatter import Template

__all__ = ["recording", "row_schema"]


def recording(config: TrainingConfig) -> list[Stage]:
    """Return the stages that make records of rendered documents.

    Task text has its documents cut into chunks where records have a bound, unless they were shortened to
    it; other tasks cut what they need to, since a prompt takes its part of the bound.

    **Raises** ConfigError for a task or shape that is not known, and for phrases that are none;
    TemplateError for a template that is none.
    """
    for name in config.task:
        task_named(name)
    tokenizer = TokenizerManager().portable(config.default_tokenizer)
    chunking = _chunking(config, tokenizer) if "text" in config.task else []
    if config.task == ("text",) and config.shape == "text":
        return [
            *chunking,
            ToRecords(include_metadata=config.include_metadata, from_chunks=bool(chunking)),
        ]
    from tore_export.records.phrases import read_phrases, shipped_phrases

    bound = chunk_options(config.model_copy(update={"token_optimization": False}))
    records = ToRecords(
        config.task,
        config.shape,
        config.include_metadata,
        from_chunks=bool(chunking),
        conversational=config.conversational,
        system_prompt=config.system_prompt,
        tokenizer=tokenizer,
        chunking=bound,
        bounds=Bounds(
            config.min_prompt_tokens,
            config.max_prompt_tokens,
            config.min_answer_tokens,
            config.max_answer_tokens,
        ),
        phrases=shipped_phrases() if config.phrases is None else read_phrases(config.phrases),
        prompt_template=_template(config.prompt_template, config),
        answer_template=_template(config.answer_template, config),
    )
    return [*chunking, records]


def row_schema(config: TrainingConfig) -> pa.Schema:
    """Return the columns of a row on disk."""
    shape: ShapeName = config.shape
    made = shape_named(
        shape, conversational=config.conversational, system_prompt=config.system_prompt
    )
    return disk_schema(made.schema, config.include_metadata)


def _chunking(config: TrainingConfig, tokenizer: TokenizerRef) -> list[Stage]:
    """Return the stage Chunk where records have a bound; documents that were shortened keep it."""
    options = chunk_options(config)
    if options is None:
        return []
    from tore_export.stages.chunk import Chunk

    return [Chunk(tokenizer, **dataclasses.asdict(options))]


def _template(path: str | None, config: TrainingConfig) -> Template | None:
    """Return a template, read as data: the workers of a cluster have no such file."""
    if path is None:
        return None
    from tore_export.formatters.template.formatter import Template

    return Template(**dict(options_of("template", config.model_copy(update={"template": path}))))
