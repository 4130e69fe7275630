"""Plain text: what its lay-out says, and paragraphs where it says nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from tore_export.documents.schema import Kind
from tore_export.sources.builder import Builder
from tore_export.sources.document import add_document
from tore_export.sources.encoding import decoded
from tore_export.sources.head import Head
from tore_export.sources.reader import Reader, Task

__all__ = ["READER"]

SUFFIXES = (".txt", ".text", ".rst", ".asc", ".log")


def recognises(head: Head) -> bool:
    """Tell whether this is a text, and its name one of plain text or without any suffix."""
    if not head.first or not head.is_text:
        return False
    if head.suffix in SUFFIXES:
        return True
    # a file without a name has to look like words from the first byte
    return not head.suffix and head.is_utf8 and head.first != b"<" and not head.is_json


def read(task: Task) -> Iterator[pa.Table]:
    """Put in the one document of the file."""
    task.opened.read_all(task.limits)
    data = task.opened.head.data
    build = Builder(task.out.rows.elements, task.limits)
    for block in decoded(data).split("\n\n"):
        build.add(Kind.PARAGRAPH, block)
    add_document({}, task, None)
    task.out.closed(len(data))
    if task.out.is_full:
        yield task.out.take()


READER = Reader("text", recognises, read, description="plain text", suffixes=SUFFIXES)
