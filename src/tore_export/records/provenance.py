"""Where a record came from: the columns that lead a bad sample back to its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tore_export.documents.combined import combined
from tore_export.records.sample import CHUNK_PLACE

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["METADATA", "chunk_metadata", "metadata", "sample_metadata"]


METADATA = pa.struct(
    [
        pa.field("title", pa.string()),
        pa.field("language", pa.string()),
        pa.field("created_at", pa.string()),
        pa.field("pages", pa.list_(pa.int32())),  # those the text comes from, ascending
        pa.field("element_ids", pa.list_(pa.string())),
        pa.field("extra", pa.string()),  # the document's other fields, JSON
        pa.field("chunk", CHUNK_PLACE),  # which part of its document; null for a whole one
        pa.field("task", pa.string()),
        pa.field("record", pa.int32()),  # from 1 within its document: DOC_ID#RECORD names it
    ]
)
"""One fixed struct: a field that is null in one shard loads with the next all the same."""


def metadata(table: pa.Table) -> pa.StructArray:
    """Return the column `metadata` of documents that become one record each, whole.

    **Rows** 1:1. **Reads** title, language, created_at, meta, elements.
    """
    elements = combined(table["elements"])
    values = elements.flatten()
    offsets = _offsets(elements)
    owners = np.repeat(np.arange(len(elements), dtype=np.int64), np.diff(offsets))
    return _struct(
        [combined(table[name]) for name in ("title", "language", "created_at", "meta")],
        _pages(values.field("page"), owners, len(elements)),
        _ids(values.field("id"), offsets),
        pa.nulls(table.num_rows, CHUNK_PLACE),
        *_numbered(np.ones(table.num_rows, np.int64)),
    )


def chunk_metadata(
    table: pa.Table, chunks: pa.StructArray, parents: npt.NDArray[np.int64]
) -> pa.StructArray:
    """Return the column `metadata` of chunks: pages and ids are those of the elements in each.

    A chunk that is a whole document has what the document has. Elements that are not shown are in
    no other chunk.

    **Rows** one per chunk; `parents` are their documents' rows.
    **Reads** title, language, created_at, meta, elements, blocks.
    """
    elements = combined(table["elements"])
    values, offsets = elements.flatten(), _offsets(elements)
    counts = np.bincount(parents, minlength=table.num_rows)
    firsts = np.concatenate([[0], np.cumsum(counts)])[parents]
    number = np.arange(len(parents)) - firsts + 1
    whole = counts[parents] == 1
    first = _filled(chunks.field("first_element"), 0)
    last = _filled(chunks.field("last_element"), -1)
    begins = offsets[parents] + np.where(whole, 0, first)
    sizes = np.where(whole, np.diff(offsets)[parents], last - first + 1)
    owners = np.repeat(np.arange(len(parents), dtype=np.int64), sizes)
    before = np.cumsum(sizes) - sizes
    places = np.arange(len(owners)) - before[owners] + begins[owners]
    kept = whole[owners] | _is_shown(table)[places] if len(places) else np.zeros(0, np.bool_)
    owners, places = owners[kept], places[kept]
    chosen = pa.array(places)
    ends = np.searchsorted(owners, np.arange(len(parents) + 1))
    columns = (chunks.field("start"), chunks.field("end"))
    place = pa.StructArray.from_arrays(
        [pa.array(number, pa.int32()), pa.array(counts[parents], pa.int32()), *columns],
        fields=list(CHUNK_PLACE),
        mask=pa.array(whole),
    )
    rows = pa.array(parents)
    return _struct(
        [combined(table[name]).take(rows) for name in ("title", "language", "created_at", "meta")],
        _pages(values.field("page").take(chosen), owners, len(parents)),
        _ids(values.field("id").take(chosen), ends),
        place,
        *_numbered(number),
    )


def sample_metadata(
    table: pa.Table, samples: pa.Table, numbers: npt.NDArray[np.int64]
) -> pa.StructArray:
    """Return the column `metadata` of samples: pages and ids are those of the elements of each.

    `numbers` are the places of the records among those of their documents, from 1.

    **Rows** 1:1 with `samples`. **Reads** title, language, created_at, meta, elements of `table`;
    parent, elements, chunk, task of `samples`.
    """
    elements = combined(table["elements"])
    values, offsets = elements.flatten(), _offsets(elements)
    parents = combined(samples["parent"]).to_numpy()
    named = combined(samples["elements"])
    is_all = pc.is_null(named).to_numpy(zero_copy_only=False)
    sizes = np.where(is_all, np.diff(offsets)[parents], np.diff(_offsets(named)))
    owners = np.repeat(np.arange(len(parents), dtype=np.int64), sizes)
    within = np.arange(len(owners)) - (np.cumsum(sizes) - sizes)[owners]
    within[~is_all[owners]] = named.flatten().to_numpy()
    chosen = pa.array(within + offsets[parents][owners])
    rows = pa.array(parents)
    return _struct(
        [combined(table[name]).take(rows) for name in ("title", "language", "created_at", "meta")],
        _pages(values.field("page").take(chosen), owners, len(parents)),
        _ids(values.field("id").take(chosen), np.concatenate([[0], np.cumsum(sizes)])),
        combined(samples["chunk"]),
        combined(samples["task"]),
        pa.array(numbers, pa.int32()),
    )


def _numbered(numbers: npt.NDArray[np.int64]) -> tuple[pa.StringArray, pa.Int32Array]:
    """Return the columns `task` and `record` of records of the task text."""
    task = pa.repeat(pa.scalar("text", pa.string()), len(numbers))
    return task, pa.array(numbers, pa.int32())


def _struct(
    known: list[pa.Array],
    pages: pa.ListArray,
    ids: pa.ListArray,
    place: pa.StructArray,
    task: pa.StringArray,
    record: pa.Int32Array,
) -> pa.StructArray:
    title, language, created_at, meta = known
    return pa.StructArray.from_arrays(
        [title, language, created_at, pages, ids, meta, place, task, record],
        fields=list(METADATA),
    )


def _filled(column: pa.Array, missing: int) -> npt.NDArray[np.int64]:
    found: npt.NDArray[np.int64] = column.fill_null(missing).to_numpy().astype(np.int64)
    return found


def _is_shown(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Tell of each element whether the text holds it."""
    blocks = combined(table["blocks"]).flatten()
    shown: npt.NDArray[np.bool_] = pc.greater(blocks.field("end"), blocks.field("start")).to_numpy(
        zero_copy_only=False
    )
    return shown


def _offsets(lists: pa.ListArray) -> npt.NDArray[np.int64]:
    """Return the offsets of `lists` into `lists.flatten()`."""
    counts = lists.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
    found: npt.NDArray[np.int64] = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
    return found


def _ids(ids: pa.StringArray, offsets: npt.NDArray[Any]) -> pa.ListArray:
    kind = METADATA.field("element_ids").type
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), ids, type=kind)


def _pages(pages: pa.Int32Array, owners: npt.NDArray[np.int64], n_rows: int) -> pa.ListArray:
    """Return the distinct pages of each row, ascending; `owners` are the rows of the elements."""
    known = pages.is_valid().to_numpy(zero_copy_only=False)
    # row and page in one integer: one sort finds the distinct pairs, in order
    pairs = np.unique((owners[known] << 32) | pc.drop_null(pages).to_numpy().astype(np.int64))
    ends = np.searchsorted(pairs >> 32, np.arange(n_rows + 1))
    values = pa.array((pairs & 0xFFFFFFFF).astype(np.int32), pa.int32())
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), values)
