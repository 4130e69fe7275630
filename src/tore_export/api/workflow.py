"""ExportWorkflow: a job in named steps that can be watched, hooked into, stopped and gone on with."""

from __future__ import annotations

import os
import queue
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from typing import Any

import pyarrow as pa

from tore_export.api.export_api import ExportAPI, training_dataset_of
from tore_export.api.workflow_input import WorkflowInput, given, tables_of, write_documents
from tore_export.api.workflow_jobs import as_training, formats_of, makes_dataset, runs_of
from tore_export.api.workflow_result import ValidationResult, WorkflowProgress, WorkflowResult
from tore_export.api.workflow_validator import WorkflowValidator, configuration_of
from tore_export.api.workflow_watch import Hook, Watch
from tore_export.config import ExportConfig
from tore_export.errors import StoppedError, UsageError
from tore_export.observe.events import Event, OnEvent
from tore_export.plan.rendering import limits_of

__all__ = ["ExportWorkflow"]


class ExportWorkflow:
    r"""Render documents to files, make a dataset of them, or both, as its configuration says.

    `config` is a configuration, its values as a mapping, or the name of its YAML file; `workflow` in it
    is a WorkflowConfig. Files are made as by `tore-export batch`, a dataset as by `tore-export
    training`, to the same bytes; with both, they lie in `OUTPUT/files` and `OUTPUT/dataset`. Without an
    output, results are kept in memory.

    A workflow that was stopped, or whose process ended, goes on where it was when it is executed again
    with the same output, input and configuration.

    >>> workflow = ExportWorkflow({"workflow": {"formats": "markdown"}})
    >>> workflow.validate_workflow().is_valid
    True
    >>> result = workflow.execute([{"type": "Title", "text": "Pumps"}])
    >>> result.state, result.documents.results["markdown"][0].content
    ('finished', '# Pumps\n')
    """

    def __init__(self, config: ExportConfig | Mapping[str, Any] | str | os.PathLike[str]) -> None:
        self._given = config
        self._watch = Watch()
        self._busy = threading.Lock()

    @property
    def config(self) -> ExportConfig:
        """The configuration. **Raises** ConfigError for one that is wrong."""
        return configuration_of(self._given)

    def validate_workflow(self, input_data: WorkflowInput | None = None) -> ValidationResult:
        """Return everything that is wrong, as far as it can be known without running.

        `input_data` is what `execute` would be given; without, what is configured is looked at.
        """
        return WorkflowValidator(self._given).validate(input_data)

    def execute(self, input_data: WorkflowInput | None = None) -> WorkflowResult:
        """Do all of it, and return the account.

        `input_data` are names of files, folders, globs or URIs; or the elements of a document; or
        documents in any form, a list of them or an iterator, which is gone through once. None means
        `workflow.inputs`. Documents that are no files are put into one first, in a temporary folder.

        It stops where it is cancelled or its time is up, once the unit of documents that is worked on is
        done; `state` of the result says so, and what was done is kept in the output.

        **Raises** UsageError, ConfigError, PreflightError and RunError as a run does, and what hooks and
        listeners raise.
        """
        if not self._busy.acquire(blocking=False):
            raise UsageError("this workflow runs already", hint="make another ExportWorkflow")
        try:
            return self._execute(input_data)
        finally:
            self._busy.release()

    def get_progress(self) -> WorkflowProgress:
        """Return how far it is; from any thread, also before and after."""
        return self._watch.progress

    def cancel(self) -> None:
        """Stop soon; from any thread, a hook or a listener."""
        self._watch.cancel()

    def on_event(self, listener: OnEvent) -> OnEvent:
        """Call `listener` with each event from now on, in the thread that executes; return it."""
        self._watch.listeners.append(listener)
        return listener

    def forget(self, listener: OnEvent) -> None:
        """Call a listener no more; fine where it never was called."""
        if listener in self._watch.listeners:
            self._watch.listeners.remove(listener)

    def before(self, step: str, hook: Hook) -> Hook:
        """Call `hook` before a step; return it. **Raises** UsageError for a step there is not."""
        self._watch.hook("before", step, hook)
        return hook

    def after(self, step: str, hook: Hook) -> Hook:
        """Call `hook` after a step that went well; return it. **Raises** as `before`."""
        self._watch.hook("after", step, hook)
        return hook

    def events(self, input_data: WorkflowInput | None = None) -> Iterator[Event]:
        """Execute in a thread of its own, and yield each event; the last says how it ended.

        Who leaves before that cancels it. **Raises**, after the last event, what `execute` raises.
        """
        told: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        failures: list[BaseException] = []

        def work() -> None:
            try:
                self.execute(input_data)
            except BaseException as error:  # it is raised where the events are read
                failures.append(error)
            told.put(None)

        listener = self.on_event(told.put)
        thread = threading.Thread(target=work, name="tore-export workflow")
        thread.start()
        try:
            while (event := told.get()) is not None:
                yield event
        finally:
            if thread.is_alive():
                self.cancel()
            thread.join()
            self.forget(listener)
        if failures:
            raise failures[0]

    def _execute(self, input_data: WorkflowInput | None) -> WorkflowResult:
        watch, made = self._watch, dict[str, Any]()
        watch.begin()
        try:
            config = self.config
            watch.end_after(config.workflow.time_limit_seconds)
            output = config.workflow.output
            if output is None:
                self._make_in_memory(input_data, config, made)
            else:
                self._write(input_data, config, output, made)
        except StoppedError as error:
            watch.end("cancelled" if watch.is_cancelled else "time_limit", str(error))
        except BaseException as error:
            watch.end("failed", f"{type(error).__name__}: {error}")
            raise
        else:
            watch.end("finished")
        end = watch.progress
        return WorkflowResult(end.state, end.done, end.seconds, **made)

    def _write(
        self,
        input_data: WorkflowInput | None,
        config: ExportConfig,
        output: str,
        made: dict[str, Any],
    ) -> None:
        """Carry out the runs of the jobs; `made` has the account of each that was begun."""
        watch = self._watch
        made["output"] = output
        with ExitStack() as folders:
            with watch.step("inputs"):
                found = given(input_data, config.workflow.inputs)
                paths = found.paths
                if not paths:
                    folder = folders.enter_context(
                        tempfile.TemporaryDirectory(prefix="tore-export-")
                    )
                    documents = watch.counted(found.documents)
                    paths = (write_documents(documents, folder, limits_of(config)),)
                runs = runs_of(paths, config, output, watch.on_progress)
                watch.plan(f"{name}.{step}" for name, run in runs.items() for step in run.steps)
            for name, run in runs.items():
                run.around_step = partial(_step_of, watch, name)
                try:
                    made[name] = run.execute()
                except StoppedError as error:
                    made[name] = run.summary(str(error))
                    raise

    def _make_in_memory(
        self, input_data: WorkflowInput | None, config: ExportConfig, made: dict[str, Any]
    ) -> None:
        watch, formats = self._watch, formats_of(config)
        has_dataset = makes_dataset(config)
        with watch.step("inputs"):
            found = given(input_data, config.workflow.inputs)
            tables: list[pa.Table] = list(watch.counted(tables_of(found, config)))
            watch.plan(["files.documents"] * bool(formats) + ["dataset.documents"] * has_dataset)
        if formats:
            with watch.step("files.documents"):
                options = {"filter_quality": config.workflow.filter_quality}
                each = [table.slice(row, 1) for table in tables for row in range(table.num_rows)]
                made["documents"] = ExportAPI(config).export_batch(
                    watch.counted(each), formats, options
                )
        if has_dataset:
            with watch.step("dataset.documents"):
                made["records"] = training_dataset_of(pa.concat_tables(tables), as_training(config))


def _step_of(watch: Watch, name: str, step: str) -> Any:
    return watch.step(f"{name}.{step}")
