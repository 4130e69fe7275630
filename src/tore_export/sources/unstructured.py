"""Lists of elements, one document a file: unstructured's JSON and NDJSON, TORE's V1 as a bare list."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from tore_export.errors import DocumentError
from tore_export.sources.document import add_document
from tore_export.sources.elements import append_elements, first_language
from tore_export.sources.head import Head
from tore_export.sources.json_text import decode, refuse_deep, shown
from tore_export.sources.jsonl import are_elements
from tore_export.sources.reader import Reader, Task
from tore_export.sources.typed_elements import NotTypedError, append_typed

__all__ = ["READER"]


def recognises(head: Head) -> bool:
    """Tell whether this is a JSON list, or lines that are an element each."""
    return head.first == b"[" or are_elements(head)


def read(task: Task) -> Iterator[pa.Table]:
    """Put in the one document of the file."""
    task.opened.read_all(task.limits)
    head = task.opened.head
    data = head.data
    lines = None if head.first == b"[" else [line for line in data.splitlines() if line.strip()]
    elements = task.out.rows.elements
    try:
        refuse_deep(data, task.limits)
        # lines of elements are a list without its brackets and commas
        as_list = data if lines is None else b"[" + b",".join(lines) + b"]"
        n_warnings, language = append_typed(as_list, elements, task.limits)
    except NotTypedError:
        found, n_warnings = _decoded_lines(lines, task) if lines else decode(data, task.limits)
        _refuse_no_elements(found)
        n_warnings += append_elements(found, elements, task.limits)
        language = first_language(found)
    add_document({}, task, None, n_warnings, language)
    task.out.closed(len(data))
    if task.out.is_full:
        yield task.out.take()


def _decoded_lines(lines: list[bytes], task: Task) -> tuple[list[object], int]:
    found, n_repaired = [], 0
    for number, line in enumerate(lines, 1):
        try:
            element, repaired = decode(line, task.limits)
        except DocumentError as error:
            error.message = f"line {number:,} (blank lines not counted): {error.message}"
            raise
        found.append(element)
        n_repaired += repaired
    return found, n_repaired


def _refuse_no_elements(found: list[object]) -> None:
    """Refuse a list none of whose items is an element; one odd item among elements is only odd."""
    names = ("type", "element_type", "category", "text")
    if any(
        isinstance(item, dict) and not names_of_documents(item) and any(n in item for n in names)
        for item in found
    ):
        return
    raise DocumentError(
        "a JSON list, but none of its items is an element",
        rule="not_elements",
        found=shown(found[0]),
        allowed="objects with type and text; documents go one a line (JSONL)",
    )


def names_of_documents(item: dict[str, object]) -> bool:
    """Tell whether an object is a document and no element."""
    return isinstance(item.get("elements"), list) or "doc_id" in item


READER = Reader(
    "unstructured",
    recognises,
    read,
    description="unstructured's elements as JSON or NDJSON, TORE V1 as a bare list",
    suffixes=(".json", ".ndjson"),
)
