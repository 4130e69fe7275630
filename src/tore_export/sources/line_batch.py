"""Lines that are read together: the elements of many documents as one Arrow array, by Arrow's parser.

It knows the fields by which unstructured tells what a text's elements are and where they stand. Where
elements say more, and where it stumbles, lines are read one by one, as are all if that is most of them.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
import pyarrow as pa

from tore_export.sources.document import add_json, fields_and_values
from tore_export.sources.element_batch import ElementBatch, NotColumnarError
from tore_export.sources.laid_out import LaidOut
from tore_export.sources.reader import Task

__all__ = ["LineBatch"]

BATCH_BYTES = 4_000_000
"""Lines that are read together, or little more; with much less, calls would cost more than work."""

FEW = 8
"""So few lines are read one by one sooner than the parser begins."""

_FIELDS = ("element_id", "type", "text")
_METADATA = (
    ("page_number", pa.int64()),
    ("category_depth", pa.int64()),
    ("text_as_html", pa.string()),
)

_Line = tuple[int, bytes]


class LineBatch:
    """Collects lines of a task with their places, and puts in their documents in order.

    Bad lines are put in as documents that cannot be read.
    """

    __slots__ = ("_credit", "_lines", "_n_bytes", "_task")

    def __init__(self, task: Task) -> None:
        self._task = task
        self._lines: list[_Line] = []
        self._n_bytes = 0
        # of the batches that were begun together as many may fail as succeed, and two more
        self._credit = 2

    def add(self, place: int, line: bytes) -> None:
        """Take in a line; its document is there after `flush` at the latest."""
        self._lines.append((place, line))
        self._n_bytes += len(line)
        if self._n_bytes >= BATCH_BYTES or self._task.out.is_full_with(
            len(self._lines), self._n_bytes
        ):
            self.flush()

    def flush(self) -> None:
        """Put in the documents of all lines that wait."""
        lines, self._lines, self._n_bytes = self._lines, [], 0
        if self._credit <= 0 or len(lines) < FEW:
            for place, line in lines:
                add_json(line, self._task, place)
            return
        read = [fields_and_values(line, self._task.limits) for _, line in lines]
        together = [found[0] for found in read if found is not None]
        laid_out = _laid_out(together, self._task) if together else None
        self._credit += -1 if laid_out is None else 1
        row = -1
        for (place, line), found in zip(lines, read, strict=True):
            row += found is not None
            if laid_out is None or found is None or not laid_out.is_plain[row]:
                add_json(line, self._task, place)
            else:
                laid_out.add(row, found[1], self._task, place)
                self._task.out.closed(len(line))


def _laid_out(lists: list[msgspec.Raw], task: Task) -> LaidOut | None:
    """Return JSON lists of elements as columns; None if anything is not as it is expected."""
    import pyarrow.json as pj

    data = b'{"e":' + b'}\n{"e":'.join(lists) + b"}\n"
    try:
        table = pj.read_json(
            pa.BufferReader(data),
            pj.ReadOptions(use_threads=False, block_size=len(data) + 1),
            pj.ParseOptions(explicit_schema=_schema(), unexpected_field_behavior="error"),
        )
        return ElementBatch(table.column(0).combine_chunks()).laid_out(task.limits)
    except (pa.ArrowInvalid, NotColumnarError):
        return None


@cache
def _schema() -> pa.Schema:
    element: list[Any] = [(name, pa.string()) for name in _FIELDS]
    element.append(("metadata", pa.struct(_METADATA)))
    return pa.schema([("e", pa.list_(pa.struct(element)))])
