"""What watches over a workflow while it runs: its progress, its events and hooks, and when it stops."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from tore_export.api.workflow_result import StepReport, WorkflowProgress, WorkflowState
from tore_export.errors import StoppedError, UsageError
from tore_export.observe.events import Event, EventKind, OnEvent
from tore_export.observe.progress import Progress

__all__ = ["STEPS", "Hook", "Watch"]

Hook = Callable[[WorkflowProgress], None]
"""What is called before or after a step; what it raises ends the workflow."""

STEPS = (
    "inputs",
    *("files.documents", "files.shards"),
    *("dataset.documents", "dataset.decisions", "dataset.writing", "dataset.shards"),
    *("dataset.leaks", "dataset.finish"),
)
"""All steps there are, in order; `WorkflowProgress.steps` are those of one workflow."""

_LAST: dict[WorkflowState, EventKind] = {
    "finished": "finished",
    "cancelled": "stopped",
    "time_limit": "stopped",
    "failed": "failed",
}


class Watch:
    """The state of one workflow: written by the thread that executes, read by any."""

    def __init__(self) -> None:
        self._progress = WorkflowProgress()
        self._started = 0.0
        self._deadline: float | None = None
        self._cancelled = threading.Event()
        self._hooks: dict[tuple[str, str], list[Hook]] = {}
        self.listeners: list[OnEvent] = []

    def begin(self) -> None:
        """Start anew."""
        self._cancelled.clear()
        self._deadline = None
        self._started = time.perf_counter()
        self._progress = WorkflowProgress("running")
        self._tell("started")

    def end_after(self, seconds: float | None) -> None:
        """Stop so many seconds after the beginning; None: never."""
        self._deadline = None if seconds is None else self._started + seconds

    def plan(self, steps: Iterable[str]) -> None:
        """Say which steps come after the current ones."""
        self._progress = replace(self._progress, steps=(*self._progress.steps, *steps))

    def end(self, state: WorkflowState, message: str | None = None) -> None:
        """Say how it ended."""
        self._progress = replace(self.progress, state=state, step=None)
        self._tell(_LAST[state], message=message)

    def cancel(self) -> None:
        """Stop at the next occasion."""
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody asked it to stop."""
        return self._cancelled.is_set()

    @property
    def progress(self) -> WorkflowProgress:
        """How far it is."""
        found = self._progress
        is_running = found.state == "running"
        return replace(found, seconds=self._seconds()) if is_running else found

    def hook(self, when: str, step: str, hook: Hook) -> None:
        """Have `hook` called `before` or `after` a step.

        **Raises** UsageError for a step there is not.
        """
        if step not in STEPS:
            raise UsageError("no such step", found=repr(step), allowed=", ".join(STEPS))
        self._hooks.setdefault((when, step), []).append(hook)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Run a step of this name: between its hooks, timed and told."""
        self._stop_if_asked()
        self._progress = replace(self._progress, step=name, progress=None)
        self._call_hooks("before", name)
        self._stop_if_asked()
        self._tell("step_started", step=name)
        started = time.perf_counter()
        yield
        report = StepReport(name, round(time.perf_counter() - started, 3))
        self._progress = replace(self._progress, done=(*self._progress.done, report))
        self._tell("step_finished", step=name)
        self._call_hooks("after", name)
        self._progress = replace(self._progress, step=None)

    def on_progress(self, progress: Progress) -> None:
        """Take in how far the job of the current step is."""
        self._progress = replace(self._progress, progress=progress)
        self._tell("progress", step=self._progress.step, progress=progress)
        self._stop_if_asked()

    def counted(self, documents: Iterable[Any]) -> Iterator[Any]:
        """Yield documents, and tell after each how many were worked on."""
        for number, document in enumerate(documents, 1):
            yield document
            self.on_progress(Progress("documents", documents=number, seconds=self._seconds()))

    def _seconds(self) -> float:
        return round(time.perf_counter() - self._started, 3)

    def _stop_if_asked(self) -> None:
        if self.is_cancelled:
            raise StoppedError("cancelled", hint="the same workflow goes on from here")
        if self._deadline is not None and time.perf_counter() > self._deadline:
            raise StoppedError("the time is up", hint="the same workflow goes on from here")

    def _call_hooks(self, when: str, step: str) -> None:
        for hook in self._hooks.get((when, step), ()):
            hook(self.progress)

    def _tell(self, kind: EventKind, **said: Any) -> None:
        event = Event(kind, self._seconds(), **said)
        for listener in tuple(self.listeners):
            listener(event)
