"""A JSON list of dialogues: one document an item, `place` the byte at which it starts."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from tore_export.errors import DocumentError
from tore_export.sources.dialogue import NAMES_IN_JSON, is_dialogue
from tore_export.sources.document import add_json
from tore_export.sources.head import Head
from tore_export.sources.json_lists import values_of
from tore_export.sources.opened import too_large
from tore_export.sources.reader import Reader, Task

__all__ = ["READER"]

_NO_DIALOGUE = ("elements", "text", "type", "element_type")


def recognises(head: Head) -> bool:
    """Tell whether this is a JSON list whose first item is a dialogue, and no element."""
    if head.first != b"[" or not any(name in head.data for name in NAMES_IN_JSON):
        return False  # as most lists, at once
    names = head.first_item or {}
    return is_dialogue(names) and not any(name in names for name in _NO_DIALOGUE)


def read(task: Task) -> Iterator[pa.Table]:
    """Put in each item's document."""
    limit = task.limits.max_document_bytes
    blocks = task.opened.blocks()
    try:
        for offset, item, length in values_of(blocks, limit):
            if item is None:
                task.fail(too_large(length, task.limits), offset)
            else:
                row = item.lstrip()
                add_json(row.rstrip(), task, offset + length - len(row))
            if task.out.is_full:
                yield task.out.take()
    except DocumentError as error:
        task.fail(error)


READER = Reader(
    "dialogues",
    recognises,
    read,
    description="a JSON list of dialogues: messages, ShareGPT, Alpaca, prompt and completion",
    suffixes=(".json",),
)
