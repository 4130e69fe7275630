"""Samples in the making: what a task appends to, and what it leaves out by which rule."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from tore_export.records.documents import Document
from tore_export.records.sample import SAMPLE

__all__ = ["Candidates"]


class Candidates:
    """The samples that one task makes of documents, in order, and how many it left out.

    `left_out` counts by row of the document and rule.

    >>> candidates = Candidates("continue")
    >>> candidates.to_table().num_rows
    0
    """

    def __init__(self, task: str) -> None:
        self.task = task
        self.left_out: defaultdict[int, Counter[str]] = defaultdict(Counter)
        self._rows: list[tuple[Any, ...]] = []

    def add(
        self,
        document: Document,
        instruction: str | None = None,
        output: str | None = None,
        *,
        about: str | None = None,
        system: str | None = None,
        text: str | None = None,
        messages: Sequence[Mapping[str, Any]] | None = None,
        elements: Sequence[int] | None = None,
        chunk: Mapping[str, int] | None = None,
    ) -> None:
        """Append a sample. `about` is its `input`; `elements` are counted within the document."""
        self._rows.append(
            (
                document.row,
                self.task,
                text,
                system,
                instruction,
                about,
                output,
                messages,
                elements,
                chunk,
            )
        )

    def leave_out(self, document: Document, rule: str, n: int = 1) -> None:
        """Count samples that were not made."""
        self.left_out[document.row][rule] += n

    def to_table(self) -> pa.Table:
        """Return the samples, of the schema SAMPLE."""
        columns = zip(*self._rows, strict=True) if self._rows else [()] * len(SAMPLE)
        arrays = [
            pa.array(column, field.type) for column, field in zip(columns, SAMPLE, strict=True)
        ]
        return pa.Table.from_arrays(arrays, schema=SAMPLE)
