"""Check a file of training rows against its shape, row by row, in memory that does not grow with it."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from tore_export.audit.finding import Finding, Findings
from tore_export.audit.rows import columns_of_parquet, is_parquet, rows_of
from tore_export.records.shapes.shape import Shape
from tore_export.sources.unit import InputFile, Limits

__all__ = ["RowsSeen", "check_rows"]

_ABOUT = ("doc_id", "n_tokens", "quality_score")


@dataclass
class RowsSeen:
    """What a file's rows are, in all. `ids` are the hashes of their documents' ids, in this process."""

    rows: int = 0
    n_tokens: int = 0
    has_tokens: bool = False
    ids: array[int] = field(default_factory=lambda: array("q"))


def check_rows(
    file: InputFile,
    shape: Shape,
    limits: Limits,
    findings: Findings,
    *,
    min_quality_score: float | None = None,
    is_ours: bool = False,
) -> RowsSeen:
    """Check the rows of a file, and return what was seen of them.

    `is_ours` asks of each row where it came from, if any of them says so. Where `min_quality_score` is
    given, rows with a `quality_score` below it are findings.
    """
    payload = shape.schema.names
    columns = [*payload, *_ABOUT] if is_parquet(file) else None
    has_ids = columns is not None and "doc_id" in columns_of_parquet(file)
    seen = RowsSeen()
    findings.files += 1
    findings.of_shape(shape.name)
    last_id: object = None
    for number, row in rows_of(file, limits, findings, columns, payload):
        seen.rows += 1
        if row is None:
            continue
        findings.read += 1
        for fault in shape.faults(row):
            findings.add(Finding.of_fault(file.path, fault, number))
        n_tokens = row.get("n_tokens")
        if type(n_tokens) is int:
            seen.n_tokens += n_tokens
            seen.has_tokens = True
        if is_ours:
            doc_id = row.get("doc_id")
            has_ids = has_ids or doc_id is not None
            if has_ids and not (isinstance(doc_id, str) and doc_id):
                found = repr(doc_id)
                findings.add(Finding(file.path, "no_doc_id", "doc_id", found, "an id", number))
            elif doc_id is not None and doc_id != last_id:
                last_id = doc_id
                seen.ids.append(hash(doc_id))
        score = row.get("quality_score")
        if (
            min_quality_score is not None
            and isinstance(score, int | float)
            and score < min_quality_score
        ):
            allowed = f"{min_quality_score:g} and above"
            found = f"{score:.3g}"
            findings.add(
                Finding(file.path, "min_quality_score", "quality_score", found, allowed, number)
            )
    findings.rows += seen.rows
    if not seen.rows:
        findings.add(Finding(file.path, "no_rows", None, "no row that can be read", "rows"))
    return seen
