"""What all commands share."""

from __future__ import annotations

import codecs
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from tore_export.config.rendering import ExportOptions
from tore_export.config.values import Names, Size
from tore_export.config.workflow import WorkflowConfig, parse_workflow

__all__ = ["ExportConfig"]


class ExportConfig(ExportOptions):
    """What all commands share."""

    default_format: str = Field(
        "markdown",
        description="one that `tore-export formats` lists; of datasets, what text is rendered as",
    )
    default_tokenizer: str = Field(
        "gpt-3.5-turbo",
        description="what counts tokens: a model, an encoding, a tokenizer's file or folder, or "
        "org/name of the Hugging Face hub",
    )
    max_tokens: int | None = Field(
        None,
        ge=8,
        description="most tokens of a record; longer documents are cut into chunks, or with "
        "token_optimization shortened",
    )
    token_optimization: bool = Field(
        False, description="shorten documents to max_tokens, instead of cutting them into chunks"
    )
    chunk_overlap: int = Field(
        0,
        ge=0,
        description="most tokens of a chunk that its successor begins with; at most half of max_tokens",
    )
    chunk_headings: bool = Field(
        False, description="each chunk begins with the headings it stands under"
    )
    chunk_table_header: bool = Field(
        False,
        description="the parts of a table that was cut begin with its head, of code with its fence",
    )
    chunk_min_fill: float = Field(
        0.9,
        ge=0,
        le=1,
        description="the more, the fuller chunks are, and the fewer end by structure; 1 fills all",
    )
    min_quality_score: float = Field(
        0.7, ge=0, le=1, description="documents that score less are dropped"
    )
    enable_filtering: bool = Field(
        True, description="of datasets: drop documents by quality at all"
    )
    parallel_processing: bool = Field(
        True, description="false: engine auto takes Ray only where an address is given"
    )
    max_workers: int | None = Field(None, ge=1, description="tasks at a time; null: one a core")
    batch_size: int = Field(
        1000,
        ge=1,
        description="most documents in one table; changes memory and speed, never the output",
    )
    include_metadata: bool = Field(True, description="rows say where they come from")
    output_encoding: str = Field(
        "utf-8", description="of Markdown and text files; what it cannot hold becomes &#…;"
    )
    max_document_bytes: Size = Field(100_000_000, description="larger documents are rejected")
    max_elements: int = Field(
        1_000_000, ge=1, description="documents of more elements are rejected"
    )
    max_depth: int = Field(
        1_000, ge=1, description="documents whose JSON or HTML is nested deeper are rejected"
    )
    include: Names = Field((), description="globs of files to read; none: all")
    exclude: Names = Field((), description="globs of files to leave out")
    limit: int | None = Field(
        None, ge=1, description="read the first N documents only, in input order"
    )
    engine: Literal["auto", "inline", "ray"] = Field(
        "auto", description="inline: in this process; ray: on Ray; auto: by the size of the input"
    )
    address: str | None = Field(
        None, description="of a Ray cluster, host:port or auto; null: a new one on this machine"
    )
    check_disk: bool = Field(
        True, description="refuse to start with less free space than the input is large"
    )
    max_failed_share: float = Field(
        0.5, ge=0, le=1, description="stop when more of the documents fail, once 1,000 were read"
    )
    workflow: Annotated[WorkflowConfig, BeforeValidator(parse_workflow)] = Field(
        WorkflowConfig(), description="of an ExportWorkflow: what it reads, writes, when it ends"
    )

    @model_validator(mode="before")
    @classmethod
    def _template_is_a_format(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("template") is not None:
            return {"default_format": "template", **values}
        return values

    @field_validator("token_optimization")
    @classmethod
    def _optimization_has_a_budget(cls, value: bool, info: ValidationInfo) -> bool:
        if value and info.data.get("max_tokens") is None:
            raise ValueError("needs max_tokens, the budget")
        return value

    @field_validator("chunk_overlap")
    @classmethod
    def _overlap_leaves_room(cls, value: int, info: ValidationInfo) -> int:
        most = info.data.get("max_tokens")
        if value and most is None:
            raise ValueError("needs max_tokens, which documents are cut at")
        if value > (most or 0) // 2:
            raise ValueError(f"at most half of max_tokens, which is {most}")
        return value

    @field_validator("output_encoding")
    @classmethod
    def _known_encoding(cls, value: str) -> str:
        try:
            return codecs.lookup(value).name
        except LookupError as error:
            raise ValueError(f"unknown encoding {value!r}, for instance utf-8, latin-1") from error
