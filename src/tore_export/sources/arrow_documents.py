"""Arrow files of documents as the row contract spells them: what was handed over in memory.

An ExportWorkflow writes documents that are no files to one, so that engines, resume and rejects work on
them as on any input. Elements come back exactly as they were.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pyarrow as pa

from tore_export.documents.columns import ElementColumns
from tore_export.documents.schema import DOCUMENT
from tore_export.errors import DocumentError
from tore_export.sources.builder import refuse_too_many
from tore_export.sources.head import Head
from tore_export.sources.reader import Reader, Task

__all__ = ["READER"]

_MAGIC = b"ARROW1\x00\x00"


def recognises(head: Head) -> bool:
    """Tell whether the file begins as Arrow's IPC files do."""
    return head.data.startswith(_MAGIC)


def read(task: Task) -> Iterator[pa.Table]:
    """Put in every document, `place` its number in the file.

    **Raises** DocumentError for a file that is damaged or of another schema.
    """
    task.opened.raw.seek(0)
    place = 0
    try:
        with pa.ipc.open_file(task.opened.raw) as file:
            _check(file.schema)
            for number in range(file.num_record_batches):
                for following in _add(file.get_batch(number), task, place):
                    place = following
                    if task.out.is_full:
                        yield task.out.take()
    except (pa.ArrowException, OSError) as error:
        raise DocumentError(
            "the Arrow file is damaged",
            rule="invalid_arrow",
            found=str(error).partition("\n")[0],
            allowed="a whole Arrow file",
        ) from error


def _check(schema: pa.Schema) -> None:
    if not schema.equals(DOCUMENT):
        raise DocumentError(
            "an Arrow file of other rows",
            rule="unsupported_format",
            found="the columns " + ", ".join(schema.names[:20]),
            allowed="the columns of documents, or Parquet with elements or text",
        )


def _add(batch: pa.RecordBatch, task: Task, place: int) -> Iterator[int]:
    """Put in the documents of a batch; yield after each the place of the next."""
    columns = ElementColumns.from_arrow(batch.column("elements"))
    said = batch.drop_columns(["unit", "elements"]).to_pylist()
    row_bytes = batch.nbytes // max(1, batch.num_rows)
    for row, (start, end) in zip(said, pairwise(columns.offsets), strict=True):
        _add_row(row, columns, start, end, task, place)
        task.out.closed(row_bytes)
        place += 1
        yield place


def _add_row(
    row: dict[str, Any], columns: ElementColumns, start: int, end: int, task: Task, place: int
) -> None:
    rows = task.out.rows
    try:
        refuse_too_many(end - start, task.limits)
    except DocumentError as error:
        rows.fail(row["doc_id"], task.file.source, rule=error.rule, detail=str(error), place=place)
        return
    for own, values in zip(rows.elements.lists(), columns.lists(), strict=True):
        own.extend(values[start:end])
    rows.add(**{**row, "source": row["source"] or task.file.source, "place": place})


READER = Reader(
    "arrow",
    recognises,
    read,
    description="Arrow IPC files of documents, as workflows write what they are handed",
    suffixes=(".arrow",),
)
