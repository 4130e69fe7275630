"""Task `text`: the whole text of a document is one record, or each of its chunks.

Alone, and in shape `text`, which is how most of all text is trained on, its records are made of columns
at once; beside other tasks it makes samples as they do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tore_export.documents.combined import combined
from tore_export.records.candidates import Candidates
from tore_export.records.documents import Document, Documents
from tore_export.records.provenance import chunk_metadata, metadata
from tore_export.records.row import record_schema
from tore_export.records.task import Tools

__all__ = ["TASK", "Text", "chunk_records", "records"]

_PAYLOAD = pa.schema([pa.field("text", pa.string())])


@dataclass(frozen=True, slots=True)
class Text:
    """Asks nothing: a text is to be read."""

    name: ClassVar[str] = "text"
    found_none: ClassVar[str] = "no_text"
    looks_up: ClassVar[bool] = False

    def samples(self, documents: Documents, tools: Tools) -> Candidates:
        """Return one sample of each document that has a text, or of each of its chunks."""
        found = Candidates(self.name)
        chunked = documents.column("chunks") if documents.has_chunks else None
        for at, document in enumerate(documents):
            if document.is_dialogue:
                found.leave_out(document, "is_dialogue")
            elif chunked is not None:
                for number, chunk in enumerate(chunked[at], 1):
                    self._add(found, document, chunk, number, len(chunked[at]))
            elif document.text:
                found.add(document, text=document.text)
        return found

    def _add(
        self, found: Candidates, document: Document, chunk: dict[str, Any], number: int, of: int
    ) -> None:
        if of == 1:
            found.add(document, text=chunk["text"])
            return
        elements = None
        if chunk["first_element"] is not None:
            first, last = chunk["first_element"], chunk["last_element"]
            elements = document.places(document.first + first, document.first + last + 1)
        place = {"number": number, "of": of, "start": chunk["start"], "end": chunk["end"]}
        found.add(document, text=chunk["text"], elements=elements, chunk=place)


def records(table: pa.Table, live: pa.Array, include_metadata: bool) -> pa.ListArray:
    """Return the column `records`: one for each live document that has a text, else none.

    **Rows** 1:1; each holds n:≤1 records.
    """
    schema = record_schema(_PAYLOAD, include_metadata)
    columns = [
        metadata(table) if name == "metadata" else combined(table[name]) for name in schema.names
    ]
    rows = pa.StructArray.from_arrays(columns, fields=list(schema))
    has_text = pc.greater(pc.binary_length(combined(table["text"])), 0)
    chosen = pc.and_(live, pc.fill_null(has_text, False))
    ends = pc.cumulative_sum(chosen.cast(pa.int32()))
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends])
    return pa.ListArray.from_arrays(offsets, rows.filter(chosen))


def chunk_records(table: pa.Table, live: pa.Array, include_metadata: bool) -> pa.ListArray:
    """Return the column `records`: one for each chunk of a live document, in order.

    **Rows** 1:1; each holds as many records as the document has chunks.
    """
    schema = record_schema(_PAYLOAD, include_metadata)
    lists = combined(table["chunks"])
    sizes = pc.if_else(live, lists.value_lengths().fill_null(0), 0).to_numpy(zero_copy_only=False)
    parents = np.repeat(np.arange(table.num_rows, dtype=np.int64), sizes)
    chunks = lists.filter(live).flatten()
    taken = pa.array(parents)

    def column(name: str) -> pa.Array:
        if name == "metadata":
            return chunk_metadata(table, chunks, parents)
        if name in ("text", "n_tokens"):
            return chunks.field(name)
        return combined(table[name]).take(taken)

    rows = pa.StructArray.from_arrays([column(name) for name in schema.names], fields=list(schema))
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), rows)


TASK = Text()
