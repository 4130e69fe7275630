"""What users import: names, signatures and defaults of the specification."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any

import pytest

import tore_export
from tore_export import ExportAPI, ExportConfig, FinetuningTextExporter
from tore_export.cli.export_cli import ExportCLI

NO_DEFAULT = inspect.Parameter.empty


@pytest.mark.parametrize("name", tore_export.__all__)
def test_every_public_name_resolves_to_the_thing_of_that_name(name: str) -> None:
    found = getattr(tore_export, name)
    assert found.__name__ == name
    assert found.__doc__
    assert found.__module__.startswith("tore_export.")


def test_type_checkers_see_the_names_that_are_loaded() -> None:
    tree = ast.parse(Path(tore_export.__file__).read_text(encoding="utf-8"))
    (block,) = (
        node
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    seen = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        for alias in node.names:
            assert alias.name == alias.asname  # how a re-export is spelt
            seen[alias.name] = (node.module or "").removeprefix("tore_export.")
    assert seen == tore_export._WHERE
    assert sorted(seen) == tore_export.__all__


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Exporter'"):
        _ = tore_export.Exporter


def test_a_star_import_brings_the_public_names_and_no_other() -> None:
    names: dict[str, Any] = {}
    exec("from tore_export import *", names)
    assert set(names) - {"__builtins__"} == set(tore_export.__all__)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (FinetuningTextExporter, {"config": None}),
        (FinetuningTextExporter.export_markdown, {"elements": NO_DEFAULT, "options": NO_DEFAULT}),
        (FinetuningTextExporter.export_plaintext, {"elements": NO_DEFAULT, "options": NO_DEFAULT}),
        (FinetuningTextExporter.export_jsonl, {"elements": NO_DEFAULT, "options": NO_DEFAULT}),
        (FinetuningTextExporter.export_training_dataset, {"elements": NO_DEFAULT, "config": None}),
        (FinetuningTextExporter.count_tokens, {"text": NO_DEFAULT, "model": "gpt-3.5-turbo"}),
        (
            FinetuningTextExporter.optimize_for_tokens,
            {"elements": NO_DEFAULT, "max_tokens": NO_DEFAULT, "model": None},
        ),
        (
            FinetuningTextExporter.split_dataset,
            {"elements": NO_DEFAULT, "strategy": "random", "options": NO_DEFAULT},
        ),
        (ExportAPI, {"config": None}),
        (
            ExportAPI.export_document,
            {"elements": NO_DEFAULT, "format": "markdown", "options": None},
        ),
        (
            ExportAPI.export_batch,
            {"documents": NO_DEFAULT, "formats": NO_DEFAULT, "options": None},
        ),
        (ExportAPI.export_for_training, {"elements": NO_DEFAULT, "config": None}),
        (
            ExportAPI.get_token_analysis,
            {"elements": NO_DEFAULT, "tokenizers": None, "prices": None},
        ),
        (ExportCLI.run, {"arguments": NO_DEFAULT}),
    ],
)
def test_calls_have_the_names_and_defaults_of_the_specification(
    call: Any, expected: dict[str, Any]
) -> None:
    parameters = dict(inspect.signature(call).parameters)
    parameters.pop("self", None)
    assert {name: found.default for name, found in parameters.items()} == expected


SPECIFIED = """\
FinetuningTextExporter(config=None)
FinetuningTextExporter.export_markdown(elements, **options) -> str
FinetuningTextExporter.export_plaintext(elements, **options) -> str
FinetuningTextExporter.export_jsonl(elements, **options) -> str
FinetuningTextExporter.export_training_dataset(elements, config) -> TrainingDataset
FinetuningTextExporter.count_tokens(text, model="gpt-3.5-turbo") -> int
FinetuningTextExporter.optimize_for_tokens(elements, max_tokens, model) -> list[Element]
FinetuningTextExporter.split_dataset(elements, strategy="random", **options) -> dict[str, list[Element]]
ExportAPI(config=None)
ExportAPI.export_document(elements, format="markdown", options=None) -> ExportResult
ExportAPI.export_batch(documents, formats, options=None) -> BatchExportResult
ExportAPI.export_for_training(elements, config) -> TrainingDataset
ExportAPI.get_token_analysis(elements) -> TokenAnalysis
ExportWorkflow(config)
ExportWorkflow.execute(input_data) -> WorkflowResult
ExportWorkflow.validate_workflow() -> ValidationResult
ExportWorkflow.get_progress() -> WorkflowProgress
"""


@pytest.mark.parametrize("line", SPECIFIED.splitlines())
def test_what_the_specification_says_of_a_call_is_so(line: str) -> None:
    """Its parameters come first, in its order; a default it states is ours; what we add has one."""
    said = ast.parse(f"def _{line[line.index('(') :]}: ...").body[0]
    assert isinstance(said, ast.FunctionDef)
    owner, _, name = line.partition("(")[0].partition(".")
    call = getattr(getattr(tore_export, owner), name or "__init__")
    found = dict(inspect.signature(call).parameters)
    found.pop("self")
    plain = [argument.arg for argument in said.args.args]
    names = [*plain, *([] if said.args.kwarg is None else [said.args.kwarg.arg])]
    assert list(found)[: len(names)] == names
    stated = dict(zip(reversed(plain), reversed(said.args.defaults), strict=False))
    for parameter, default in stated.items():
        assert found[parameter].default == ast.literal_eval(default)
    added = list(found.values())[len(names) :]
    assert all(parameter.default is not NO_DEFAULT for parameter in added)
    if said.returns is not None:
        assert inspect.signature(call).return_annotation == ast.unparse(said.returns)
        result = ast.unparse(said.returns)
        assert result in ("str", "int") or "[" in result or hasattr(tore_export, result)


@pytest.mark.parametrize(
    "name",
    [
        "TextEngine",
        "FormatterRegistry",
        "TokenizerManager",
        "OptimizationEngine",
        "WorkflowValidator",
        "ExportCLI",
        "ExportConfig",
        "TrainingConfig",
        "WorkflowConfig",
        "ExportOptions",
        "BatchExportOptions",
        "Element",
    ],
)
def test_the_parts_carry_the_names_of_the_specification(name: str) -> None:
    assert name in tore_export.__all__


def test_the_workflow_of_a_configuration_is_a_workflow_configuration() -> None:
    assert ExportConfig().workflow == tore_export.WorkflowConfig()
    assert isinstance(tore_export.TrainingConfig().workflow, tore_export.WorkflowConfig)


def test_the_configuration_has_the_defaults_of_the_specification() -> None:
    assert ExportConfig().model_dump(
        include={
            *("default_format", "markdown_flavor", "preserve_structure", "default_tokenizer"),
            *("max_tokens", "token_optimization", "min_quality_score", "enable_filtering"),
            *("parallel_processing", "max_workers", "batch_size", "include_metadata"),
            "output_encoding",
        }
    ) == {
        "default_format": "markdown",
        "markdown_flavor": "github",
        "preserve_structure": True,
        "default_tokenizer": "gpt-3.5-turbo",
        "max_tokens": None,
        "token_optimization": False,
        "min_quality_score": 0.7,
        "enable_filtering": True,
        "parallel_processing": True,
        "max_workers": None,
        "batch_size": 1000,
        "include_metadata": True,
        "output_encoding": "utf-8",
    }
