"""Turn parsed documents into fine-tuning datasets: exact in tokens, scored, filtered, split, sharded.

The names below are the public surface. They are loaded when they are first used, so that importing
the package costs next to nothing and starts nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tore_export.analysis.result import TokenAnalysis as TokenAnalysis
    from tore_export.api.configuration import load_config as load_config
    from tore_export.api.explain import explain as explain
    from tore_export.api.export_api import ExportAPI as ExportAPI
    from tore_export.api.ray_rows import from_ray as from_ray
    from tore_export.api.text_engine import ProcessedDocument as ProcessedDocument
    from tore_export.api.text_engine import TextEngine as TextEngine
    from tore_export.api.validate import validate as validate
    from tore_export.api.workflow import ExportWorkflow as ExportWorkflow
    from tore_export.api.workflow_result import ValidationResult as ValidationResult
    from tore_export.api.workflow_result import WorkflowProgress as WorkflowProgress
    from tore_export.api.workflow_result import WorkflowResult as WorkflowResult
    from tore_export.api.workflow_validator import WorkflowValidator as WorkflowValidator
    from tore_export.budget.engine import OptimizationEngine as OptimizationEngine
    from tore_export.budget.result import OptimizationResult as OptimizationResult
    from tore_export.cli.export_cli import ExportCLI as ExportCLI
    from tore_export.config import BatchExportOptions as BatchExportOptions
    from tore_export.config import ExportConfig as ExportConfig
    from tore_export.config import ExportOptions as ExportOptions
    from tore_export.config import TrainingConfig as TrainingConfig
    from tore_export.config import WorkflowConfig as WorkflowConfig
    from tore_export.documents.element import Cell as Cell
    from tore_export.documents.element import Element as Element
    from tore_export.documents.schema import Kind as Kind
    from tore_export.errors import ToreExportError as ToreExportError
    from tore_export.finetuning_text import FinetuningTextExporter as FinetuningTextExporter
    from tore_export.formatters.registry import FormatterRegistry as FormatterRegistry
    from tore_export.observe.events import Event as Event
    from tore_export.observe.progress import Progress as Progress
    from tore_export.results import BatchExportResult as BatchExportResult
    from tore_export.results import ExportResult as ExportResult
    from tore_export.results import RunSummary as RunSummary
    from tore_export.results import TrainingDataset as TrainingDataset
    from tore_export.tokens.manager import TokenizerManager as TokenizerManager

_WHERE = {
    "BatchExportOptions": "config",
    "BatchExportResult": "results",
    "Cell": "documents.element",
    "Element": "documents.element",
    "Event": "observe.events",
    "ExportAPI": "api.export_api",
    "ExportCLI": "cli.export_cli",
    "ExportConfig": "config",
    "ExportOptions": "config",
    "ExportResult": "results",
    "ExportWorkflow": "api.workflow",
    "FinetuningTextExporter": "finetuning_text",
    "FormatterRegistry": "formatters.registry",
    "Kind": "documents.schema",
    "OptimizationEngine": "budget.engine",
    "OptimizationResult": "budget.result",
    "ProcessedDocument": "api.text_engine",
    "Progress": "observe.progress",
    "RunSummary": "results",
    "TextEngine": "api.text_engine",
    "TokenAnalysis": "analysis.result",
    "TokenizerManager": "tokens.manager",
    "ToreExportError": "errors",
    "TrainingConfig": "config",
    "TrainingDataset": "results",
    "ValidationResult": "api.workflow_result",
    "WorkflowConfig": "config",
    "WorkflowProgress": "api.workflow_result",
    "WorkflowResult": "api.workflow_result",
    "WorkflowValidator": "api.workflow_validator",
    "explain": "api.explain",
    "from_ray": "api.ray_rows",
    "load_config": "api.configuration",
    "validate": "api.validate",
}

__all__ = sorted(_WHERE)  # noqa: PLE0605  # a list of names, kept in one place


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
