"""Windows: a view is shown every event as data, and its user can stop the workflow."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import write_jsonl
from tore_export import ExportWorkflow, TrainingConfig, WorkflowConfig
from tore_export.errors import PreflightError
from tore_export.integration.ui_integration import EventFeed, events_as_json, show


def workflow(tmp_path: Path) -> ExportWorkflow:
    write_jsonl(tmp_path / "in" / "a.jsonl", range(20))
    own = WorkflowConfig(inputs=(str(tmp_path / "in"),), output=str(tmp_path / "out"))
    return ExportWorkflow(TrainingConfig(workflow=own))


def test_a_feed_has_the_newest_state_and_what_was_not_seen_yet(tmp_path: Path) -> None:
    feed = EventFeed()
    assert show(workflow(tmp_path), feed).is_finished
    events = feed.since(0)
    numbers = [event["number"] for event in events]
    assert numbers == sorted(set(numbers))
    assert feed.since(numbers[-2]) == events[-1:]
    assert (feed.state["kind"], feed.state["progress"]["documents"]) == ("finished", 20)
    json.dumps([feed.state, events])


def test_a_feed_keeps_the_newest_progress_of_a_step_and_no_more_than_it_may() -> None:
    feed = EventFeed(kept=3)
    for number in range(5):
        event = {"kind": "progress", "step": "dataset.documents", "seconds": float(number)}
        feed.show(event)
    assert [event["number"] for event in feed.since(0)] == [5]
    for _ in range(5):
        feed.show({"kind": "step_started", "step": "x", "seconds": 0.0})
    assert [event["number"] for event in feed.since(0)] == [8, 9, 10]


def test_a_view_that_is_closed_cancels_the_workflow(tmp_path: Path) -> None:
    feed = EventFeed()
    feed.close()
    assert show(workflow(tmp_path), feed).state == "cancelled"
    assert feed.state["kind"] == "stopped"


def test_a_view_sees_why_a_workflow_failed_and_no_more_of_it(tmp_path: Path) -> None:
    feed, job = EventFeed(), workflow(tmp_path)
    with pytest.raises(PreflightError):
        show(job, feed, tmp_path / "nowhere")
    assert feed.state["kind"] == "failed"
    n_events = len(feed.since(0))
    assert job.execute().is_finished
    assert len(feed.since(0)) == n_events


def test_events_are_an_iterator_of_plain_data(tmp_path: Path) -> None:
    events = list(events_as_json(workflow(tmp_path)))
    assert [events[0]["kind"], events[-1]["kind"]] == ["started", "finished"]
    json.dumps(events)
