"""Queues: what a pipeline hands over, one document after the other, is worked on as it comes."""

from __future__ import annotations

import queue
import threading
from pathlib import Path
from typing import Any

from tests.conftest import document
from tore_export import ExportConfig, ExportWorkflow, TrainingConfig, WorkflowConfig
from tore_export.integration.pipeline_integration import documents_of, export_stream


def test_a_workflow_takes_what_another_thread_puts_into_a_queue(tmp_path: Path) -> None:
    waiting: queue.Queue[Any] = queue.Queue(maxsize=2)

    def produce() -> None:
        for number in range(12):
            waiting.put(document(number))
        waiting.put(None)

    thread = threading.Thread(target=produce)
    thread.start()
    config = TrainingConfig(workflow=WorkflowConfig(output=str(tmp_path / "out")))
    result = ExportWorkflow(config).execute(documents_of(waiting))
    thread.join()
    assert result.dataset is not None
    assert result.dataset.documents["in"] == 12


def test_a_queue_that_stays_empty_ends_after_its_time() -> None:
    waiting: queue.Queue[Any] = queue.Queue()
    waiting.put("a")
    assert list(documents_of(waiting, timeout_seconds=0.01)) == ["a"]


def test_each_document_is_rendered_when_it_is_there_and_no_sooner() -> None:
    asked: list[int] = []

    def documents() -> Any:
        for number in range(3):
            asked.append(number)
            yield {"elements": 7} if number == 1 else document(number)["elements"]

    stream = export_stream(documents(), ["markdown", "plaintext"], ExportConfig())
    first = next(stream)
    assert asked == [0]
    assert set(first.results) == {"markdown", "plaintext"}
    second, third = stream
    assert (len(second.failed), second.results["markdown"]) == (1, ())
    assert third.results["markdown"][0].metadata["doc_id"] == "document-2"
