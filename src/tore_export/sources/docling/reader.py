"""DoclingDocument JSON, schema 1.0 to 1.10: one document a file.

Rows of JSON lines and of Parquet that are such documents go through `document.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from tore_export.sources.docling.fields import is_docling
from tore_export.sources.document import add_json
from tore_export.sources.head import Head
from tore_export.sources.reader import Reader, Task

__all__ = ["READER"]


def recognises(head: Head) -> bool:
    """Tell whether this is an object that calls itself a DoclingDocument."""
    return not head.is_lines and head.fields is not None and is_docling(head.fields)


def read(task: Task) -> Iterator[pa.Table]:
    """Put in the one document of the file."""
    task.opened.read_all(task.limits)
    add_json(task.opened.head.data, task, None)
    if task.out.is_full:
        yield task.out.take()


READER = Reader(
    "docling",
    recognises,
    read,
    description="DoclingDocument as JSON, schema 1.0 to 1.10",
    suffixes=(".json",),
)
