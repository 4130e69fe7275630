"""What makes a dataset: what records ask for, how they are written, split and stored."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from tore_export.config.export import ExportConfig
from tore_export.config.values import ListOfNames, Names, Shares, Size
from tore_export.errors import ConfigError

__all__ = ["ShapeName", "SplitStrategy", "TrainingConfig"]

ShapeName = Literal["text", "prompt_completion", "messages", "chatml", "alpaca", "sharegpt"]
SplitStrategy = Literal["random", "group", "stratified", "balanced", "temporal", "content_based"]
_SPLIT_NAME = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*")


class TrainingConfig(ExportConfig):
    """What makes a dataset."""

    task: Annotated[tuple[str, ...], ListOfNames, Field(min_length=1)] = Field(
        ("text",),
        description="what records ask for: text, continue, section, question, table, dialogue, "
        "template; several are written to one dataset",
    )
    shape: ShapeName = Field("text", description="how a record is written")
    conversational: bool = Field(
        False, description="prompt_completion holds lists of messages instead of strings"
    )
    system_prompt: str | None = Field(
        None, description="system message of each record whose shape has one"
    )
    phrases: str | None = Field(
        None, description="YAML file of the words that prompts are made of; null: those shipped"
    )
    prompt_template: str | None = Field(
        None, description="of task template: Jinja file that makes the prompt"
    )
    answer_template: str | None = Field(
        None, description="of task template: Jinja file that makes the answer"
    )
    min_prompt_tokens: int = Field(
        1, ge=1, description="records whose prompt has fewer are left out"
    )
    max_prompt_tokens: int | None = Field(
        None, ge=1, description="records whose prompt has more are left out"
    )
    min_answer_tokens: int = Field(
        2, ge=1, description="records whose answer has fewer are left out"
    )
    max_answer_tokens: int | None = Field(
        None, ge=1, description="records whose answer has more are left out"
    )
    splits: Shares = Field(
        {"train": 0.9, "validation": 0.05, "test": 0.05},
        description="names and shares, in order; they add up to 1, and one of 0 is left out",
    )
    split_strategy: SplitStrategy = Field(
        "random", description="what decides on which side a document lands"
    )
    group_by: str | None = Field(
        None,
        description="source, folder, doc_id, title, language or a field of the document, whose "
        "documents stay together; null: none, or source where the strategy is group",
    )
    stratify_by: str = Field(
        "language",
        description="as group_by; with strategy stratified the documents of each value are split alike",
    )
    exact_ratios: bool = Field(
        False, description="shares hold exactly, not on the average; takes a second pass"
    )
    near_duplicates: float | None = Field(
        None,
        gt=0,
        le=1,
        description="documents at least so similar stay on one side; takes a second pass",
    )
    against: Names = Field(
        (), description="datasets made before, whose documents keep their side; takes a second pass"
    )
    check_leaks: bool = Field(True, description="read the dataset back and look for leaks")
    seed: int = Field(0, description="of the splits' hash")
    shard_format: Literal["parquet", "jsonl", "jsonl.zst"] = Field(
        "parquet", description="format of the shards; the suffix of a file output wins"
    )
    shard_size: Size = Field(
        256_000_000, description="size that shards come near to; a file output is one shard a split"
    )
    dedup: Literal["none"] = Field(
        "none", description="which duplicates are dropped; only none in this version"
    )
    dataset_name: str | None = Field(
        None, description="title of the card, key of dataset_info.json"
    )
    license: str | None = Field(None, description="licence that the card states, as cc-by-4.0")
    report: bool = Field(True, description="write report.html, pictures and samples of the run")

    @field_validator("splits")
    @classmethod
    def _shares_add_up(cls, splits: dict[str, float]) -> dict[str, float]:
        wrong = [name for name in splits if not _SPLIT_NAME.fullmatch(name)]
        if wrong or "rejects" in splits:
            raise ValueError(f"not a name: {(wrong or ['rejects'])[0]!r}; letters, digits and _")
        if any(share < 0 for share in splits.values()):
            raise ValueError("shares are not below 0")
        total = sum(splits.values())
        if abs(total - 1) > 1e-6:
            raise ValueError(f"shares add up to {total:g}, not to 1")
        return splits

    @model_validator(mode="after")
    def _tasks_fit(self) -> TrainingConfig:
        # a ValueError would pass by what makes it one of ours: that is around the model, this after it
        if len(set(self.task)) < len(self.task):
            raise ConfigError("task: each is named once")
        if self.task != ("text",) and "text" in self.task and self.shape != "text":
            raise ConfigError("task: text has no prompt; it is written in shape text only")
        if self.task == ("text",) and self.shape != "text":
            raise ConfigError(
                f"shape: {self.shape} needs a prompt and an answer, and task text has none; "
                "name a task, as section"
            )
        if self.task == ("dialogue",) and self.shape == "text":
            raise ConfigError("shape: a dialogue is no running text; name another, as messages")
        templates = (self.prompt_template, self.answer_template)
        if ("template" in self.task) != all(templates) or any(templates) != all(templates):
            raise ConfigError("task: template needs prompt_template and answer_template")
        if self.conversational and self.shape != "prompt_completion":
            raise ConfigError("conversational: only shape prompt_completion has both forms")
        return self

    @property
    def split_shares(self) -> tuple[tuple[str, float], ...]:
        """Names and shares of the splits that have any."""
        return tuple((name, share) for name, share in self.splits.items() if share > 0)
