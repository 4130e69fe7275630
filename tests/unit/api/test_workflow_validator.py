"""What is wrong with a workflow is told all at once, each with the line that says it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import write_jsonl
from tore_export import ExportConfig, ExportWorkflow, TrainingConfig, WorkflowConfig
from tore_export.api.workflow_validator import WorkflowValidator

WRONG = """\
seeed: 7
min_quality_score: 3
default_tokenizer: gtp-4
workflow:
  inputs: [nowhere/, gone.json]
  output: out
  formats: [markdwon, plaintext, pdf]
  dataset: yes
  time_limit: 5
phrases: none.yaml
task: section
shape: messages
"""


def test_every_problem_is_told_at_once_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("job.yaml").write_text(WRONG)
    Path("out").write_text("a file")
    found = ExportWorkflow("job.yaml").validate_workflow()
    assert not found.is_valid
    assert [(problem.where, problem.key) for problem in found.problems] == [
        ("job.yaml:1", "seeed"),
        ("job.yaml:2", "min_quality_score"),
        ("job.yaml:3", "default_tokenizer"),
        ("job.yaml:5", "workflow.inputs"),
        ("job.yaml:5", "workflow.inputs"),
        ("job.yaml:6", "workflow.output"),
        ("job.yaml:7", "workflow.formats"),
        ("job.yaml:7", "workflow.formats"),
        ("job.yaml:9", "workflow.time_limit"),
        ("job.yaml:11", "task"),
    ]
    told = str(found).splitlines()
    assert told[0] == "job.yaml:1: seeed: no such key (did you mean seed?)"
    assert "did you mean gpt-4" in told[2]
    assert "nowhere" in told[3]
    assert "did you mean markdown?" in told[6]
    json.dumps(found.to_dict())
    assert found.to_dict()["is_valid"] is False


def test_a_workflow_that_is_well_has_no_problems(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "in" / "a.jsonl", range(2))
    own = WorkflowConfig(inputs=(str(source),), output=str(tmp_path / "out"))
    found = ExportWorkflow(TrainingConfig(workflow=own)).validate_workflow()
    assert (found.is_valid, str(found)) == (True, "nothing is wrong")
    assert not (tmp_path / "out").exists()


def test_the_input_that_would_be_given_is_looked_at(tmp_path: Path) -> None:
    workflow = ExportWorkflow(ExportConfig())
    (missing,) = workflow.validate_workflow(tmp_path / "nowhere").problems
    assert missing.key == "input_data"
    assert workflow.validate_workflow([{"type": "Title", "text": "A"}]).is_valid
    seven: Any = 7
    (odd,) = workflow.validate_workflow(seven).problems
    assert "not documents, found int" in str(odd)


def test_globs_that_leave_nothing_are_a_problem(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "a.jsonl", range(1))
    config = ExportConfig(exclude=("*",))
    (problem,) = WorkflowValidator(config).validate(tmp_path).problems
    assert problem.key == "exclude"


def test_an_output_within_the_input_is_a_problem(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "a.jsonl", range(1))
    own = WorkflowConfig(output=str(tmp_path / "out"))
    (problem,) = WorkflowValidator(TrainingConfig(workflow=own)).validate(tmp_path).problems
    assert problem.key == "workflow.output"
    assert "inside the input" in str(problem)


def test_a_file_that_is_no_configuration_is_the_one_problem(tmp_path: Path) -> None:
    for text, told in (("a: [", "not YAML"), ("- a", "not a mapping"), (None, "no such")):
        file = tmp_path / "job.yaml"
        file.unlink(missing_ok=True)
        if text is not None:
            file.write_text(text)
        (problem,) = WorkflowValidator(file).validate().problems
        assert told in str(problem)


def test_keys_that_do_not_fit_together_are_told_beside_what_else_is_wrong() -> None:
    both = {"shape": "messages", "workflow": {"formtas": "markdown"}}
    keys = [problem.key for problem in WorkflowValidator(both).validate().problems]
    assert keys == ["shape", "workflow.formtas"]
    fits_not = {"task": "text,section", "shape": "messages"}
    assert len(WorkflowValidator(fits_not).validate().problems) == 1
    odd = {"workflow": 7}
    (problem,) = WorkflowValidator(odd).validate().problems
    assert "workflow: not a mapping" in str(problem)


def test_a_workflow_in_yaml_may_be_empty_or_no_mapping(tmp_path: Path) -> None:
    for text, n_problems in (("", 0), ("workflow: 7", 1), ("workflow: [a]", 1)):
        file = tmp_path / "job.yaml"
        file.write_text(text)
        assert len(WorkflowValidator(file).validate().problems) == n_problems


def test_a_template_that_is_not_there_is_a_problem() -> None:
    config = ExportConfig(template="nowhere.md")
    (problem,) = WorkflowValidator(config).validate().problems
    assert problem.key == "template"
