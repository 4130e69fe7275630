"""A workflow within others' pipelines: documents come from a queue, rendered ones go on at once."""

from __future__ import annotations

import queue
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from tore_export.api.export_api import ExportAPI
from tore_export.api.workflow_input import Given, tables_of
from tore_export.config import ExportConfig
from tore_export.results import BatchExportResult

__all__ = ["DocumentQueue", "documents_of", "export_stream"]


class DocumentQueue(Protocol):
    """What documents come from: `queue.Queue`, `multiprocessing.Queue`, or whatever has `get`."""

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Return the next document; wait for it."""


def documents_of(
    source: DocumentQueue, end: object = None, timeout_seconds: float | None = None
) -> Iterator[Any]:
    """Yield documents as a queue gives them, until it gives `end`; what a workflow can be given.

    With `timeout_seconds` it ends, too, where none comes for so long.

    >>> from queue import SimpleQueue
    >>> from tore_export import ExportWorkflow
    >>> waiting = SimpleQueue()
    >>> for text in ("Pumps", "Valves"):
    ...     waiting.put([{"type": "Title", "text": text}])
    >>> waiting.put(None)
    >>> found = ExportWorkflow({"workflow": {"formats": "plaintext"}}).execute(documents_of(waiting))
    >>> [result.metadata["doc_id"] for result in found.documents.results["plaintext"]]
    ['document-0', 'document-1']
    """
    while True:
        try:
            document = source.get(timeout=timeout_seconds)
        except queue.Empty:
            return
        if document is end:
            return
        yield document


def export_stream(
    documents: Iterable[Any], formats: str | Iterable[str], config: ExportConfig | None = None
) -> Iterator[BatchExportResult]:
    r"""Yield each document in each format as soon as it is there; nothing is kept.

    Each result is that of one document, as from `ExportAPI.export_batch`: it names in `failed` what
    could not be read, and the next document comes all the same.

    >>> stream = export_stream(iter([[{"type": "Title", "text": "Pumps"}], {"elements": 7}]), "markdown")
    >>> next(stream).results["markdown"][0].content
    '# Pumps\n'
    >>> len(next(stream).failed)
    1
    """
    api = ExportAPI(config)
    names = [formats] if isinstance(formats, str) else list(formats)
    for document in tables_of(Given(documents=documents), api.config):
        yield api.export_batch([document], names)
