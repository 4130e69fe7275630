"""Where a record came from: the columns that lead a bad sample back to its page."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["METADATA", "metadata"]

METADATA = pa.struct(
    [
        pa.field("title", pa.string()),
        pa.field("language", pa.string()),
        pa.field("created_at", pa.string()),
        pa.field("pages", pa.list_(pa.int32())),  # those the text comes from, ascending
        pa.field("element_ids", pa.list_(pa.string())),
        pa.field("extra", pa.string()),  # the document's other fields, JSON
    ]
)
"""One fixed struct: a field that is null in one shard loads with the next all the same."""


def metadata(table: pa.Table) -> pa.StructArray:
    """Return the column `metadata` of documents that become one record each, whole.

    **Rows** 1:1. **Reads** title, language, created_at, meta, elements.
    """
    elements = table["elements"].combine_chunks()
    ids = pa.ListArray.from_arrays(
        _offsets(elements), elements.flatten().field("id"), type=METADATA.field("element_ids").type
    )
    return pa.StructArray.from_arrays(
        [
            table["title"].combine_chunks(),
            table["language"].combine_chunks(),
            table["created_at"].combine_chunks(),
            _pages(elements),
            ids,
            table["meta"].combine_chunks(),
        ],
        fields=list(METADATA),
    )


def _offsets(lists: pa.ListArray) -> pa.Array:
    """Return the offsets of `lists` into `lists.flatten()`."""
    counts = lists.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
    return pa.array(np.concatenate([[0], np.cumsum(counts)]), pa.int32())


def _pages(elements: pa.ListArray) -> pa.ListArray:
    """Return the distinct pages of each document, ascending."""
    counts = elements.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
    pages = elements.flatten().field("page")
    known = pages.is_valid().to_numpy(zero_copy_only=False)
    rows = np.repeat(np.arange(len(elements), dtype=np.int64), counts)[known]
    # row and page in one integer: one sort finds the distinct pairs, in order
    pairs = np.unique((rows << 32) | pc.drop_null(pages).to_numpy().astype(np.int64))
    ends = np.searchsorted(pairs >> 32, np.arange(len(elements) + 1))
    values = pa.array((pairs & 0xFFFFFFFF).astype(np.int32), pa.int32())
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), values)
