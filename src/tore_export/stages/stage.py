"""What a stage is, and how one rejects a row.

A stage is a frozen dataclass with the columns it `reads` and `writes`, a `version` that is raised when
its output changes, and `__call__(table) -> table`. It is pure and picklable, keeps the order of rows,
and gives the same rows wherever a table is cut. It leaves rows alone that are rejected already.
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.documents.combined import combined
from tore_export.documents.schema import REJECT

__all__ = ["Stage", "combined", "is_live", "put", "reject", "spread"]


@runtime_checkable
class Stage(Protocol):
    """One step of the pipeline. **Rows** 1:1 unless its docstring says otherwise."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns it needs."""

    @property
    def writes(self) -> tuple[str, ...]:
        """The columns it sets."""

    @property
    def version(self) -> int:
        """Raised when the stage gives other rows than before: a begun output is then refused."""

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the table with the columns this stage writes."""


def is_live(table: pa.Table) -> pa.Array:
    """Return a boolean array, true for the rows that are not rejected."""
    return pc.is_null(combined(table["reject"]))


def put(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    """Return the table with column `name` set to `values`, in its old place if it had one."""
    field = pa.field(name, values.type)
    at = table.schema.get_field_index(name)
    if at < 0:
        return table.append_column(field, values)
    return table.set_column(at, table.schema.field(at), values)


def spread(values: pa.Array, live: pa.Array) -> pa.Array:
    """Return `values` of the live rows at their places among all rows, null in between."""
    if len(values) == len(live):
        return values
    places = pc.subtract(pc.cumulative_sum(pc.cast(live, pa.int64())), 1)
    return values.take(pc.if_else(live, places, pa.scalar(None, pa.int64())))


def reject(table: pa.Table, rejects: list[dict[str, Any] | None]) -> pa.Table:
    """Return the table with each row rejected that has an entry and is not rejected yet.

    `rejects` holds one entry a row: None, or a dict with `stage`, `rule` and, as far as they are
    known, `value`, `threshold`, `detail`; `failed` is False unless said.
    """
    if not any(rejects):
        return table
    new = pa.array([r and {"failed": False, **r} for r in rejects], REJECT)
    old = combined(table["reject"])
    return put(table, "reject", pc.if_else(pc.is_null(old), new, old))
