"""JSON lines: one document a line, `place` the byte its line starts at (in the decompressed stream).

A line belongs to the byte range in which it starts, so ranges that tile a file give every line once.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from tore_export.errors import DocumentError
from tore_export.sources.head import Head
from tore_export.sources.kinds import ELEMENT_TYPES
from tore_export.sources.line_batch import LineBatch
from tore_export.sources.lines import whole_lines
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
    waiting = LineBatch(task)
    fault: DocumentError | None = None
    place: int | None = None
    try:
        for offset, lines, length in _lines(task):
            if lines is not None:
                yield from waiting.add(offset, lines)
            else:
                yield from waiting.flush()
                task.fail(too_large(length, task.limits), offset)
                if task.out.is_full:
                    yield task.out.take()
    except TruncatedError as error:
        fault, place = error, None
    except OSError as error:
        fault, place = (
            DocumentError("the file cannot be read to its end", found=str(error)),
            task.start,
        )
    yield from waiting.flush()
    if fault is not None:
        task.fail(fault, place)


def _lines(task: Task) -> Iterator[tuple[int, bytes | None, int]]:
    """Yield the lines that start in the task's range; see `whole_lines`."""
    limit = task.limits.max_document_bytes
    if task.start == 0 and task.end is None:
        yield from whole_lines(task.opened.blocks(), limit)
        return
    last = (task.file.size if task.end is None else task.end) - 1
    # one byte early: the line at `start` is ours if that byte is a line's end, else what it cuts is not
    begin = max(0, task.start - 1)
    is_cut = task.start > 0
    for offset, lines, length in whole_lines(_blocks(task, begin, last + 1), limit, begin):
        if is_cut:
            is_cut = False
            n_before = 0 if lines is None else lines.find(b"\n") + 1
            if lines is None or not 0 < n_before < len(lines):
                continue
            offset, lines = offset + n_before, lines[n_before:]  # noqa: PLW2901
        if offset > last:
            return
        if lines is not None and (own := lines.find(b"\n", max(0, last - offset)) + 1):
            lines = lines[:own]  # noqa: PLW2901
        yield offset, lines, length


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
