"""Validate what is there: datasets of ours, training rows of others, documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tore_export.api.written_datasets import dataset_at
from tore_export.audit.datasets import check_dataset
from tore_export.audit.documents import check_documents
from tore_export.audit.finding import Finding, Findings, Validation
from tore_export.audit.row_files import check_rows
from tore_export.audit.told_shape import told_shape
from tore_export.config import ExportConfig
from tore_export.errors import UsageError, nearest
from tore_export.plan.inputs import find_inputs
from tore_export.plan.rendering import limits_of
from tore_export.records.shapes.registry import SHAPES
from tore_export.sources.unit import InputFile

__all__ = ["validate"]

_KEPT = 1_000


def validate(
    paths: Sequence[str],
    *,
    shape: str | None = None,
    config: ExportConfig | None = None,
    score_rows: bool = False,
    on_finding: Callable[[Finding], None] | None = None,
    kept: int = _KEPT,
) -> Validation:
    """Check what lies at `paths`: each a dataset, a file of training rows, or documents.

    The shape of rows is told from their columns, or named. Documents are read and scored; with
    `score_rows` also rows, where they have a score, and rows of running text are documents. `on_finding`
    hears of every finding as it is made; the first `kept` are in the result. Memory is bounded by the
    largest row, not by the files.

    **Raises** UsageError for an unknown shape, PreflightError for a path that is not there.
    """
    if shape is not None and shape not in SHAPES:
        raise UsageError(
            "no such shape", found=shape, allowed=", ".join(SHAPES), hint=nearest(shape, SHAPES)
        )
    settings = config or ExportConfig()
    limits = limits_of(settings)
    least = settings.min_quality_score if score_rows else None
    findings = Findings(on_finding, kept)
    for path in paths:
        dataset = dataset_at(path)
        if dataset is not None:
            check_dataset(
                path, dataset.shards, limits, findings, named=shape, min_quality_score=least
            )
            continue
        documents: list[InputFile] = []
        for file in find_inputs([path], settings.include, settings.exclude):
            told = told_shape(file, limits, shape)
            if told is None or (shape is None and score_rows and told.name == "text"):
                documents.append(file)
            else:
                check_rows(file, told, limits, findings, min_quality_score=least)
        if documents:
            check_documents(documents, settings, findings)
    return findings.result()
