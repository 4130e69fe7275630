"""Shape `text`: {"text"}, as trainers read running text.

**Source** TRL, "Dataset formats and types", language modeling.
"""

from __future__ import annotations

import pyarrow as pa

from tore_export.records.provenance import METADATA

__all__ = ["schema"]


def schema(include_metadata: bool) -> pa.Schema:
    """Return the columns of a row on disk."""
    fields = [pa.field("text", pa.string()), pa.field("n_tokens", pa.int64())]
    if include_metadata:
        fields = [
            pa.field("doc_id", pa.string()),
            pa.field("source", pa.string()),
            *fields,
            pa.field("quality_score", pa.float64()),
            pa.field("metadata", METADATA),
        ]
    return pa.schema(fields)
