"""What documents are told apart and put together by: the hash of their text, and a named value."""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["COLUMNS_NAMED", "TEXT_HASH", "text_hashes", "values_named"]

TEXT_HASH = pa.binary(16)
"""The first 16 bytes of sha256 of a text."""

COLUMNS_NAMED = ("source", "doc_id", "title", "language")
"""Names of columns of the document; `folder` is that of `source`, others are fields of `meta`."""


def values_named(table: pa.Table, name: str) -> list[str | None]:
    """Return the value of each document by which it is grouped; None where it has none.

    **Reads** source, the column of that name, or meta.
    """
    if name == "folder":
        return [source.rpartition("/")[0] for source in table["source"].to_pylist()]
    if name in COLUMNS_NAMED:
        values: list[str | None] = table[name].to_pylist()
        return values
    found = []
    for meta in table["meta"].to_pylist():
        value = msgspec.json.decode(meta).get(name) if meta else None
        found.append(None if value is None else str(value))
    return found


def text_hashes(texts: pa.StringArray) -> list[bytes | None]:
    """Return the hash of each text, read from Arrow's buffer without making a string of it."""
    _, offsets, data = texts.buffers()
    view = memoryview(data)
    bounds = pa.Array.from_buffers(
        pa.int32(), len(texts) + 1, [None, offsets], offset=texts.offset
    ).to_pylist()
    present = pc.is_valid(texts).to_pylist()
    return [
        sha256(view[start:end]).digest()[:16] if there else None
        for (start, end), there in zip(pairwise(bounds), present, strict=True)
    ]
