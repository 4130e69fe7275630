"""A JSON object that is one document: `.tore` V3 and V1, and any `{elements | content | text}`."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from tore_export.sources.document import add_json
from tore_export.sources.head import Head
from tore_export.sources.reader import Reader, Task

__all__ = ["READER"]


def recognises(head: Head) -> bool:
    """Tell whether this is one JSON object (what it lacks to be a document, reading tells)."""
    return head.first == b"{" and not head.is_lines


def read(task: Task) -> Iterator[pa.Table]:
    """Put in the one document of the file."""
    task.opened.read_all(task.limits)
    add_json(task.opened.head.data, task, None)
    if task.out.is_full:
        yield task.out.take()


READER = Reader(
    "tore",
    recognises,
    read,
    description="TORE V3 and V1, or one object with elements or text",
    suffixes=(".tore", ".json"),
)
