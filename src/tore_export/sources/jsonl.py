"""JSON lines: one document a line, `place` the byte its line starts at (in the decompressed stream).

A line belongs to the byte range in which it starts, so ranges that tile a file give every line once.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from tore_export.errors import DocumentError
from tore_export.sources.head import Head
from tore_export.sources.json_text import BOM
from tore_export.sources.kinds import ELEMENT_TYPES
from tore_export.sources.line_batch import LineBatch
from tore_export.sources.lines import lines_of
from tore_export.sources.opened import BLOCK_BYTES, TruncatedError, too_large
from tore_export.sources.reader import Reader, Task

__all__ = ["READER", "are_elements"]


def recognises(head: Head) -> bool:
    """Tell whether each line is a JSON object that is a document, not one element of one."""
    return head.is_lines and not are_elements(head)


def are_elements(head: Head) -> bool:
    """Tell whether lines are elements of one document."""
    if not head.is_lines or not head.rows:
        return False
    fields = head.rows[0]
    if "elements" in fields or "doc_id" in fields:
        return False
    named = bytes(fields.get("type", b"")).strip(b'"').decode("ascii", "replace")
    return "text" in fields and (
        "element_id" in fields or "element_type" in fields or named in ELEMENT_TYPES
    )


def read(task: Task) -> Iterator[pa.Table]:
    """Put in each line's document."""
    out = task.out
    waiting = LineBatch(task)
    try:
        for offset, line, length in _lines(task):
            if line is None:
                waiting.flush()
                task.fail(too_large(length, task.limits), offset)
            else:
                if offset == 0:
                    line = line.removeprefix(BOM)  # noqa: PLW2901
                if not line or line.isspace():
                    continue
                waiting.add(offset, line)
            if out.is_full:
                yield out.take()
        waiting.flush()
    except TruncatedError as error:
        waiting.flush()
        task.fail(error)
    except OSError as error:
        waiting.flush()
        task.fail(DocumentError("the file cannot be read to its end", found=str(error)), task.start)


def _lines(task: Task) -> Iterator[tuple[int, bytes | None, int]]:
    limit = task.limits.max_document_bytes
    if task.start == 0 and task.end is None:
        yield from lines_of(task.opened.blocks(), limit)
        return
    end = task.file.size if task.end is None else task.end
    # one byte early: the line at `start` is ours if that byte is a line's end, else what it cuts is not
    begin = max(0, task.start - 1)
    found = lines_of(_blocks(task, begin, end), limit, begin)
    if task.start > 0:
        next(found, None)
    for line in found:
        if line[0] >= end:
            return
        yield line


def _blocks(task: Task, begin: int, end: int) -> Iterator[bytes]:
    """Yield the bytes from `begin` on: in large blocks to `end`, then in small ones, for a last line."""
    stream = task.opened.raw
    stream.seek(begin)
    at = begin
    while block := stream.read(min(BLOCK_BYTES, end - at) if at < end else 65_536):
        yield block
        at += len(block)


READER = Reader(
    "jsonl",
    recognises,
    read,
    can_split=lambda opened: True,
    description="JSON lines, a document each",
    suffixes=(".jsonl", ".ndjson"),
)
