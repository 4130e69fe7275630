"""What comes of one document: its content, its figures, what counted them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pyarrow as pa

from tore_export.api.text_engine import TextEngine
from tore_export.results import ExportResult

if TYPE_CHECKING:
    from tore_export.budget.result import OptimizationResult

__all__ = ["result_of"]


def result_of(
    engine: TextEngine,
    table: pa.Table,
    name: str,
    optimization: OptimizationResult | None = None,
    *,
    count: Callable[[str], int] | None,
) -> ExportResult:
    """Return the one document of `table` rendered; its score is given where it was scored.

    `count` returns the number of tokens of its content; without it nothing is said of tokens.
    """
    content = engine.render_table(table, name)[0]
    names = ["doc_id", "source", "title", "warnings", "quality_score"]
    chosen = [column for column in names if column in table.column_names]
    row = table.select(chosen).to_pylist()[0]
    return ExportResult(
        content=content,
        format=name,
        n_tokens=None if count is None else count(content),
        n_elements=len(table["elements"][0]),
        warnings=row.pop("warnings"),
        quality_score=row.pop("quality_score", None),
        metadata=row,
        optimization=None if optimization is None else optimization.account(),
        tokenizer=None if count is None else engine.counted_by(),
    )
