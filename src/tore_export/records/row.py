"""A training record as a row: what its shape writes, and what leads back to where it came from."""

from __future__ import annotations

import pyarrow as pa

from tore_export.records.provenance import METADATA

__all__ = ["disk_schema", "record_schema"]


def record_schema(payload: pa.Schema, include_metadata: bool) -> pa.Schema:
    """Return the columns of a record on its way to the sink, which counts its `n_tokens`."""
    fields = [*payload, pa.field("n_tokens", pa.int64())]
    if include_metadata:
        fields = [
            pa.field("doc_id", pa.string()),
            pa.field("source", pa.string()),
            *fields,
            pa.field("quality_score", pa.float64()),
            pa.field("metadata", METADATA),
        ]
    return pa.schema(fields)


def disk_schema(payload: pa.Schema, include_metadata: bool) -> pa.Schema:
    """Return the columns of a row on disk: without metadata what the shape writes and no more.

    >>> disk_schema(pa.schema([("prompt", pa.string()), ("completion", pa.string())]), False).names
    ['prompt', 'completion']
    """
    return record_schema(payload, include_metadata) if include_metadata else payload
