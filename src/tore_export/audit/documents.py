"""Check documents: can they be read, in whole or in part, and what do they score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.audit.finding import Finding, Findings
from tore_export.config import ExportConfig
from tore_export.documents.schema import END_OF_UNIT
from tore_export.engine.guard import guarded
from tore_export.plan.rendering import limits_of, normalizing
from tore_export.plan.units import make_units
from tore_export.sources.limit import read
from tore_export.sources.unit import InputFile
from tore_export.stages.filter_quality import FilterQuality
from tore_export.stages.score_quality import ScoreQuality
from tore_export.stages.stage import combined

__all__ = ["check_documents"]

_COLUMNS = ("doc_id", "source", "place", "warnings", "quality_score", "reject")


def check_documents(files: Sequence[InputFile], config: ExportConfig, findings: Findings) -> None:
    """Read documents and score them: what readers reject and what scores too little are findings."""
    stages = [guarded(stage) for stage in (*normalizing(config), ScoreQuality())]
    if config.enable_filtering:
        stages.append(guarded(FilterQuality(config.min_quality_score)))
    findings.files += len(files)
    paths = {file.source: file.path for file in files}
    for unit in make_units(files):
        for table in read(unit, limits_of(config), config.batch_size):
            scored = table
            for stage in stages:
                scored = stage(scored)
            _take(scored.select(_COLUMNS), paths, findings)


def _take(table: pa.Table, paths: dict[str, str], findings: Findings) -> None:
    rules = pc.struct_field(combined(table["reject"]), "rule")
    table = table.filter(pc.fill_null(pc.not_equal(rules, END_OF_UNIT), True))
    findings.documents += table.num_rows
    findings.warnings += pc.sum(table["warnings"]).as_py() or 0
    for row in table.to_pylist():
        path = paths.get(row["source"], row["source"])
        if row["reject"] is not None:
            findings.bad_documents += 1
            findings.add(Finding(path, row["reject"]["rule"], None, _told(row)))
            if row["reject"]["failed"]:
                continue
        findings.read += 1
        findings.scored(
            {
                "source": path,
                "doc_id": row["doc_id"],
                "quality_score": row["quality_score"],
                "warnings": row["warnings"],
            }
        )


def _told(row: dict[str, Any]) -> str:
    """Return why a document was rejected; its file is told by the finding."""
    detail: str = row["reject"]["detail"]
    if detail.startswith(row["source"]):
        detail = detail.partition(": ")[2]
    return (
        detail if row["place"] is None else f"document {row['doc_id']} at {row['place']}: {detail}"
    )
