"""Events: plain values, in JSON lines as they happen."""

from __future__ import annotations

import io
import json
import pickle

from tore_export.observe.events import Event, EventLog
from tore_export.observe.progress import Progress


def test_an_event_is_plain_data_without_what_it_does_not_say() -> None:
    progress = Progress("documents", documents=5, n_bytes=50, total_bytes=100, seconds=2.0)
    found = Event("progress", 2.0, "dataset.documents", progress).to_dict()
    assert found["progress"]["seconds_left"] == 2.0
    assert found["progress"]["documents"] == 5
    assert "message" not in found
    assert pickle.loads(pickle.dumps(Event("failed", 1.0, message="m"))).message == "m"


def test_a_log_has_a_line_an_event_and_each_at_once() -> None:
    stream = io.StringIO()
    log = EventLog(stream)
    log(Event("started", 0.0))
    log(Event("stopped", 1.5, message="cancelled"))
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert lines == [
        {"kind": "started", "seconds": 0.0},
        {"kind": "stopped", "seconds": 1.5, "message": "cancelled"},
    ]
