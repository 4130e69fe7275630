"""A window on a workflow: whatever can show a JSON-able event can show what a workflow does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from tore_export.api.workflow import ExportWorkflow
from tore_export.api.workflow_input import WorkflowInput
from tore_export.api.workflow_result import WorkflowResult
from tore_export.observe.events import Event

__all__ = ["EventFeed", "WorkflowView", "events_as_json", "show"]


class WorkflowView(Protocol):
    """What a desktop or web user interface has to be able to do."""

    def show(self, event: dict[str, Any]) -> None:
        """Take in an event, as plain data that JSON can hold: see Event."""

    def is_closed(self) -> bool:
        """Whether the user has had enough; the workflow is cancelled then."""


class EventFeed:
    """A WorkflowView that keeps what a page needs that asks now and then, as over HTTP.

    `state` is all there is to draw at once; `since` gives the events a page has not seen yet. The last
    `kept` events are kept, those of progress only as the newest of their step.

    >>> feed = EventFeed()
    >>> show(ExportWorkflow({}), feed, [{"type": "Title", "text": "Pumps"}]).state
    'finished'
    >>> feed.state["kind"], [event["kind"] for event in feed.since(0)][:2]
    ('finished', ['started', 'step_started'])
    """

    def __init__(self, kept: int = 1_000) -> None:
        self._kept = kept
        self._events: list[dict[str, Any]] = []
        self._n_events = 0
        self._is_closed = False
        self.state: dict[str, Any] = {}

    def show(self, event: dict[str, Any]) -> None:
        """Take in an event; it is numbered from 1."""
        self._n_events += 1
        numbered = {"number": self._n_events, **event}
        self.state = {**self.state, **numbered}
        events = self._events
        last = events[-1] if events else {}
        if event["kind"] == last.get("kind") == "progress" and event["step"] == last["step"]:
            events = events[:-1]
        self._events = [*events, numbered][-self._kept :]

    def since(self, number: int) -> list[dict[str, Any]]:
        """Return the events after that of this number; 0: all that are kept."""
        return [event for event in self._events if event["number"] > number]

    def close(self) -> None:
        """Say that nobody looks any more, or that the user wants it to stop."""
        self._is_closed = True

    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._is_closed


def show(
    workflow: ExportWorkflow, view: WorkflowView, input_data: WorkflowInput | None = None
) -> WorkflowResult:
    """Execute a workflow, in this thread, and show what happens; return its WorkflowResult.

    **Raises** what `execute` raises, once the view has been shown it.
    """

    def tell(event: Event) -> None:
        view.show(event.to_dict())
        if view.is_closed():
            workflow.cancel()

    workflow.on_event(tell)
    try:
        return workflow.execute(input_data)
    finally:
        workflow.forget(tell)


def events_as_json(
    workflow: ExportWorkflow, input_data: WorkflowInput | None = None
) -> Iterator[dict[str, Any]]:
    """Execute a workflow in a thread of its own, and yield its events as plain data."""
    for event in workflow.events(input_data):
        yield event.to_dict()
