"""Parquet: one document a row, `place` the row's number in the file.

A row has `elements` (a list of structs in any dialect, or JSON), or `text` or `content`, or is a
dialogue. Its other columns become the document's `meta`; columns of bytes and of lists of numbers are
not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from tore_export.errors import DocumentError
from tore_export.sources.builder import refuse_too_many
from tore_export.sources.collector import TABLE_BYTES
from tore_export.sources.dialogue import is_dialogue, refuse_other_rows
from tore_export.sources.document import add_document, add_values, said_id
from tore_export.sources.element_batch import ElementBatch, NotColumnarError
from tore_export.sources.head import Head
from tore_export.sources.opened import Opened, too_large
from tore_export.sources.reader import Reader, Task

__all__ = ["READER"]

_MAX_BATCH_ROWS = 1_000


def recognises(head: Head) -> bool:
    """Tell whether the file begins as Parquet does."""
    return head.data.startswith(b"PAR1")


def can_split(opened: Opened) -> bool:
    """Tell whether the footer can be read, which says where the row groups are."""
    try:
        _opened(opened)
    except (pa.ArrowException, OSError):
        return False
    return True


def read(task: Task) -> Iterator[pa.Table]:
    """Put in the document of each row of the task's row groups."""
    place = 0
    try:
        file = _opened(task.opened)
        sizes = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
        end = len(sizes) if task.end is None else min(task.end, len(sizes))
        place = sum(sizes[: task.start])
        names = _columns(file.schema_arrow)
        for group in range(task.start, end):
            batches = file.iter_batches(
                _batch_rows(file.metadata.row_group(group)), [group], names, use_threads=False
            )
            for batch in batches:
                for row in _add_rows(batch, task, place):
                    place = row
                    if task.out.is_full:
                        yield task.out.take()
    except (pa.ArrowException, OSError) as error:
        task.fail(
            DocumentError(
                "the Parquet file is damaged",
                rule="invalid_parquet",
                found=str(error).partition("\n")[0],
                allowed="a whole Parquet file",
            ),
            place or None,
        )


def _opened(opened: Opened) -> Any:
    import pyarrow.parquet as pq

    opened.raw.seek(0)
    return pq.ParquetFile(opened.raw, buffer_size=1_000_000, pre_buffer=False)


def _batch_rows(group: Any) -> int:
    """Return how many rows are about as many bytes as a table may be made of."""
    row_bytes = max(1, group.total_byte_size // max(1, group.num_rows))
    return int(max(1, min(_MAX_BATCH_ROWS, TABLE_BYTES // row_bytes)))


def _columns(schema: pa.Schema) -> list[str]:
    """Return the columns that are read.

    **Raises** DocumentError where no column holds documents.
    """
    names = set(schema.names)
    is_known = {"elements", "text", "content"} & names or {"schema_name", "body"} <= names
    if not is_known and not is_dialogue(names):
        refuse_other_rows(dict.fromkeys(names))
        raise DocumentError(
            "no column holds documents",
            rule="no_content",
            found="the columns " + ", ".join(schema.names[:20]),
            allowed="elements (a list of structs, or JSON), text or content, or those of dialogues",
        )
    return [field.name for field in schema if not _is_embedded(field.type)]


def _is_embedded(kind: Any) -> bool:
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return _is_embedded(kind.value_type) or pa.types.is_floating(kind.value_type)
    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
    )


def _add_rows(batch: pa.RecordBatch, task: Task, place: int) -> Iterator[int]:
    """Put in the documents of a batch; yield after each the place of the next."""
    others = [name for name in batch.schema.names if name != "elements"]
    columns = [_values(batch.column(name)) for name in others]
    elements = batch.column("elements") if "elements" in batch.schema.names else None
    columnar, laid_out = None, None
    if elements is not None:
        try:
            columnar = ElementBatch(elements)
            laid_out = columnar.laid_out(task.limits)
        except NotColumnarError:
            columnar = None
    row_bytes = batch.nbytes // max(1, batch.num_rows)
    may_be_large = batch.nbytes > task.limits.max_document_bytes
    for row in range(batch.num_rows):
        said = {
            name: value
            for name, column in zip(others, columns, strict=True)
            if (value := column[row]) is not None
        }
        identity = said_id(said)
        try:
            if (
                may_be_large
                and (size := batch.slice(row, 1).nbytes) > task.limits.max_document_bytes
            ):
                raise too_large(size, task.limits)
            if laid_out is not None and laid_out.is_plain[row]:
                laid_out.add(row, said, task, place)
            else:
                _add_row(said, row, elements, columnar, task, place)
            task.out.closed(row_bytes)
        except DocumentError as error:
            task.fail(error, place, identity)
        place += 1
        yield place


def _values(column: pa.Array) -> list[Any]:
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        # as text: Python's dates end in the year 9999, and know no nanoseconds
        column = column.cast(pa.string())
    values: list[Any] = column.to_pylist()
    return values


def _add_row(
    said: dict[str, Any],
    row: int,
    elements: pa.Array | None,
    columnar: ElementBatch | None,
    task: Task,
    place: int,
) -> None:
    if columnar is not None and elements is not None and elements[row].is_valid:
        refuse_too_many(columnar.count(row), task.limits)
        try:
            n_warnings, language = columnar.append(row, task.out.rows.elements, task.limits)
        except NotColumnarError:
            pass
        else:
            add_document(said, task, place, n_warnings, language)
            return
    if elements is not None and elements[row].is_valid:
        said["elements"] = elements[row].as_py()
    add_values(said, task, place)


READER = Reader(
    "parquet",
    recognises,
    read,
    can_split,
    description="Parquet, a document a row",
    suffixes=(".parquet",),
)
