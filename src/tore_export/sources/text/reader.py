"""Plain text: headings, lists, code, quotes and tables as its lay-out shows them, else paragraphs.

What is in doubt is a paragraph. Lines of a paragraph stay lines: verse has no other mark than them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyarrow as pa

from tore_export.sources.builder import Builder
from tore_export.sources.document import add_document
from tore_export.sources.encoding import decoded
from tore_export.sources.head import Head
from tore_export.sources.reader import Reader, Task

__all__ = ["READER"]

SUFFIXES = (".txt", ".text", ".rst", ".asc", ".log")

_OVERSTRUCK = re.compile("[^\n]\b")
_TERMINAL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


def recognises(head: Head) -> bool:
    """Tell whether this is a text whose name is one of plain text, or is without a suffix."""
    if not head.first or not head.is_text:
        return False
    if head.suffix in SUFFIXES:
        return True
    # a file without a name has to look like words from the first byte
    return not head.suffix and head.is_utf8 and head.first != b"<" and not head.is_json


def read(task: Task) -> Iterator[pa.Table]:
    """Put in the one document of the file."""
    from tore_export.sources.text.blocks import append_text

    task.opened.read_all(task.limits)
    data = task.opened.head.data
    text = decoded(data)
    if "\b" in text:
        # printers and man write a letter twice to make it bold
        text = _OVERSTRUCK.sub("", text)
    if "\x1b" in text:
        text = _TERMINAL.sub("", text)
    append_text(text, Builder(task.out.rows.elements, task.limits))
    add_document({}, task, None)
    task.out.closed(len(data))
    if task.out.is_full:
        yield task.out.take()


READER = Reader("text", recognises, read, description="plain text", suffixes=SUFFIXES)
