"""Events: what happens in a workflow, as plain values that a log, a queue or a window can take."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import IO, Any, Literal

from tore_export.observe.progress import Progress

__all__ = ["Event", "EventKind", "EventLog", "OnEvent"]

EventKind = Literal[
    "started", "step_started", "progress", "step_finished", "finished", "stopped", "failed"
]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, `seconds` after the workflow began.

    `step` is the step it happened in. `progress` events have `progress`, how far the job of that step
    is; `failed` and `stopped` say why in `message`. One of them, or `finished`, is a workflow's last
    event.

    >>> Event("step_started", 0.5, step="dataset.documents").to_dict()
    {'kind': 'step_started', 'seconds': 0.5, 'step': 'dataset.documents'}
    """

    kind: EventKind
    seconds: float
    step: str | None = None
    progress: Progress | None = None
    message: str | None = None

    @property
    def is_last(self) -> bool:
        """Whether no other event follows."""
        return self.kind in ("finished", "stopped", "failed")

    def to_dict(self) -> dict[str, Any]:
        """Return what the event says as data that JSON can hold."""
        found = {name: value for name, value in asdict(self).items() if value is not None}
        if self.progress is not None:
            found["progress"]["seconds_left"] = self.progress.seconds_left
        return found


OnEvent = Callable[[Event], None]


class EventLog:
    """Write events to a text stream, a JSON object a line, each line at once.

    >>> import sys
    >>> EventLog(sys.stdout)(Event("finished", 2.0))
    {"kind": "finished", "seconds": 2.0}
    """

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def __call__(self, event: Event) -> None:
        """Write one event."""
        self._stream.write(json.dumps(event.to_dict()) + "\n")
        self._stream.flush()
