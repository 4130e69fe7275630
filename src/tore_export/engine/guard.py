"""The guard around every stage: a row that a stage cannot bear costs only itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from tore_export.errors import RunError
from tore_export.stages.stage import Stage, reject

__all__ = ["guarded"]


def guarded(stage: Stage) -> Callable[[pa.Table], pa.Table]:
    """Return the stage as a function of its name that halves a batch it raises on.

    The halves are tried alone, and so on until the row that does it stands by itself; that row is
    rejected as failed, with stage and error, by the rule the error names or else `error`, and the
    rest goes on. A RunError is not about a row and passes.
    """

    def run(table: pa.Table) -> pa.Table:
        try:
            return stage(table)
        except (KeyboardInterrupt, SystemExit, GeneratorExit, RunError):
            raise
        except BaseException as error:  # a panic of a Rust library is no Exception
            if table.num_rows <= 1:
                return _failed(stage, table, error)
        middle = table.num_rows // 2
        halves = [run(table.slice(0, middle)), run(table.slice(middle))]
        return pa.concat_tables(halves).combine_chunks()

    run.__name__ = run.__qualname__ = type(stage).__name__
    return run


def _failed(stage: Stage, table: pa.Table, error: BaseException) -> pa.Table:
    """Return the row as failed, with null in each column the stage would have written."""
    schema = stage(table.slice(0, 0)).schema
    for field in schema:
        if field.name not in table.column_names:
            table = table.append_column(field, pa.nulls(table.num_rows, field.type))
    entry: dict[str, Any] = {
        "failed": True,
        "stage": _snake(type(stage).__name__),
        "rule": getattr(error, "rule", "error"),
        "detail": f"{type(error).__name__}: {error}"[:500],
    }
    return reject(table, [entry] * table.num_rows).select(schema.names)


def _snake(name: str) -> str:
    """Return a stage's name as rejects spell it.

    >>> _snake("CountTokens")
    'count_tokens'
    """
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
