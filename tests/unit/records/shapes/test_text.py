"""The shape `text`: what trainers read as running text."""

from __future__ import annotations

import pyarrow as pa

from tore_export.records.provenance import METADATA
from tore_export.records.shapes.text import schema


def test_a_row_is_its_text_and_where_it_came_from() -> None:
    assert schema(True).names == [
        "doc_id",
        "source",
        "text",
        "n_tokens",
        "quality_score",
        "metadata",
    ]
    assert schema(True).field("metadata").type == METADATA


def test_without_metadata_a_row_is_text_and_its_tokens() -> None:
    assert schema(False) == pa.schema([("text", pa.string()), ("n_tokens", pa.int64())])
