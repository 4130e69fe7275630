"""What a configuration says of how documents are read, rendered and brought to their size.

The plans of all jobs, and the classes that serve one document, read it here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tore_export.config import ExportConfig
from tore_export.errors import FormatError, nearest
from tore_export.formatters.registry import FormatterRegistry
from tore_export.sources.unit import Limits
from tore_export.stages.normalize import Normalize
from tore_export.stages.stage import Stage
from tore_export.tokens.manager import TokenizerManager

if TYPE_CHECKING:
    from tore_export.chunks.options import ChunkOptions

__all__ = [
    "check_format_options",
    "chunk_options",
    "limits_of",
    "normalizing",
    "options_of",
    "render_options",
    "shortening",
]

TEMPLATE = "template"


def render_options(config: ExportConfig) -> tuple[tuple[str, Any], ...]:
    """Return the options of the formatter that the configuration's default format needs."""
    return options_of(config.default_format, config)


def options_of(name: str, config: ExportConfig) -> tuple[tuple[str, Any], ...]:
    """Return what the configuration says of the options that the formatter `name` has, as pairs."""
    said: dict[str, Any] = {
        "include_furniture": config.include_furniture,
        "images": config.images,
        "merged_cells": config.merged_cells,
        "preserve_structure": config.preserve_structure,
        "flavor": config.markdown_flavor,
        "tables": config.tables,
        "heading_offset": config.heading_offset,
        "page_marks": config.page_marks,
        "line_width": config.line_width,
        "list_indent": config.list_indent,
        "template": config.template,
        **config.format_options,
    }
    known = FormatterRegistry().options(name)
    if name == TEMPLATE:
        from tore_export.formatters.template.source import read_template

        # as data: the workers of a cluster have no such file, and its content is part of the plan
        said["template"] = read_template(config.template or "default")
    return tuple(
        sorted((name, value) for name, value in said.items() if name in known and value is not None)
    )


def check_format_options(names: Sequence[str], config: ExportConfig) -> None:
    """Check that each of `format_options` is one that some of the formats has.

    **Raises** FormatError, naming the nearest there is.
    """
    known = {option for name in names for option in FormatterRegistry().options(name)}
    for option in config.format_options:
        if option not in known:
            raise FormatError(
                "no format of this run has such an option",
                found=option,
                allowed=", ".join(sorted(known)),
                hint=nearest(option, known),
            )


def limits_of(config: ExportConfig) -> Limits:
    """Return what a document may cost, and what is kept of it because something will be written."""
    return Limits(
        config.max_document_bytes,
        config.max_elements,
        config.max_depth,
        keep_images=config.images == "embed",
        keep_html=config.markdown_flavor == "unstructured",
    )


def normalizing(config: ExportConfig) -> list[Stage]:
    """Return the stage Normalize; none for the flavour that writes each byte as unstructured does."""
    return [] if config.markdown_flavor == "unstructured" else [Normalize()]


def shortening(
    formats: Sequence[str], config: ExportConfig, *, as_file: bool = True
) -> list[Stage]:
    """Return the stage that brings documents within their budget in all `formats`, if one is wanted."""
    if not config.token_optimization or config.max_tokens is None:
        return []
    from tore_export.stages.shorten import Shorten

    written = tuple((name, options_of(name, config)) for name in dict.fromkeys(formats))
    tokenizer = TokenizerManager().portable(config.default_tokenizer)
    return [Shorten(config.max_tokens, written, tokenizer, as_file)]


def chunk_options(config: ExportConfig) -> ChunkOptions | None:
    """Return how documents are cut into chunks; None where none is, or they are shortened instead."""
    if config.token_optimization or config.max_tokens is None:
        return None
    from tore_export.chunks.options import ChunkOptions

    return ChunkOptions(
        config.max_tokens,
        config.chunk_overlap,
        config.chunk_headings,
        config.chunk_table_header,
        config.chunk_min_fill,
    )
