"""What an ExportWorkflow is told beside what its commands share."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pydantic import Field

from tore_export.config.closed import Closed, within
from tore_export.config.values import Names
from tore_export.errors import ConfigError

__all__ = ["WorkflowConfig", "parse_workflow"]


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


def parse_workflow(value: object) -> object:
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
        raise within("workflow", fault) from fault
