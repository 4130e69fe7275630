"""What a workflow gives back: how far it is, what came out, what is wrong with it before it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from tore_export.errors import ToreExportError
from tore_export.observe.progress import Progress
from tore_export.results import BatchExportResult, RunSummary, Shown, TrainingDataset

__all__ = [
    "Problem",
    "StepReport",
    "ValidationResult",
    "WorkflowProgress",
    "WorkflowResult",
    "WorkflowState",
]

WorkflowState = Literal["ready", "running", "finished", "cancelled", "time_limit", "failed"]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a workflow; `where` is file and line where a file says it.

    `key` is that of the configuration it is about, or `input_data`.
    """

    message: str
    key: str | None = None
    where: str | None = None
    found: str | None = None
    allowed: str | None = None
    hint: str | None = None

    @classmethod
    def of(cls, error: ToreExportError, key: str | None, where: str | None) -> Problem:
        """Return what an error says; `where` is where the configuration says what is wrong."""
        told = error.message if error.where in (None, where) else f"{error.where}: {error.message}"
        return cls(told, key, where, error.found, error.allowed, error.hint)

    def __str__(self) -> str:
        return str(
            ToreExportError(
                self.message,
                where=self.where or self.key,
                found=self.found,
                allowed=self.allowed,
                hint=self.hint,
            )
        )


@dataclass(frozen=True)
class ValidationResult:
    """All that is wrong with a workflow, as far as can be known before it runs."""

    problems: tuple[Problem, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain data."""
        return {"is_valid": self.is_valid, "problems": [asdict(one) for one in self.problems]}

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems) or "nothing is wrong"


@dataclass(frozen=True)
class StepReport:
    """A step that was done, and how long it took."""

    name: str
    seconds: float


@dataclass(frozen=True)
class WorkflowProgress:
    """How far a workflow is. `step` is the one of `steps` that runs; `done` are over.

    `steps` are known once the input was looked at. `progress` is that of the job of the current step.
    """

    state: WorkflowState = "ready"
    step: str | None = None
    steps: tuple[str, ...] = ("inputs",)
    done: tuple[StepReport, ...] = ()
    progress: Progress | None = None
    seconds: float = 0.0

    @property
    def share(self) -> float:
        """How much of all steps is done, from 0 to 1; of the current one, the share of its input.

        >>> WorkflowProgress("running", "b", ("a", "b"), (StepReport("a", 1.0),)).share
        0.5
        """
        if self.state == "finished":
            return 1.0
        part = 0.0
        is_over = any(step.name == self.step for step in self.done)  # it is so for hooks after it
        if self.step is None or is_over or self.progress is None:
            return len(self.done) / len(self.steps)
        if self.progress.total_bytes:
            is_read = self.step.rpartition(".")[2] == self.progress.phase
            part = is_read * self.progress.n_bytes / self.progress.total_bytes
        return min(1.0, (len(self.done) + part) / len(self.steps))

    def to_dict(self) -> dict[str, Any]:
        """Return the progress as plain data."""
        return asdict(self) | {"share": self.share}


@dataclass(frozen=True, repr=False)
class WorkflowResult(Shown):
    """What a workflow did. `state` is `finished`, or `cancelled` or `time_limit` where it goes on later.

    With an output, `files` and `dataset` are the accounts of the two jobs, None for one that was not
    asked for or not begun; without, `documents` and `records` are what was made, in memory.
    """

    state: WorkflowState
    steps: tuple[StepReport, ...] = ()
    seconds: float = 0.0
    output: str | None = None
    files: RunSummary | None = None
    dataset: RunSummary | None = None
    documents: BatchExportResult | None = None
    records: TrainingDataset | None = None

    @property
    def is_finished(self) -> bool:
        """Whether all of it is done."""
        return self.state == "finished"

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain data."""
        made: Mapping[str, Any] = {
            "files": self.files,
            "dataset": self.dataset,
            "documents": self.documents,
            "records": self.records,
        }
        return {
            "state": self.state,
            "steps": [asdict(step) for step in self.steps],
            "seconds": self.seconds,
            "output": self.output,
            **{name: None if one is None else one.to_dict() for name, one in made.items()},
        }
