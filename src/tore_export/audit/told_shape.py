"""Which shape the rows of a file have, told from the first of them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from tore_export.audit.finding import Findings
from tore_export.audit.rows import columns_of_parquet, is_parquet, rows_of
from tore_export.records.shapes.registry import shape_named, shape_of_row
from tore_export.records.shapes.shape import Shape
from tore_export.sources.unit import InputFile, Limits

__all__ = ["told_shape"]

_ROWS_LOOKED_AT = 20
_TELLING = {"text", "prompt", "completion"}
"""Columns whose values tell more than their names: ChatML, lists of messages."""

_OF_DOCUMENTS = {"elements", "element_id", "element_type", "type", "orig_elements"}


def told_shape(file: InputFile, limits: Limits, named: str | None = None) -> Shape | None:
    """Return the shape of a file's rows: the one `named`, else what its first rows tell.

    None where they tell none: of documents (some rows have elements), or of anything else.

    **Raises** ConfigError for an unknown name.
    """
    columns: set[str] = set()
    wanted: list[str] | None = None
    if is_parquet(file):
        columns = set(columns_of_parquet(file))
        wanted = sorted(columns & _TELLING)
    first = [
        dict.fromkeys(columns) | row
        for _, row in islice(rows_of(file, limits, Findings(kept=0), wanted), _ROWS_LOOKED_AT)
        if row is not None
    ] or [dict.fromkeys(columns)]
    if named is not None:
        return next(
            (shape for row in first if (shape := shape_of_row(row)) and shape.name == named),
            shape_named(named),
        )
    found = next((shape for row in first if (shape := shape_of_row(row))), None)
    if found is not None and found.name == "text" and any(_is_of_documents(row) for row in first):
        return None
    return found


def _is_of_documents(row: Mapping[str, Any]) -> bool:
    return not row.keys().isdisjoint(_OF_DOCUMENTS)
