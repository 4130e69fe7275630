"""A workflow: named steps, progress, events, hooks; stopped and gone on with; the bytes of a command."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import document, write_jsonl
from tore_export import (
    Element,
    Event,
    ExportConfig,
    ExportWorkflow,
    Kind,
    TrainingConfig,
    WorkflowConfig,
    WorkflowProgress,
)
from tore_export.api.training import dataset_run
from tore_export.cli.main import run
from tore_export.errors import ConfigError, DocumentError, PreflightError, UsageError
from tore_export.plan import units as units_module

ELEMENTS = [Element(Kind.TITLE, "Pumps", level=1), Element(Kind.CODE, "x", meta={"language": "c"})]


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sixty documents in seven units."""
    monkeypatch.setattr(units_module, "LEAST_BYTES", 20_000)
    return write_jsonl(tmp_path / "in" / "a.jsonl", range(60)).parent


def dataset(output: Path, **options: Any) -> TrainingConfig:
    return TrainingConfig(workflow=WorkflowConfig(output=str(output), **options))


def test_a_dataset_is_made_in_its_steps(source: Path, tmp_path: Path) -> None:
    workflow = ExportWorkflow(dataset(tmp_path / "out"))
    assert workflow.get_progress() == WorkflowProgress()
    result = workflow.execute(source)
    assert result.is_finished
    assert [step.name for step in result.steps] == [
        *("inputs", "dataset.documents", "dataset.shards", "dataset.leaks", "dataset.finish")
    ]
    assert result.dataset is not None
    assert result.dataset.documents["kept"] == 60
    assert (result.files, result.documents, result.records) == (None, None, None)
    end = workflow.get_progress()
    assert (end.state, end.share, end.step, end.steps) == (
        *("finished", 1.0, None),
        tuple(step.name for step in result.steps),
    )
    assert end == workflow.get_progress()  # its time stands still
    assert json.loads(json.dumps(result.to_dict()))["dataset"]["documents"]["in"] == 60


def test_files_and_a_dataset_are_made_of_one_input(source: Path, tmp_path: Path) -> None:
    config = dataset(tmp_path / "out", formats=("markdown", "plaintext"), dataset=True)
    result = ExportWorkflow(config).execute([str(source)])
    assert result.files is not None
    assert result.files.records == {"markdown": 60, "plaintext": 60}
    assert (tmp_path / "out" / "files" / "plaintext" / "a" / "doc-00007.txt").exists()
    assert (tmp_path / "out" / "dataset" / "README.md").exists()
    assert [step.name for step in result.steps][:4] == [
        *("inputs", "files.documents", "files.shards", "dataset.documents")
    ]


def test_python_shell_and_yaml_make_the_same_bytes(
    source: Path, tmp_path: Path, files_below: Callable[[Path], dict[str, str]]
) -> None:
    options = {"default_tokenizer": "gpt-4o", "seed": 7, "shard_format": "jsonl"}
    workflow = {"inputs": [str(source)], "output": str(tmp_path / "by-workflow")}
    file = tmp_path / "job.yaml"
    file.write_text(json.dumps({**options, "workflow": workflow}))
    ExportWorkflow(file).execute()
    config = TrainingConfig.model_validate(options)
    dataset_run([str(source)], str(tmp_path / "by-python"), config).execute()
    said = ["--tokenizer", "gpt-4o", "--seed", "7", "--shard-format", "jsonl", "--quiet"]
    assert run(["training", str(source), "--output", str(tmp_path / "by-shell"), *said]) == 0
    yaml = ["--config", str(file), "--quiet"]
    assert run(["training", str(source), "--output", str(tmp_path / "by-yaml"), *yaml]) == 0
    made = [files_below(tmp_path / f"by-{how}") for how in ("workflow", "python", "shell", "yaml")]
    assert made[0]
    assert made.count(made[0]) == 4


@pytest.mark.ray
@pytest.mark.usefixtures("ray_cluster")
def test_on_ray_the_bytes_are_the_same(
    source: Path, tmp_path: Path, files_below: Callable[[Path], dict[str, str]]
) -> None:
    for engine in ("inline", "ray"):
        config = dataset(tmp_path / engine).model_copy(update={"engine": engine})
        assert ExportWorkflow(config).execute(source).is_finished
    assert files_below(tmp_path / "ray") == files_below(tmp_path / "inline")


def test_documents_at_hand_are_written_as_their_files_are(source: Path, tmp_path: Path) -> None:
    ExportWorkflow(dataset(tmp_path / "a")).execute(source)
    queued = (document(number) for number in range(60))
    ExportWorkflow(dataset(tmp_path / "b")).execute(queued)
    texts = []
    for output in ("a", "b"):
        import pyarrow.parquet as pq

        rows = pq.read_table(tmp_path / output / "data").to_pylist()
        texts.append({row["doc_id"]: row["text"] for row in rows})
    assert texts[0] == texts[1]


def test_without_an_output_results_are_kept_in_memory() -> None:
    result = ExportWorkflow(ExportConfig()).execute(ELEMENTS)
    assert result.documents is not None
    assert result.documents.results["markdown"][0].content == "# Pumps\n\n```c\nx\n```\n"
    assert [step.name for step in result.steps] == ["inputs", "files.documents"]
    both = WorkflowConfig(formats=("jsonl",), dataset=True)
    made = ExportWorkflow(ExportConfig(workflow=both, enable_filtering=False)).execute(ELEMENTS)
    assert made.records is not None
    assert made.records.documents == {"in": 1, "kept": 1, "dropped": 0, "failed": 0}
    assert json.loads(json.dumps(made.to_dict()))["records"]["documents"]["kept"] == 1


def test_in_memory_a_document_that_cannot_be_read_does_not_cost_the_others(tmp_path: Path) -> None:
    both = ExportConfig(workflow=WorkflowConfig(formats=("jsonl",), dataset=True))
    circle = [{"type": "Text", "text": "a", "element_id": "x", "metadata": {"parent_id": "x"}}]
    result = ExportWorkflow(both).execute([circle, document(1)])
    assert result.documents is not None
    assert result.records is not None
    assert len(result.documents.results["jsonl"]) == len(result.documents.failed) == 1
    assert result.records.documents["failed"] == 1
    output = ExportWorkflow(dataset(tmp_path / "out")).execute([circle, document(1)])
    assert output.dataset is not None
    assert output.dataset.reasons == {"source.parent_cycle": 1}


def test_in_memory_files_are_those_that_a_run_would_read(source: Path) -> None:
    (source / "more.json").write_text("{")
    own = ExportConfig(limit=9, exclude=("*.json",))
    found = ExportWorkflow(own).execute(source).documents
    assert found is not None
    assert (len(found.results["markdown"]), found.failed) == (9, ())


def test_it_is_cancelled_from_another_thread_and_goes_on(
    source: Path, tmp_path: Path, files_below: Callable[[Path], dict[str, str]]
) -> None:
    workflow = ExportWorkflow(dataset(tmp_path / "out"))
    begun, seen = threading.Event(), threading.Event()

    def look(event: Event) -> None:
        if event.progress is not None and event.progress.units == 2:
            begun.set()
            assert seen.wait(20)

    def stop() -> None:
        assert begun.wait(20)
        found = workflow.get_progress()
        assert (found.state, found.step) == ("running", "dataset.documents")
        assert 0 < found.share < 1
        workflow.cancel()
        seen.set()

    workflow.on_event(look)
    thread = threading.Thread(target=stop)
    thread.start()
    result = workflow.execute(source)
    thread.join()
    assert result.state == workflow.get_progress().state == "cancelled"
    assert result.dataset is not None
    assert str(result.dataset.error).startswith("cancelled")
    assert 0 < result.dataset.documents["in"] < 60
    again = ExportWorkflow(dataset(tmp_path / "out")).execute(source)
    assert again.dataset is not None
    assert (again.state, again.dataset.resumed_units) == ("finished", 2)
    ExportWorkflow(dataset(tmp_path / "at-once")).execute(source)
    assert files_below(tmp_path / "out") == files_below(tmp_path / "at-once")


def test_documents_that_are_handed_over_again_go_on_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = [document(number) for number in range(20)]
    workflow = ExportWorkflow(dataset(tmp_path / "out"))
    hook = workflow.before("dataset.shards", lambda progress: workflow.cancel())
    assert callable(hook)
    assert workflow.execute(documents).state == "cancelled"
    result = ExportWorkflow(dataset(tmp_path / "out")).execute(documents)
    assert result.dataset is not None
    assert (result.state, result.dataset.resumed_units) == ("finished", 1)


def test_its_time_is_up(source: Path, tmp_path: Path) -> None:
    result = ExportWorkflow(dataset(tmp_path / "out", time_limit_seconds=1e-6)).execute(source)
    assert (result.state, result.is_finished, result.dataset) == ("time_limit", False, None)


def test_events_tell_all_that_happens(source: Path, tmp_path: Path) -> None:
    workflow = ExportWorkflow(dataset(tmp_path / "out"))
    events = list(workflow.events(source))
    assert [events[0].kind, events[-1].kind] == ["started", "finished"]
    assert [event.is_last for event in events] == [False] * (len(events) - 1) + [True]
    started = [event.step for event in events if event.kind == "step_started"]
    assert started == [event.step for event in events if event.kind == "step_finished"]
    assert tuple(started) == workflow.get_progress().steps
    units = [event.progress.units for event in events if event.progress is not None]
    assert max(units) > 2
    assert [event.seconds for event in events] == sorted(event.seconds for event in events)
    for event in events:
        json.dumps(event.to_dict())


def test_events_end_with_what_went_wrong(tmp_path: Path) -> None:
    seen: list[Event] = []
    events = ExportWorkflow(dataset(tmp_path / "out")).events(tmp_path / "nowhere")
    with pytest.raises(PreflightError, match="no such file"):
        seen.extend(events)
    assert seen[-1].kind == "failed"
    assert "no such file" in str(seen[-1].message)


def test_who_leaves_the_events_cancels_it(source: Path, tmp_path: Path) -> None:
    workflow = ExportWorkflow(dataset(tmp_path / "out"))
    events = workflow.events(source)
    assert next(events).kind == "started"
    assert isinstance(events, Generator)
    events.close()
    assert workflow.get_progress().state in ("cancelled", "finished")


def test_hooks_run_before_and_after_their_step(source: Path, tmp_path: Path) -> None:
    workflow = ExportWorkflow(dataset(tmp_path / "out"))
    told: list[tuple[str, str | None, float]] = []
    for when in ("before", "after"):
        getattr(workflow, when)(
            "dataset.shards", lambda p, when=when: told.append((when, p.step, p.share))
        )
    workflow.execute(source)
    assert told == [("before", "dataset.shards", 0.4), ("after", "dataset.shards", 0.6)]


def test_what_a_hook_raises_ends_it_and_the_next_one_goes_on(source: Path, tmp_path: Path) -> None:
    workflow = ExportWorkflow(dataset(tmp_path / "out"))

    def refuse(progress: WorkflowProgress) -> None:
        raise DocumentError("not today")

    workflow.before("dataset.finish", refuse)
    with pytest.raises(DocumentError, match="not today"):
        workflow.execute(source)
    assert workflow.get_progress().state == "failed"
    assert ExportWorkflow(dataset(tmp_path / "out")).execute(source).is_finished


def test_a_hook_at_no_step_is_refused() -> None:
    with pytest.raises(UsageError, match="no such step, found 'write', allowed: inputs, files"):
        ExportWorkflow(ExportConfig()).before("write", lambda progress: None)


def test_it_runs_once_at_a_time(source: Path, tmp_path: Path) -> None:
    workflow = ExportWorkflow(dataset(tmp_path / "out"))
    workflow.before("dataset.shards", lambda progress: workflow.execute(source) and None)
    with pytest.raises(UsageError, match="this workflow runs already"):
        workflow.execute(source)


def test_a_finished_workflow_has_nothing_to_do_unless_it_begins_anew(
    source: Path, tmp_path: Path
) -> None:
    for restart, nothing in ((False, False), (False, True), (True, False)):
        result = ExportWorkflow(dataset(tmp_path / "out", restart=restart)).execute(source)
        assert result.dataset is not None
        assert result.dataset.nothing_to_do is nothing


@pytest.mark.parametrize("data", [7, {"title": "A"}, None])
def test_what_is_nothing_to_read_is_refused(data: Any) -> None:
    with pytest.raises(UsageError, match=r"not documents|nothing to read"):
        ExportWorkflow(ExportConfig()).execute(data)


def test_a_dataset_and_files_do_not_fit_in_one_file(source: Path, tmp_path: Path) -> None:
    config = dataset(tmp_path / "out.jsonl", formats=("markdown",), dataset=True)
    with pytest.raises(ConfigError, match=r"workflow\.output: a dataset and files"):
        ExportWorkflow(config).execute(source)
