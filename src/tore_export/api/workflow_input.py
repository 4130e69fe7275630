"""What a workflow is given: names of files, or documents in any form, which are put into a file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from typing import Any

import pyarrow as pa

from tore_export.api.document_values import is_document
from tore_export.api.documents import (
    Elements,
    are_documents,
    are_paths,
    documents_in,
    table_of_one,
)
from tore_export.api.parser_objects import refusal
from tore_export.config import ExportConfig
from tore_export.documents.columns import DocumentRows
from tore_export.documents.schema import DOCUMENT
from tore_export.errors import DocumentError, UsageError
from tore_export.plan.rendering import limits_of
from tore_export.sources.docling.fields import docling_values
from tore_export.sources.unit import Limits

__all__ = ["Given", "WorkflowInput", "given", "tables_of", "write_documents"]

WorkflowInput = Elements | Iterable[Any]
"""Names of files, folders, globs or URIs; elements of one document; documents, also as they come."""

_FILE = "documents"


@dataclass(frozen=True)
class Given:
    """What is to be read: `paths`, or else `documents`, which may be gone through once."""

    paths: tuple[str, ...] = ()
    documents: Iterable[Any] = ()


def given(input_data: WorkflowInput | None, configured: Sequence[str] = ()) -> Given:
    """Return what `input_data` means; None is what is configured.

    **Raises** UsageError where nothing is named, or something that holds no documents.

    >>> given("documents/").paths, given(["a.tore", "b.tore"]).paths
    (('documents/',), ('a.tore', 'b.tore'))
    >>> [len(document) for document in given([{"type": "Title", "text": "Pumps"}]).documents]
    [1]
    """
    if input_data is None:
        if not configured:
            raise UsageError(
                "there is nothing to read", hint="give `execute` paths or documents, or set inputs"
            )
        return Given(paths=tuple(configured))
    if isinstance(input_data, str | os.PathLike):
        return Given(paths=(os.fspath(input_data),))
    if is_document(input_data) or docling_values(input_data) is not None:
        return Given(documents=(input_data,))
    if isinstance(input_data, Sequence):
        if are_paths(input_data):
            return Given(paths=tuple(os.fspath(path) for path in input_data))
        return Given(documents=input_data if are_documents(input_data) else (input_data,))
    if isinstance(input_data, Iterable) and not isinstance(input_data, Mapping):
        return Given(documents=input_data)
    allowed = "paths, elements, or documents, one after the other"
    raise refusal("not documents", input_data, allowed)


def tables_of(found: Given, config: ExportConfig) -> Iterator[pa.Table]:
    """Yield tables of the schema DOCUMENT; a document that cannot be read is rejected in its row."""
    if found.paths:
        yield from documents_in(found.paths, config)
        return
    for number, document in enumerate(found.documents):
        yield _table(document, limits_of(config), number)


def write_documents(documents: Iterable[Any], folder: str, limits: Limits) -> str:
    """Write documents to a file in `folder` as they come, and return its name.

    One that cannot be read is kept as that, for the rejects. The same documents make a file that a run
    takes for the same: its time is made of what it holds.
    """
    path = os.path.join(folder, _FILE)
    with pa.OSFile(path, "wb") as stream, pa.ipc.new_file(stream, DOCUMENT) as file:
        for number, document in enumerate(documents):
            file.write_table(_table(document, limits, number))
    with open(path, "rb") as stream:
        time = int(file_digest(stream, "sha256").hexdigest()[:15], 16) % 10**18
    os.utime(path, ns=(time, time))
    return path


def _table(document: Any, limits: Limits, number: int) -> pa.Table:
    try:
        return table_of_one(document, limits, number)
    except DocumentError as error:
        rows = DocumentRows(0)
        detail = str(error).encode("utf-8", "replace").decode()
        rows.fail(f"document-{number}", "", rule=error.rule, detail=detail)
        return rows.to_table()
