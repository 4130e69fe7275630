"""What users hand over as documents: elements of any kind, a file name, a folder; as one table."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.api.document_values import fields_of, is_document, table_of_mapping
from tore_export.api.parser_objects import element_fields, refusal, refuse_no_elements
from tore_export.config import ExportConfig
from tore_export.documents.columns import DocumentRows, ElementColumns
from tore_export.documents.element import Element
from tore_export.documents.schema import END_OF_UNIT
from tore_export.errors import DocumentError
from tore_export.plan.inputs import find_inputs
from tore_export.plan.rendering import limits_of
from tore_export.plan.units import limit_units, make_units
from tore_export.sources.docling.fields import (
    docling_values,
    fields_of_docling,
    is_item,
    item_values,
)
from tore_export.sources.elements import append_held, elements_from_dicts, first_language
from tore_export.sources.limit import read
from tore_export.sources.meta import encode_fields
from tore_export.sources.unit import Limits, Unit
from tore_export.stages.stage import combined

__all__ = [
    "Elements",
    "are_documents",
    "are_paths",
    "as_elements",
    "as_table",
    "documents_in",
    "first_failure",
    "table_of_one",
]


class DoclingLike(Protocol):
    """What docling's own documents can do."""

    def export_to_dict(self) -> dict[str, Any]:
        """Return the document as plain data."""


Elements = str | os.PathLike[str] | Sequence[Any] | Mapping[str, Any] | DoclingLike
"""A file, a folder, or elements: ours, dicts of any dialect, objects with `to_dict`, items of docling.

A DoclingDocument, docling's own or the dict of one, is a document, and so is a mapping, or an object
with `to_dict`, that holds elements; a list of documents or of file names is several.
"""


def as_elements(elements: Sequence[Any], limits: Limits | None = None) -> tuple[list[Element], int]:
    """Return elements of any kind as ours, and how many could only be read in part.

    **Raises** UsageError for what is no element, DocumentError for what is no document.

    >>> as_elements([{"type": "Title", "text": "Pumps", "element_id": "a"}])
    ([Element(kind=<Kind.TITLE: 0>, text='Pumps', id='a', level=1)], 0)
    """
    if all(isinstance(element, Element) for element in elements):
        return list(elements), 0
    if all(map(is_item, elements)):
        columns = ElementColumns()
        _, warnings = _append_items(elements, columns, limits or Limits())
        columns.counts.append(len(columns))
        return columns.to_elements()[0], warnings
    return elements_from_dicts(_fields(elements), limits)


def _append_items(
    items: Sequence[Any], columns: ElementColumns, limits: Limits
) -> tuple[str | None, int]:
    from tore_export.sources.docling.items import append_items

    return append_items([item_values(item) for item in items], columns, limits)


def _fields(elements: Sequence[Any]) -> list[Mapping[str, Any]]:
    fields = [element_fields(element, place) for place, element in enumerate(elements)]
    refuse_no_elements(fields, elements)
    return fields


def as_table(documents: Elements, limits: Limits | None = None) -> pa.Table:
    """Return documents as a table of the schema DOCUMENT.

    Files and folders are read. A sequence of elements is one document, or, where its elements name
    several with `doc_id`, that many; a mapping that holds elements or a text is one; a sequence of
    documents, each in any of these forms, is all of theirs. What has no id is `document-N`.

    **Raises** UsageError for what is none of these.

    >>> table = as_table([{"elements": [{"type": "Title", "text": "Pumps"}]}, {"text": "# Valves"}])
    >>> table["doc_id"].to_pylist()
    ['document-0', 'document-1']
    """
    limits = limits or Limits()
    if isinstance(documents, str | os.PathLike):
        return _read([os.fspath(documents)], limits)
    docling = _docling_documents(documents)
    if docling:
        return _docling_table(docling, limits)
    if is_document(documents):
        return table_of_mapping(fields_of(documents), limits, 0)
    if not isinstance(documents, Sequence):
        allowed = "a path, a list of elements, a document with elements, or a list of documents"
        raise refusal("not documents", documents, allowed)
    if are_paths(documents):
        return _read([os.fspath(path) for path in documents], limits)
    if are_documents(documents):
        return pa.concat_tables(
            table_of_one(document, limits, number) for number, document in enumerate(documents)
        ).combine_chunks()
    return _elements_table(documents, limits, 0)


def are_paths(documents: Sequence[Any]) -> bool:
    """Tell whether all of these are names of files or folders, and there are some."""
    return bool(documents) and all(isinstance(one, str | os.PathLike) for one in documents)


def are_documents(documents: Sequence[Any]) -> bool:
    """Tell whether these are documents, not the elements of one; the first decides."""
    if not documents:
        return False
    first = documents[0]
    is_list = isinstance(first, Sequence) and not isinstance(first, str | bytes)
    return is_list or is_document(first) or docling_values(first) is not None


def table_of_one(document: Any, limits: Limits, number: int) -> pa.Table:
    """Return one of several documents, or those of a file, as a table of the schema DOCUMENT."""
    if isinstance(document, pa.Table):
        return document
    if isinstance(document, str | os.PathLike):
        return _read([os.fspath(document)], limits)
    docling = docling_values(document)
    if docling is not None:
        return _docling_table([docling], limits, number)
    if is_document(document):
        return table_of_mapping(fields_of(document), limits, number)
    if isinstance(document, Sequence):
        return _elements_table(document, limits, number)
    allowed = "a path, a list of elements, or a document with elements"
    raise refusal("not a document", document, allowed, where=f"document {number}")


def _read(paths: Sequence[str], limits: Limits) -> pa.Table:
    tables = _without_marks(make_units(find_inputs(paths)), limits, 1000)
    return pa.concat_tables(tables).combine_chunks()


def documents_in(paths: Sequence[str], config: ExportConfig) -> Iterator[pa.Table]:
    """Yield the documents that a run of this configuration over `paths` would read, in its order."""
    limits = limits_of(config)
    units = make_units(find_inputs(paths, config.include, config.exclude))
    if config.limit is not None:
        units = limit_units(units, config.limit, limits, config.batch_size)
    yield from _without_marks(units, limits, config.batch_size)


def _without_marks(units: Sequence[Unit], limits: Limits, batch_size: int) -> Iterator[pa.Table]:
    for unit in units:
        for table in read(unit, limits, batch_size):
            rule = pc.struct_field(combined(table["reject"]), "rule")
            yield table.filter(pc.fill_null(pc.not_equal(rule, END_OF_UNIT), True))


def _elements_table(documents: Sequence[Any], limits: Limits, first: int) -> pa.Table:
    rows = DocumentRows(0)
    if documents and all(map(is_item, documents)):
        title, warnings = _append_items(documents, rows.elements, limits)
        rows.add(f"document-{first}", "", title=title, warnings=warnings)
        return rows.to_table()
    if not all(isinstance(element, Element) for element in documents):
        fields = _fields(documents)
        warnings = append_held(fields, rows.elements, limits)
        language = first_language(fields)
        rows.add(f"document-{first}", "", language=language, warnings=warnings)
        return rows.to_table()
    by_document: dict[str | None, list[Element]] = {}
    for element in documents:
        by_document.setdefault(element.doc_id, []).append(element)
    by_document = by_document or {None: []}
    for number, (doc_id, own) in enumerate(by_document.items(), first):
        for column, values in zip(
            rows.elements.lists(), ElementColumns.from_elements([own]).lists(), strict=True
        ):
            column.extend(values)
        rows.add(doc_id or f"document-{number}", "")
    return rows.to_table()


def _docling_documents(documents: Any) -> list[Mapping[str, Any]]:
    """Return the fields of each, where these are docling's documents and nothing else."""
    found = []
    for document in documents if isinstance(documents, list | tuple) else [documents]:
        values = docling_values(document)
        if values is None:
            return []
        found.append(values)
    return found


def _docling_table(
    documents: Sequence[Mapping[str, Any]], limits: Limits, first: int = 0
) -> pa.Table:
    from tore_export.sources.docling.document import append_docling

    rows = DocumentRows(0)
    for number, document in enumerate(documents, first):
        fields = fields_of_docling(document)
        values, warnings = append_docling(fields, rows.elements, limits)
        said = {name: values.pop(name, None) for name in ("doc_id", "title", "language")}
        meta, meta_is_well = encode_fields(values)
        rows.add(
            str(said["doc_id"] or f"document-{number}"),
            "",
            title=said["title"],
            language=said["language"],
            meta=meta,
            warnings=warnings + (not meta_is_well),
        )
    return rows.to_table()


def first_failure(table: pa.Table) -> DocumentError | None:
    """Return the error of the first document that could not be read, if there is one."""
    for source, reject in zip(
        table["source"].to_pylist(), table["reject"].to_pylist(), strict=True
    ):
        if reject is not None and reject["failed"]:
            # the detail begins with where it was, mostly the source
            where, message = source, reject["detail"].removeprefix(f"{source}: ")
            if message == reject["detail"]:
                where = None
            return DocumentError(message, rule=reject["rule"], where=where)
    return None
