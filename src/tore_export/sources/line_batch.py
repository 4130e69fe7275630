"""Lines that are read together: the elements of many documents as one Arrow array, by Arrow's parser.

It knows the fields of unstructured: first those by which plain elements tell what they are and where
they stand, then the others that are common. Lines that beside them hold nothing but texts are parsed as
they are; of others the elements are cut out first. Where elements say still more, and where the parser
stumbles, lines are read one by one, as are all if that is most of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

import msgspec
import pyarrow as pa

from tore_export.sources.document import add_json, fields_and_values, text_fields
from tore_export.sources.element_batch import ElementBatch, NotColumnarError
from tore_export.sources.element_types import FIELDS, METADATA_FIELDS
from tore_export.sources.json_text import BOM
from tore_export.sources.laid_out import LaidOut
from tore_export.sources.opened import too_large
from tore_export.sources.reader import Task

__all__ = ["LineBatch"]

BATCH_BYTES = 4_000_000
"""Lines that are read together, or a block more; with much less, calls would cost more than work."""

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

_Values = dict[str, Any]
_Bounds = list[tuple[int, int]]


class LineBatch:
    """Collects lines of a task with their place, and puts in their documents in order.

    Bad lines are put in as documents that cannot be read. Tables are cut where they would be if each
    line were read alone.
    """

    __slots__ = ("_are_plain", "_are_texts", "_credit", "_n_bytes", "_parts", "_place", "_task")

    def __init__(self, task: Task) -> None:
        self._task = task
        self._parts: list[bytes] = []
        self._place = 0
        self._n_bytes = 0
        # of the batches that were read together as many may be of odd lines as not, and two more
        self._credit = 2
        self._are_plain = True
        self._are_texts = True

    def add(self, place: int, lines: bytes) -> Iterator[pa.Table]:
        """Take in lines that follow those before; their documents are there after `flush` at last."""
        if not self._parts:
            self._place = place
        self._parts.append(lines)
        self._n_bytes += len(lines)
        if self._n_bytes >= BATCH_BYTES:
            yield from self.flush()

    def flush(self) -> Iterator[pa.Table]:
        """Put in the documents of all lines that wait; yield the tables that get full by them."""
        data = b"".join(self._parts)
        self._parts, self._n_bytes = [], 0
        bounds = _bounds(data)
        values: list[_Values | None] = [None] * len(bounds)
        laid_out = None
        if self._credit > 0 and len(bounds) >= FEW:
            values, laid_out = self._read(data, bounds)
            n_plain = 0 if laid_out is None else sum(laid_out.is_plain)
            self._credit += 1 if 2 * n_plain > len(values) - values.count(None) else -1
        out = self._task.out
        row = -1
        for (start, end), own in zip(bounds, values, strict=True):
            row += own is not None
            if laid_out is None or own is None or not laid_out.is_plain[row]:
                self._add_alone(self._place + start, data[start:end])
            else:
                laid_out.add(row, own, self._task, self._place + start)
                out.closed(end - start)
            if out.is_full:
                yield out.take()

    def _add_alone(self, place: int, line: bytes) -> None:
        if place == 0:
            line = line.removeprefix(BOM)
        if len(line) > self._task.limits.max_document_bytes:
            self._task.fail(too_large(len(line), self._task.limits), place)
        elif line and not line.isspace():
            add_json(line, self._task, place)

    def _read(self, data: bytes, bounds: _Bounds) -> tuple[list[_Values | None], LaidOut | None]:
        """Return each line's fields but its elements, None where it must be read alone, and those.

        The elements are those of the lines that have fields; None if they must be read alone, too.
        """
        limits = self._task.limits
        if self._are_plain and self._are_texts:
            try:
                return self._whole(data, bounds)
            except (pa.ArrowInvalid, NotColumnarError, UnicodeDecodeError):
                self._are_texts = False
        read = [
            None
            if end - start > limits.max_document_bytes
            else fields_and_values(data[start:end], limits)
            for start, end in bounds
        ]
        together = [found[0] for found in read if found is not None]
        values = [None if found is None else found[1] for found in read]
        return values, self._laid_out(together) if together else None

    def _whole(self, data: bytes, bounds: _Bounds) -> tuple[list[_Values | None], LaidOut]:
        """Return what `_read` does of lines that are parsed as they are.

        **Raises** what the parser does, NotColumnarError or UnicodeDecodeError for all other lines.
        """
        names = text_fields(data[: bounds[0][1]])
        most = self._task.limits.max_document_bytes
        # no object goes on behind a line's end if each ends in "}" and the next begins with "{"
        if names is None or any(
            end - start > most or data[start] != ord("{") or data[end - 1] != ord("}")
            for start, end in bounds
        ):
            raise NotColumnarError
        schema = pa.schema([("elements", _plain()), *[(name, pa.string()) for name in names]])
        table = _parsed(data, schema, "error")
        if len(table) != len(bounds):
            raise NotColumnarError
        columns = [table.column(name).to_pylist() for name in names]
        values: list[_Values | None] = [
            dict(zip(names, own, strict=True)) for own in zip(*columns, strict=True)
        ] or [{} for _ in bounds]
        return values, _elements_of(table).laid_out(self._task.limits)

    def _laid_out(self, lists: list[msgspec.Raw]) -> LaidOut | None:
        """Return JSON lists of elements as columns; None if anything is not as it is expected."""
        data = b'{"elements":' + b'}\n{"elements":'.join(lists) + b"}\n"
        if self._are_plain:
            try:
                found = _parsed(data, pa.schema([("elements", _plain())]), "error")
                return _elements_of(found).laid_out(self._task.limits)
            except (pa.ArrowInvalid, NotColumnarError):
                self._are_plain = False
        try:
            found = _parsed(data, pa.schema([("elements", _with_all())]), "ignore")
            more = found.cast(pa.schema([("elements", _with_more())]))
            return _elements_of(more).laid_out(self._task.limits)
        except (pa.ArrowInvalid, NotColumnarError):
            return None


def _bounds(data: bytes) -> _Bounds:
    """Return where each line begins and ends."""
    bounds, start = [], 0
    while (end := data.find(b"\n", start)) >= 0:
        bounds.append((start, end))
        start = end + 1
    if start < len(data):
        bounds.append((start, len(data)))
    return bounds


def _parsed(data: bytes, schema: pa.Schema, unexpected: Literal["error", "ignore"]) -> pa.Table:
    import pyarrow.json as pj

    return pj.read_json(
        pa.BufferReader(data),
        pj.ReadOptions(use_threads=False, block_size=len(data) + 1),
        pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior=unexpected),
    )


def _elements_of(table: pa.Table) -> ElementBatch:
    return ElementBatch(
        table.column("elements").chunk(0)
    )  # to combine it with nothing is to copy it


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
