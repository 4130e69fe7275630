"""Configuration as data: frozen, closed, unknown keys refused.

The names of the fields are the keys of YAML files and, in capitals behind `TORE_EXPORT_`, of the
environment. `api/configuration.py` merges those; nothing below reads either.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from tore_export.errors import ConfigError, nearest

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = [
    "FLAVORS",
    "BatchExportOptions",
    "ExportConfig",
    "ExportOptions",
    "Flavor",
    "Images",
    "MergedCells",
    "PageMarks",
    "ShapeName",
    "SplitStrategy",
    "Tables",
    "TrainingConfig",
    "WorkflowConfig",
    "faults_of",
    "parse_options",
    "parse_size",
    "parse_splits",
]

Flavor = Literal["github", "commonmark", "academic", "unstructured"]
FLAVORS = {
    "github": "CommonMark with GFM's tables, task lists and strike-through, formulas in dollars",
    "commonmark": "CommonMark and nothing else: tables are HTML",
    "academic": "github with citations, numbered captions and formulas on lines of their own",
    "unstructured": "byte for byte what unstructured's elements_to_md writes",
}
"""Each flavour of Markdown in a few words."""

Images = Literal["alt", "link", "embed", "skip"]
MergedCells = Literal["blank", "repeat"]
PageMarks = Literal["none", "comment", "rule"]
Tables = Literal["auto", "pipe", "html"]

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


def parse_options(value: object) -> object:
    """Return a mapping for `lines=element,mark=*`, or a list of such; a mapping is returned as it is.

    Values are read as JSON where they are JSON, so that numbers and `true` are what they look like.

    >>> parse_options(["lines=element", "depth=2"])
    {'lines': 'element', 'depth': 2}
    """
    if isinstance(value, str):
        value = [part for part in value.split(",") if part.strip()]
    if not isinstance(value, list | tuple):
        return value
    found: dict[str, object] = {}
    for pair in value:
        name, sign, said = str(pair).partition("=")
        if not sign or not name.strip():
            raise ValueError(f"not an option: {pair!r}; options are written as name=value")
        try:
            found[name.strip()] = json.loads(said)
        except ValueError:
            found[name.strip()] = said
    return found


def _parse_list(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return tuple(value) if isinstance(value, list) else value


ShapeName = Literal["text", "prompt_completion", "messages", "chatml", "alpaca", "sharegpt"]
SplitStrategy = Literal["random", "group", "stratified", "balanced", "temporal", "content_based"]

Plain = str | int | float | bool | None
# what a validator takes beside its type is said for the JSON Schema, by which editors check files
Size = Annotated[int, BeforeValidator(parse_size, json_schema_input_type=int | str), Field(gt=0)]
ListOfNames = BeforeValidator(_parse_list, json_schema_input_type=list[str] | str)
Names = Annotated[tuple[str, ...], ListOfNames]


Model = TypeVar("Model", bound="Closed")


class Closed(BaseModel):
    """A frozen model whose unknown keys and wrong values are ConfigErrors, however it is made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="wrap")
    @classmethod
    def _refuse(
        cls: type[Model],
        values: Any,
        make: ModelWrapValidatorHandler[Model],
        info: ValidationInfo,
    ) -> Model:
        try:
            return make(values)
        except ValidationError as error:
            faults = [_told(one, cls) for one in error.errors(include_url=False)]
            if info.context is not None:
                info.context["faults"] = faults
            raise faults[0] from error


def _told(error: ErrorDetails, model: type[BaseModel]) -> ConfigError:
    """Return a fault of a model; its message begins with the key."""
    key = str(error["loc"][0]) if error["loc"] else ""
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        return ConfigError(f"{key}: no such key", hint=nearest(key, model.model_fields))
    return ConfigError(
        f"{key}: {message[:1].lower()}{message[1:]}" if key else message,
        found=repr(error["input"]) if key and error["type"] != "value_error" else None,
    )


def faults_of(model: type[Closed], values: Mapping[str, Any]) -> list[ConfigError]:
    """Return everything that is wrong with the values of a model, in the order of its keys.

    What keys mean together is only looked at once each is well by itself.

    >>> [str(fault) for fault in faults_of(ExportConfig, {"max_tokens": 1, "engin": "ray"})]
    ['max_tokens: input should be greater than or equal to 8, found 1', \
'engin: no such key (did you mean engine?)']
    """
    found: list[ConfigError] = []
    own = dict(values)
    inner = own.get("workflow")
    if "workflow" in model.model_fields and isinstance(inner, Mapping):
        del own["workflow"]
        found = [_within("workflow", fault) for fault in faults_of(WorkflowConfig, inner)]
    context: dict[str, Any] = {}
    try:
        model.model_validate(own, context=context)
    except ConfigError as error:
        return [*context.get("faults", [error]), *found]
    return found


def _within(key: str, fault: ConfigError) -> ConfigError:
    return ConfigError(f"{key}.{fault.message}", found=fault.found, hint=fault.hint)


class WorkflowConfig(Closed):
    """What an ExportWorkflow reads and writes, and when it ends; no other call looks at it."""

    inputs: Names = Field(
        (), description="files, folders, globs or URIs, where `execute` is given none"
    )
    output: str | None = Field(
        None, description="where it is written, as --output; null: results are kept in memory"
    )
    formats: Names = Field((), description="formats that each document is written in")
    dataset: bool | None = Field(
        None, description="make a dataset; null: where no formats are named"
    )
    filter_quality: bool = Field(False, description="no files of documents below min_quality_score")
    time_limit_seconds: float | None = Field(
        None, gt=0, description="stop after this time; the same workflow goes on from there"
    )
    restart: bool = Field(False, description="begin anew, instead of going on")


def _parse_workflow(value: object) -> object:
    """Return a workflow's values, which the environment has as JSON, as a WorkflowConfig."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise ValueError("not a mapping; in the environment it is written as JSON") from error
    if isinstance(value, WorkflowConfig):
        return value
    if not isinstance(value, Mapping):
        raise ValueError(f"not a mapping: {value!r}; it is written as key: value")
    try:
        return WorkflowConfig.model_validate(dict(value))
    except ConfigError as fault:
        raise _within("workflow", fault) from fault


class ExportOptions(Closed):
    """How one document is rendered."""

    markdown_flavor: Flavor = Field(
        "github", description="dialect of Markdown; `tore-export formats` describes each"
    )
    preserve_structure: bool = Field(
        True, description="false: running text without marks of headings, lists and tables"
    )
    include_furniture: bool = Field(
        False, description="write running headers, footers and page numbers too"
    )
    images: Images = Field(
        "alt",
        description="of an image: its alternative text, else its caption; its address too; the image "
        "itself, where the document holds it; nothing",
    )
    merged_cells: MergedCells = Field(
        "blank", description="a merged cell's text stands once, or in each cell it covers"
    )
    tables: Tables = Field(
        "auto",
        description="of Markdown: pipes where they can hold a table, else HTML; always one of them",
    )
    heading_offset: int = Field(0, ge=0, le=5, description="levels that headings are moved down by")
    page_marks: PageMarks = Field(
        "none",
        description="where a page begins: nothing, a mark that is not seen, or a rule",
    )
    line_width: int | None = Field(
        None, ge=20, description="of plain text, in terminal cells; null: lines as they are"
    )
    list_indent: int | None = Field(
        None, ge=0, le=16, description="of plain text, columns of a list's mark; null: as needed"
    )
    template: str | None = Field(
        None,
        description="a template that is shipped, or the file of one; makes it the format; "
        "not for datasets",
    )
    format_options: Annotated[
        dict[str, Plain],
        BeforeValidator(parse_options, json_schema_input_type=dict[str, Plain] | list[str] | str),
    ] = Field({}, description="other options of the formats, by name: name=value")


class BatchExportOptions(ExportOptions):
    """How many documents are rendered, each to files of its own."""

    filter_quality: bool = Field(False, description="leave out documents below min_quality_score")


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
    workflow: Annotated[WorkflowConfig, BeforeValidator(_parse_workflow)] = Field(
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
    splits: Annotated[
        dict[str, float],
        BeforeValidator(parse_splits, json_schema_input_type=dict[str, float] | str),
    ] = Field(
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
