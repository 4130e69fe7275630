"""Where readers put documents, and how much of them makes a table."""

from __future__ import annotations

import pyarrow as pa

from tore_export.documents.columns import DocumentRows
from tore_export.errors import DocumentError

__all__ = ["Collector"]

TABLE_BYTES = 16_000_000
"""Input that makes a table full, however few documents it is."""


class Collector:
    """Documents of a unit in the making, cut into tables of at most `batch_rows` rows.

    A reader fills `rows`, tells `closed` how many bytes of input a document was, and yields `take()`
    whenever `is_full`.
    """

    __slots__ = ("_batch_rows", "_n_bytes", "n_documents", "rows", "unit")

    def __init__(self, unit: int, batch_rows: int) -> None:
        self.unit = unit
        self.rows = DocumentRows(unit)
        self.n_documents = 0
        self._batch_rows = batch_rows
        self._n_bytes = 0

    def closed(self, n_bytes: int) -> None:
        """Count a document that was added to `rows` and the bytes it was made of."""
        self.n_documents += 1
        self._n_bytes += n_bytes

    def failed(
        self, doc_id: str, source: str, error: DocumentError, *, place: int | None = None
    ) -> None:
        """Close a document that cannot be read."""
        detail = str(error).encode("utf-8", "replace").decode()
        self.rows.fail(doc_id, source, rule=error.rule, detail=detail, place=place)
        self.closed(0)

    @property
    def is_full(self) -> bool:
        """Whether it is time to take the table."""
        return len(self.rows) >= self._batch_rows or self._n_bytes >= TABLE_BYTES

    def take(self) -> pa.Table:
        """Return what was collected as a table and begin anew."""
        table = self.rows.to_table()
        self.rows = DocumentRows(self.unit)
        self._n_bytes = 0
        return table
