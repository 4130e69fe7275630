"""One JSON object that is one document: a row of JSON lines, or a file of its own.

`{doc_id?, elements: […]}` in any dialect of elements, TORE's `{version, elements | content}`, or
`{id?, text}`, or a dialogue (dialogue.py). Other fields of the object become the document's `meta`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pyarrow as pa

from tore_export.documents.columns import DocumentRows
from tore_export.documents.schema import Kind
from tore_export.errors import DocumentError
from tore_export.sources.dialogue import (
    append_dialogue,
    is_chatml,
    is_dialogue,
    refuse_other_rows,
)
from tore_export.sources.docling.fields import fields_of_docling, is_docling
from tore_export.sources.elements import append_elements, first_language, language_of
from tore_export.sources.identity import document_id
from tore_export.sources.json_text import decode, refuse_deep, shown
from tore_export.sources.meta import encode_fields
from tore_export.sources.reader import Task
from tore_export.sources.typed_elements import NotTypedError, append_typed, may_hold_images
from tore_export.sources.unit import Limits

__all__ = [
    "add_document",
    "add_json",
    "add_values",
    "append_raw",
    "fields_and_values",
    "said_id",
    "text_fields",
    "unsupported",
]

_ROW = msgspec.json.Decoder(dict[str, msgspec.Raw])
_VALUE = msgspec.json.Decoder()

_IDS = ("doc_id", "id", "document_id")
_NAMED = frozenset(
    {"title", "created_at", "created", "date", "language", "lang", "format", "version"}
)
_VERSIONS = ("1.0", "3.0")


def add_json(data: bytes, task: Task, place: int | None) -> None:
    """Put in the document that `data` is, or a failed one in its place; raise nothing for bad input."""
    said = None
    try:
        try:
            refuse_deep(data, task.limits)
            fields = _ROW.decode(data)
            if is_docling(fields):
                from tore_export.sources.docling.document import append_docling

                said = said_id({n: _VALUE.decode(fields[n]) for n in _IDS if n in fields})
                values, n_warnings = append_docling(fields, task.out.rows.elements, task.limits)
                language = None
            else:
                elements = fields.pop("elements")
                values = {name: _VALUE.decode(value) for name, value in fields.items()}
                said = said_id(values)
                n_warnings, language = append_typed(elements, task.out.rows.elements, task.limits)
        except (KeyError, NotTypedError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            task.out.rows.take_back()
            values, n_warnings = decode(data, task.limits)
            said = said_id(values)
            add_values(values, task, place, n_warnings)
        else:
            add_document(values, task, place, n_warnings, language)
        task.out.closed(len(data))
    except DocumentError as error:
        task.fail(error, place, said)


def fields_and_values(data: bytes, limits: Limits) -> tuple[msgspec.Raw, dict[str, Any]] | None:
    """Return the list of elements in the JSON of a document and its other fields, decoded.

    None for what is not just that, or is not JSON; `add_json` finds out what it is.
    """
    try:
        refuse_deep(data, limits)
        fields = _ROW.decode(data)
        elements = fields.pop("elements")
        if (
            memoryview(elements)[0] != ord("[")
            or is_docling(fields)
            or may_hold_images(elements, limits)
        ):
            return None
        return elements, {name: _VALUE.decode(value) for name, value in fields.items()}
    except (DocumentError, KeyError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def text_fields(data: bytes) -> list[str] | None:
    """Return the names of the fields in the JSON of a document but its elements if those are texts."""
    try:
        fields = _ROW.decode(data)
        del fields["elements"]
    except (KeyError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    are_texts = all(memoryview(value)[0] == ord('"') for value in fields.values())
    # a document of docling may have that name
    return list(fields) if are_texts and "schema_name" not in fields else None


def said_id(values: Any) -> Any:
    """Return the id a document says it has, None if it says none."""
    if not isinstance(values, Mapping):
        return None
    return next((values[n] for n in _IDS if values.get(n) is not None), None)


def add_values(values: Any, task: Task, place: int | None, n_warnings: int = 0) -> None:
    """Put in the document of a decoded JSON object.

    **Raises** DocumentError for what is no document.
    """
    if not isinstance(values, dict):
        raise DocumentError(
            "not a document",
            rule="not_a_document",
            found=shown(values),
            allowed="an object with elements or text",
        )
    elements = values.pop("elements", None)
    if elements is None and isinstance(values.get("content"), list):
        elements = values.pop("content")
    language = None
    if isinstance(elements, str):
        elements, n_repaired = decode(elements.encode("utf-8", "replace"), task.limits)
        n_warnings += n_repaired
    docling = _docling_of(values, elements)
    if docling is not None:
        from tore_export.sources.docling.document import append_docling

        own, n_wrong = append_docling(
            fields_of_docling(docling), task.out.rows.elements, task.limits
        )
        n_warnings += n_wrong
        values = own if docling is values else {**own, **values}
    elif elements is not None:
        n_warnings += append_elements(elements, task.out.rows.elements, task.limits)
        language = first_language(elements)
    elif is_chatml(values.get("text")) or (values.get("text") is None and is_dialogue(values)):
        if not append_dialogue(values, task.out.rows.elements, task.limits):
            _append_text(values, task)
    else:
        _append_text(values, task)
    add_document(values, task, place, n_warnings, language)


def _append_text(values: dict[str, Any], task: Task) -> None:
    name = "text" if values.get("text") is not None else "content"
    text = values.pop(name, None)
    if not isinstance(text, str):
        raise _no_content(values, text)
    append_raw(text, task.out.rows)


def _docling_of(values: dict[str, Any], elements: Any) -> dict[str, Any] | None:
    """Return the docling document that a row is or has in the place of its elements."""
    if is_docling(values):
        return values
    return elements if isinstance(elements, dict) and is_docling(elements) else None


def append_raw(text: str, rows: DocumentRows) -> None:
    """Append a text that came without structure as the one element of a document."""
    elements = rows.elements
    elements.ids.append("0")
    elements.kinds.append(int(Kind.RAW))
    elements.texts.append(text)
    for column in (
        elements.levels,
        elements.parents,
        elements.pages,
        elements.confidences,
        elements.cells,
        elements.metas,
    ):
        column.append(None)


def _no_content(values: dict[str, Any], text: Any) -> DocumentError:
    refuse_other_rows(values)
    names = values.keys()
    found = "the fields " + ", ".join(shown(name) for name in sorted(names)[:10])
    return DocumentError(
        "no content",
        rule="no_content",
        found=found if text is None else f"text {shown(text)}",
        allowed="elements, a list, or text, a string, or a dialogue",
    )


def unsupported(what: str) -> DocumentError:
    """Return the error for a kind of file that is known but not read."""
    return DocumentError(
        "this kind of file is not read",
        rule="unsupported_format",
        found=what,
        allowed="TORE V3, V1 or project files, unstructured JSON or NDJSON, docling JSON, JSON lines "
        "of documents, Parquet, HTML, Markdown, CSV, plain text (.txt, .rst or no suffix)",
    )


def add_document(
    values: dict[str, Any],
    task: Task,
    place: int | None = None,
    n_warnings: int = 0,
    language: str | None = None,
    elements: tuple[pa.ListArray, int] | None = None,
) -> None:
    """Close the document whose elements were appended, or are given as `DocumentRows.add` has them.

    `values` are its other fields.
    """
    said = title = created_at = None
    for name in _IDS:
        if (said := values.get(name)) is not None:
            del values[name]
            break
    if not values.keys().isdisjoint(_NAMED):
        title = _taken(values, "title")
        created_at = _taken(values, "created_at", "created", "date")
        language = language_of(_taken(values, "language", "lang")) or language
        if values.get("format") == "unified_element_model" or values.get("version") in _VERSIONS:
            for name in ("format", "version", "v1_compatible"):
                values.pop(name, None)
    meta, meta_is_well = encode_fields(values)
    source = task.file.source
    task.out.rows.add(
        document_id(said, source, place),
        source,
        place=place,
        title=title,
        created_at=created_at,
        language=language,
        meta=meta,
        warnings=n_warnings + (not meta_is_well),
        elements=elements,
    )


def _taken(values: dict[str, Any], *names: str) -> str | None:
    """Take the first of these fields that is a text out of `values`."""
    for name in names:
        if isinstance(values.get(name), str) and values[name]:
            found: str = values.pop(name)
            return found
    return None
