"""Configuration as data: frozen, closed, unknown keys refused.

The names of the fields are the keys of YAML files and, in capitals behind `TORE_EXPORT_`, of the
environment. `api/configuration.py` merges those; nothing below reads either.
"""

from __future__ import annotations

from tore_export.config.closed import faults_of
from tore_export.config.export import ExportConfig
from tore_export.config.rendering import (
    FLAVORS,
    BatchExportOptions,
    ExportOptions,
    Flavor,
    Images,
    MergedCells,
    PageMarks,
    Tables,
)
from tore_export.config.training import ShapeName, SplitStrategy, TrainingConfig
from tore_export.config.values import parse_options, parse_size, parse_splits
from tore_export.config.workflow import WorkflowConfig

__all__ = [
    "FLAVORS",
    "BatchExportOptions",
    "ExportConfig",
    "ExportOptions",
    "Flavor",
    "Images",
    "MergedCells",
    "PageMarks",
    "ShapeName",
    "SplitStrategy",
    "Tables",
    "TrainingConfig",
    "WorkflowConfig",
    "faults_of",
    "parse_options",
    "parse_size",
    "parse_splits",
]
