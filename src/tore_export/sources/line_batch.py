"""Lines that are read together: the elements of many documents as one Arrow array, by Arrow's parser.

It knows the fields of unstructured: first those by which plain elements tell what they are and where
they stand, then the others that are common. Where elements say still more, and where it stumbles,
lines are read one by one, as are all if that is most of them.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import msgspec
import pyarrow as pa

from tore_export.sources.document import add_json, fields_and_values
from tore_export.sources.element_batch import ElementBatch, NotColumnarError
from tore_export.sources.element_types import FIELDS, METADATA_FIELDS
from tore_export.sources.laid_out import LaidOut
from tore_export.sources.reader import Task

__all__ = ["LineBatch"]

BATCH_BYTES = 4_000_000
"""Lines that are read together, or little more; with much less, calls would cost more than work."""

FEW = 8
"""So few lines are read one by one sooner than the parser begins."""

_FIELDS = dict.fromkeys(("element_id", "type", "text"), pa.string())
_METADATA: dict[str, pa.DataType] = {
    "page_number": pa.int64(),
    "category_depth": pa.int64(),
    "text_as_html": pa.string(),
}
_LINK = pa.struct([("text", pa.string()), ("url", pa.string()), ("start_index", pa.int64())])
_MORE_METADATA: dict[str, pa.DataType] = {
    "parent_id": pa.string(),
    "languages": pa.list_(pa.string()),
    "emphasized_text_contents": pa.list_(pa.string()),
    "emphasized_text_tags": pa.list_(pa.string()),
    "links": pa.list_(_LINK),
    "link_texts": pa.list_(pa.string()),
    "link_urls": pa.list_(pa.string()),
    "image_url": pa.string(),
    "detection_class_prob": pa.float64(),
}
"""What is read in this way only where elements have more than the plain ones: each field costs."""

_Line = tuple[int, bytes]


class LineBatch:
    """Collects lines of a task with their places, and puts in their documents in order.

    Bad lines are put in as documents that cannot be read.
    """

    __slots__ = ("_are_plain", "_credit", "_lines", "_n_bytes", "_task")

    def __init__(self, task: Task) -> None:
        self._task = task
        self._lines: list[_Line] = []
        self._n_bytes = 0
        # of the batches that were read together as many may be of odd lines as not, and two more
        self._credit = 2
        self._are_plain = True

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
        laid_out = self._laid_out(together) if together else None
        n_plain = 0 if laid_out is None else sum(laid_out.is_plain)
        self._credit += 1 if 2 * n_plain > len(together) else -1
        row = -1
        for (place, line), found in zip(lines, read, strict=True):
            row += found is not None
            if laid_out is None or found is None or not laid_out.is_plain[row]:
                add_json(line, self._task, place)
            else:
                laid_out.add(row, found[1], self._task, place)
                self._task.out.closed(len(line))

    def _laid_out(self, lists: list[msgspec.Raw]) -> LaidOut | None:
        """Return JSON lists of elements as columns; None if anything is not as it is expected."""
        data = b'{"e":' + b'}\n{"e":'.join(lists) + b"}\n"
        if self._are_plain:
            try:
                return ElementBatch(_parsed(data, _plain(), "error")).laid_out(self._task.limits)
            except (pa.ArrowInvalid, NotColumnarError):
                self._are_plain = False
        try:
            found = _parsed(data, _with_all(), "ignore").cast(_with_more())
            return ElementBatch(found).laid_out(self._task.limits)
        except (pa.ArrowInvalid, NotColumnarError):
            return None


def _parsed(data: bytes, kind: pa.DataType, unexpected: Literal["error", "ignore"]) -> pa.ListArray:
    import pyarrow.json as pj

    schema = pa.schema([("e", kind)])
    table = pj.read_json(
        pa.BufferReader(data),
        pj.ReadOptions(use_threads=False, block_size=len(data) + 1),
        pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior=unexpected),
    )
    return table.column(0).combine_chunks()


@cache
def _plain() -> pa.DataType:
    return _elements(_FIELDS, _METADATA)


@cache
def _with_more() -> pa.DataType:
    return _elements(_FIELDS, _METADATA | _MORE_METADATA)


@cache
def _with_all() -> pa.DataType:
    """Return the type of all that may matter.

    What would be read, but not in this way, is null here, so that it is an error to say it.
    """
    nothing = pa.null()
    return _elements(
        dict.fromkeys(FIELDS, nothing) | _FIELDS,
        dict.fromkeys(METADATA_FIELDS, nothing) | _METADATA | _MORE_METADATA,
    )


def _elements(fields: dict[str, pa.DataType], metadata: dict[str, pa.DataType]) -> pa.DataType:
    return pa.list_(pa.struct(fields | {"metadata": pa.struct(metadata)}))
