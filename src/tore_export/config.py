"""Configuration as data: frozen, closed, unknown keys refused.

The names of the fields are the keys of YAML files and, in capitals behind `TORE_EXPORT_`, of the
environment. `api/configuration.py` merges those; nothing below reads either.
"""

from __future__ import annotations

import codecs
import re
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

__all__ = [
    "BatchExportOptions",
    "ExportConfig",
    "ExportOptions",
    "Flavor",
    "Format",
    "Images",
    "TrainingConfig",
    "parse_size",
    "parse_splits",
]

Format = Literal["markdown", "plaintext", "jsonl"]
Flavor = Literal["github", "commonmark"]
Images = Literal["alt", "link", "skip"]
MergedCells = Literal["blank", "repeat"]

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_SPLIT_NAME = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*")


def parse_size(value: object) -> object:
    """Return a number of bytes for `256MB` and the like; sizes are decimal.

    >>> parse_size("256MB"), parse_size("1.5 GB"), parse_size(7)
    (256000000, 1500000000, 7)
    """
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"\s*([\d.]+)\s*([A-Za-z]*)\s*", value)
    if not found or found[2].upper() not in _UNITS or found[1].count(".") > 1:
        raise ValueError(f"not a size: {value!r}; sizes are written as 256MB, 1.5GB or bytes")
    return int(float(found[1]) * _UNITS[found[2].upper()])


def parse_splits(value: object) -> object:
    """Return a mapping for `train=0.9,test=0.1`; a mapping is returned as it is.

    >>> parse_splits("train=0.9, test=0.1")
    {'train': 0.9, 'test': 0.1}
    """
    if not isinstance(value, str):
        return value
    pairs = [part.partition("=") for part in value.split(",") if part.strip()]
    try:
        return {name.strip(): float(share) for name, _, share in pairs}
    except ValueError as error:
        raise ValueError(
            f"not splits: {value!r}; splits are written as train=0.9,validation=0.05,test=0.05"
        ) from error


def _parse_list(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return tuple(value) if isinstance(value, list) else value


Size = Annotated[int, BeforeValidator(parse_size), Field(gt=0)]
Names = Annotated[tuple[str, ...], BeforeValidator(_parse_list)]


class ExportOptions(BaseModel):
    """How one document is rendered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    markdown_flavor: Flavor = Field("github", description="dialect of Markdown that is written")
    preserve_structure: bool = Field(
        True, description="false: running text without marks of headings, lists and tables"
    )
    include_furniture: bool = Field(
        False, description="write running headers, footers and page numbers too"
    )
    images: Images = Field("alt", description="what is written of an image")
    merged_cells: MergedCells = Field(
        "blank", description="a merged cell's text stands once, or in each cell it covers"
    )
    heading_offset: int = Field(0, ge=0, le=5, description="levels that headings are moved down by")


class BatchExportOptions(ExportOptions):
    """How many documents are rendered, each to files of its own."""

    filter_quality: bool = Field(False, description="leave out documents below min_quality_score")


class ExportConfig(ExportOptions):
    """What all commands share."""

    default_format: Format = Field("markdown", description="format where none is named")
    default_tokenizer: str = Field(
        "gpt-3.5-turbo", description="model or encoding that tokens are counted for"
    )
    max_tokens: int | None = Field(None, description="not part of this version")
    token_optimization: bool = Field(False, description="not part of this version")
    min_quality_score: float = Field(
        0.7, ge=0, le=1, description="documents that score less are dropped"
    )
    enable_filtering: bool = Field(True, description="drop documents by quality at all")
    parallel_processing: bool = Field(True, description="false: never more than this process")
    max_workers: int | None = Field(None, ge=1, description="workers; null: one a core")
    batch_size: int = Field(1000, ge=1, description="most documents in one table")
    include_metadata: bool = Field(True, description="rows say where they come from")
    output_encoding: str = Field("utf-8", description="of Markdown and text files")
    max_document_bytes: Size = Field(100_000_000, description="larger documents are rejected")
    max_elements: int = Field(1_000_000, ge=1, description="documents of more are rejected")
    max_depth: int = Field(1_000, ge=1, description="documents nested deeper are rejected")
    include: Names = Field((), description="globs of files to read; none: all")
    exclude: Names = Field((), description="globs of files to leave out")
    limit: int | None = Field(None, ge=1, description="read the first N documents only")
    engine: Literal["auto", "inline", "ray"] = Field(
        "auto", description="inline: in this process; ray: on Ray; auto: by the size of the input"
    )
    address: str | None = Field(None, description="of a Ray cluster; null: a new one, here")
    check_disk: bool = Field(True, description="refuse to start without room for the output")
    max_failed_share: float = Field(
        0.5, ge=0, le=1, description="stop when more documents than this fail (after 1,000)"
    )

    @field_validator("max_tokens", "token_optimization")
    @classmethod
    def _not_yet(cls, value: object) -> object:
        if value:
            raise ValueError("token budgets are not part of this version; leave it out")
        return value

    @field_validator("output_encoding")
    @classmethod
    def _known_encoding(cls, value: str) -> str:
        try:
            return codecs.lookup(value).name
        except LookupError as error:
            raise ValueError(f"unknown encoding {value!r}, for instance utf-8, latin-1") from error


class TrainingConfig(ExportConfig):
    """What makes a dataset."""

    task: Literal["text"] = Field("text", description="what a record asks for")
    shape: Literal["text"] = Field("text", description="how a record is written")
    splits: Annotated[dict[str, float], BeforeValidator(parse_splits)] = Field(
        {"train": 0.9, "validation": 0.05, "test": 0.05}, description="names and shares, in order"
    )
    split_strategy: Literal["random", "group"] = Field(
        "random", description="random: by the text; group: by group_by"
    )
    group_by: str = Field(
        "source", description="source, folder, doc_id, title, language or a field of the document"
    )
    seed: int = Field(0, description="of the splits' hash")
    shard_format: Literal["parquet", "jsonl", "jsonl.zst"] = Field(
        "parquet", description="format of the shards"
    )
    shard_size: Size = Field(256_000_000, description="size that shards come near to")
    dedup: Literal["none"] = Field("none", description="which duplicates are dropped")

    @model_validator(mode="after")
    def _shares_add_up(self) -> TrainingConfig:
        wrong = [name for name in self.splits if not _SPLIT_NAME.fullmatch(name)]
        if wrong or "rejects" in self.splits:
            raise ValueError(
                f"splits: not a name: {(wrong or ['rejects'])[0]!r}; letters, digits and _"
            )
        if any(share < 0 for share in self.splits.values()):
            raise ValueError("splits: shares are not below 0")
        total = sum(self.splits.values())
        if abs(total - 1) > 1e-6:
            raise ValueError(f"splits: shares add up to {total:g}, not to 1")
        return self

    @property
    def split_shares(self) -> tuple[tuple[str, float], ...]:
        """Names and shares of the splits that have any."""
        return tuple((name, share) for name, share in self.splits.items() if share > 0)
