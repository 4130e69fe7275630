"""Project files of the TORE Matrix application: many documents a file, `place` their index.

A document's content lies in `extracted_content`, in `processing_data.extracted_content`, or in both;
it is read once. Its texts come first, page by page as they are listed, each page's tables after them.
Pages count from 0 under `page_number`, and from 1 under `page` unless a document has a page 0 there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from tore_export.errors import DocumentError
from tore_export.sources.document import add_document, said_id
from tore_export.sources.elements import append_elements
from tore_export.sources.head import Head
from tore_export.sources.json_text import decode, shown
from tore_export.sources.reader import Reader, Task

__all__ = ["READER"]

_CONTENT = ("text_elements", "elements", "text_blocks")
_ALLOWED = "documents with text_elements or tables in extracted_content"


def recognises(head: Head) -> bool:
    """Tell whether this is a project, be it one without documents."""
    fields = head.fields
    if fields is None or "elements" in fields or head.is_lines:
        return False
    return (
        "documents" in fields
        or "visual_areas" in fields
        or bytes(fields.get("format", b"")) == b'"tore_v2"'
    )


def read(task: Task) -> Iterator[pa.Table]:
    """Put in each document of the project."""
    task.opened.read_all(task.limits)
    data = task.opened.head.data
    project, n_repaired = decode(data, task.limits)
    documents = project.get("documents")
    if not isinstance(documents, list) or not documents:
        what = f"documents {shown(documents)}" if "documents" in project else "no documents"
        raise _no_content(what, project)
    if not any(_content(document) for document in documents):
        raise _no_content(f"{len(documents):,} documents without any", project)
    for index, document in enumerate(documents):
        try:
            _add(document, project, task, index, n_repaired if index == 0 else 0)
            task.out.closed(len(data) // len(documents))
        except DocumentError as error:
            task.fail(error, index, said_id(document))
        if task.out.is_full:
            yield task.out.take()


def _no_content(found: str, project: Mapping[str, Any]) -> DocumentError:
    if "visual_areas" in project:
        found += ", only visual_areas"
    return DocumentError(
        "a TORE project without content",
        rule="no_content",
        found=found,
        allowed=_ALLOWED,
        hint="extract the documents in TORE Matrix and save again",
    )


def _content(document: Any) -> Mapping[str, Any] | None:
    """Return the content of a document, once however often it is saved; None where there is none."""
    if not isinstance(document, Mapping):
        return None
    processing = document.get("processing_data")
    places = [document, processing if isinstance(processing, Mapping) else {}]
    for place in places:
        content = place.get("extracted_content")
        if isinstance(content, Mapping) and any(content.get(n) for n in (*_CONTENT, "tables")):
            return content
    return None


def _add(
    document: Any, project: Mapping[str, Any], task: Task, index: int, n_repaired: int
) -> None:
    content = _content(document)
    if content is None:
        found = "neither" if isinstance(document, Mapping) else shown(document)
        raise DocumentError(
            "a document without content", rule="no_content", found=found, allowed=_ALLOWED
        )
    texts = _list(content, *_CONTENT)
    tables = _list(content, "tables")
    offset = 1 if any(_is_mapping_with(item, "page", 0) for item in (*texts, *tables)) else 0
    elements = [_text_element(item, offset) for item in texts]
    elements += [_table_element(item, offset) for item in tables]
    elements = _in_reading_order(elements, len(texts))
    n_warnings = append_elements(elements, task.out.rows.elements, task.limits)
    values = {
        name: document[name]
        for name in ("doc_id", "id", "document_id", "created_at", "language")
        if document.get(name) is not None
    }
    title = next((document[n] for n in ("title", "name", "file_name") if document.get(n)), None)
    values["title"] = title
    if project.get("name"):
        values["project"] = project["name"]
    add_document(values, task, index, n_warnings + n_repaired)


def _list(content: Mapping[str, Any], *names: str) -> list[Any]:
    found: Any = next((content[name] for name in names if content.get(name)), [])
    if not isinstance(found, list):
        raise DocumentError(
            f"{names[0]} is no list",
            rule="not_elements",
            found=shown(found),
            allowed="a list of objects",
        )
    return found


def _is_mapping_with(item: Any, name: str, value: object) -> bool:
    return isinstance(item, Mapping) and item.get(name) == value and "page_number" not in item


def _page(item: Mapping[str, Any], offset: int) -> Any:
    """Return the page counted from 1; what is no whole number is left for others to judge."""
    name, add = ("page_number", 1) if item.get("page_number") is not None else ("page", offset)
    said = item.get(name)
    if isinstance(said, int | float) and not isinstance(said, bool):
        return said + add
    return said


def _text_element(item: Any, offset: int) -> Any:
    """Return a text of a project as an element of the common form; odd ones stay as they are."""
    if not isinstance(item, Mapping):
        return item
    metadata = item.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    text = item.get("content") if item.get("content") is not None else item.get("text")
    name = item.get("element_type") if item.get("element_type") is not None else item.get("type")
    size = metadata.get("size") if metadata.get("size") is not None else metadata.get("font_size")
    return {
        "element_id": _first(item, "element_id", "id"),
        "element_type": "paragraph" if name is None else name,
        "text": text,
        "parent_id": item.get("parent_id"),
        "page_number": _page(item, offset),
        "confidence": _first(item, "confidence"),
        "category_depth": _depth(_first(item, "level") or _first(metadata, "level")),
        "metadata": {"font_size": size},
    }


def _table_element(item: Any, offset: int) -> Any:
    if not isinstance(item, Mapping):
        return item
    data = item.get("data") if item.get("data") is not None else item.get("cells")
    return {
        "element_id": _first(item, "element_id", "id", "table_id"),
        "element_type": "table",
        "text": item.get("text") or _table_text(item.get("headers"), data),
        "page_number": _page(item, offset),
        "confidence": _first(item, "confidence"),
        "cells": data,
        "headers": item.get("headers"),
        "caption": item.get("caption"),
    }


def _first(fields: Mapping[str, Any], *names: str) -> Any:
    return next((fields[name] for name in names if fields.get(name) is not None), None)


def _depth(level: Any) -> int | None:
    return (
        level - 1 if isinstance(level, int) and not isinstance(level, bool) and level > 0 else None
    )


def _table_text(headers: Any, data: Any) -> str:
    """Return a table's cells as text, a row a line: what is left of it if it cannot be read."""
    rows = [headers, *data] if isinstance(data, list) else [headers]
    return "\n".join(
        " ".join(str(cell) for cell in row if isinstance(cell, str | int | float))
        for row in rows
        if isinstance(row, list)
    ).strip()


def _in_reading_order(elements: list[Any], n_texts: int) -> list[Any]:
    """Return the elements by page, a page's tables after its texts; without a page means as before."""
    keys = []
    page: float = 0
    for place, element in enumerate(elements):
        said = element.get("page_number") if isinstance(element, Mapping) else None
        if place == n_texts:
            page = float("inf")  # a table without a page goes last
        if isinstance(said, int | float) and not isinstance(said, bool):
            page = said
        keys.append((page, place >= n_texts))
        if place >= n_texts:
            page = float("inf")
    order = sorted(range(len(elements)), key=keys.__getitem__)
    return [elements[place] for place in order]


READER = Reader(
    "tore_project",
    recognises,
    read,
    description="project files of TORE Matrix",
    suffixes=(".tore",),
)
