"""What is wrong with a workflow before it runs: all of it at once, with the line that says it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tore_export.api.configuration import load_config, said_values
from tore_export.api.text_engine import TextEngine
from tore_export.api.workflow_input import WorkflowInput, given
from tore_export.api.workflow_jobs import as_training, formats_of, makes_dataset, outputs_of
from tore_export.api.workflow_result import Problem, ValidationResult
from tore_export.config import ExportConfig, TrainingConfig, faults_of
from tore_export.errors import ConfigError, ToreExportError
from tore_export.plan.build import dataset_stages
from tore_export.plan.check import check_output
from tore_export.plan.inputs import find_inputs
from tore_export.storage.files import read_bytes
from tore_export.storage.layout import Layout
from tore_export.storage.yaml_files import parse_yaml
from tore_export.tokens.manager import TokenizerManager

__all__ = ["WorkflowValidator", "configuration_of"]

Configured = ExportConfig | Mapping[str, Any] | str | os.PathLike[str]


def configuration_of(config: Configured) -> ExportConfig:
    """Return the configuration that is meant; a file is merged with the environment.

    **Raises** ConfigError for the first thing that is wrong with it.
    """
    if isinstance(config, ExportConfig):
        return config
    if isinstance(config, Mapping):
        return TrainingConfig.model_validate(dict(config))
    return load_config(TrainingConfig, file=os.fspath(config))


class WorkflowValidator:
    """Look a workflow through without running it: configuration, formats, tokenizer, input, output.

    >>> found = WorkflowValidator({"seed": "x", "workflow": {"formats": "pdf"}}).validate()
    >>> [problem.key for problem in found.problems]
    ['seed', 'workflow.formats']
    """

    def __init__(self, config: Configured) -> None:
        self._given = config
        self._said: Mapping[str, str] = {}

    def validate(self, input_data: WorkflowInput | None = None) -> ValidationResult:
        """Return everything that is wrong. Documents that are handed over are not read."""
        try:
            config, problems = self._configuration()
        except ConfigError as error:
            return ValidationResult((Problem.of(error, None, error.where),))
        if config is not None:
            problems += list(self._problems(config, input_data))
        return ValidationResult(tuple(sorted(dict.fromkeys(problems), key=_line)))

    def _configuration(self) -> tuple[ExportConfig | None, list[Problem]]:
        """Return the configuration without what is wrong with it, and that; None: nothing is left."""
        if isinstance(self._given, ExportConfig):
            return self._given, []
        if isinstance(self._given, Mapping):
            values = dict(self._given)
        else:
            file = os.fspath(self._given)
            values, said = said_values(file)
            self._said = _inner_lines(file) | said
        faults = faults_of(TrainingConfig, values)
        problems = [self._problem(fault, fault.message.partition(":")[0]) for fault in faults]
        well = _without(values, [problem.key or "" for problem in problems])
        if faults_of(TrainingConfig, well):
            return None, problems
        return TrainingConfig.model_validate(well), problems

    def _problems(
        self, config: ExportConfig, input_data: WorkflowInput | None
    ) -> Iterator[Problem]:
        yield from self._look("default_tokenizer", TokenizerManager().get, config.default_tokenizer)
        for name in formats_of(config):
            key = "template" if name == "template" else "workflow.formats"
            yield from self._look(key, TextEngine(config).formatter, name)
        if makes_dataset(config):
            yield from self._look("task", lambda: dataset_stages(as_training(config)))
        paths = list(config.workflow.inputs)
        key = "workflow.inputs"
        if input_data is not None:
            key = "input_data"
            yield from self._look(key, lambda: paths.extend(given(input_data).paths))
        is_there = True
        for path in paths:
            found = list(self._look(key, find_inputs, [path]))
            is_there = is_there and not found
            yield from found
        if paths and is_there:
            key = "include" if config.include else "exclude"
            yield from self._look(key, find_inputs, paths, config.include, config.exclude)
        yield from self._look("workflow.output", _check_outputs, paths, config)

    def _look(self, key: str, check: Callable[..., object], *of: Any) -> Iterator[Problem]:
        try:
            check(*of)
        except ToreExportError as error:
            yield self._problem(error, key)

    def _problem(self, error: ToreExportError, key: str) -> Problem:
        where = self._said.get(key) or self._said.get(re.split(r"\.", key)[0])
        return Problem.of(error, key, where)


def _check_outputs(paths: list[str], config: ExportConfig) -> None:
    if config.workflow.output is not None:
        for output in outputs_of(config, config.workflow.output).values():
            check_output(paths, Layout(output))


def _without(values: Mapping[str, Any], keys: list[str]) -> dict[str, Any]:
    """Return values without those of some keys, of which `workflow.KEY` is within another."""
    found = {name: value for name, value in values.items() if name not in keys}
    inner = found.get("workflow")
    if isinstance(inner, Mapping):
        found["workflow"] = {n: v for n, v in inner.items() if f"workflow.{n}" not in keys}
    return found


def _inner_lines(file: str) -> dict[str, str]:
    """Return where a file says the keys within its `workflow`."""
    root, _ = parse_yaml(read_bytes(file).decode(), file)
    pairs = [] if root is None else root.value
    inner = [value for key, value in pairs if key.value == "workflow"]
    return {
        f"workflow.{key.value}": f"{file}:{key.start_mark.line + 1}"
        for node in inner
        if isinstance(node.value, list)
        for key, *_ in (pair for pair in node.value if isinstance(pair, tuple))
    }


def _line(problem: Problem) -> int:
    """Return the line a problem is told at, to sort by; the others come last."""
    line = (problem.where or "").rpartition(":")[2]
    return int(line) if line.isdecimal() else 1_000_000_000
