"""What tells rows and documents apart: numbers of 64 bits for them, made of their very content."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tore_export.quality.prose import Bytes, Counts, Flags
from tore_export.quality.words import Numbers

__all__ = ["first_rows_of_documents", "joined_runs", "keys_of_documents", "keys_of_rows"]

BETWEEN = pa.scalar("\x01", pa.large_string())
NOTHING = pa.scalar("", pa.large_string())


def keys_of_rows(payload: pa.Table) -> Numbers:
    """Return a number for each row, the same for rows of the same strings.

    White space and the case of ASCII letters make no difference.

    >>> one, other = keys_of_rows(pa.table({"text": ["A cat. ", "a  cat."]}))
    >>> bool(one == other)
    True
    """
    columns = [_strings(pa.chunked_array(column).combine_chunks()) for column in payload.columns]
    joined = (
        columns[0]
        if len(columns) == 1
        else pc.binary_join_element_wise(*columns, BETWEEN, null_handling="replace")
    )
    return _hashes_of(*_compared(*_bytes_of(joined)))


def _compared(bounds: Counts, data: Bytes) -> tuple[Counts, Bytes]:
    """Return strings without white space and NUL, ASCII letters in lower case."""
    import polars as pl

    is_kept = (data > 0x20) | (data - 1 < 8) | (data - 0x0E < 0x0E)
    kept = pl.Series(data).filter(pl.Series(is_kept)).to_numpy()
    is_upper = kept - 0x41 < 26
    # a product of bytes is vectorised, a shift is not
    lowered = kept + is_upper.view(np.uint8) * np.uint8(0x20)
    return _n_before(is_kept, bounds - bounds[0]), lowered


def _n_before(flags: Flags, places: Counts) -> Counts:
    """Return how many flags are set before each place."""
    words = np.zeros(len(flags) // 64 + 1, np.uint64)
    packed = np.packbits(flags, bitorder="little")
    words.view(np.uint8)[: len(packed)] = packed
    before = np.concatenate([[0], np.cumsum(np.bitwise_count(words), dtype=np.int64)])
    word, bit = np.divmod(places, 64)
    lower_bits = (np.uint64(1) << bit.astype(np.uint64)) - np.uint64(1)
    return before[word] + np.bitwise_count(words[word] & lower_bits)


def _hashes_of(bounds: Counts, data: Bytes) -> Numbers:
    """Return a number for each string: the same wherever the same polars is."""
    import polars as pl

    strings = pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), len(bounds) - 1, [None, pa.py_buffer(bounds), pa.py_buffer(data)]
    )
    return pl.Series(strings).hash().to_numpy()


def _strings(array: pa.Array) -> pa.Array:
    """Return the strings of a column as one a row, whatever they lie in."""
    if pa.types.is_list(array.type):
        sizes = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
        inner = pc.binary_join_element_wise(_strings(array.flatten()), BETWEEN, NOTHING)
        return joined_runs(inner, np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]))
    if pa.types.is_struct(array.type):
        fields = [_strings(field) for field in array.flatten()]
        return pc.binary_join_element_wise(*fields, BETWEEN, null_handling="replace")
    return pc.fill_null(array.cast(pa.large_string()), "")


def joined_runs(strings: pa.Array, bounds: Counts) -> pa.LargeStringArray:
    """Return the strings from each bound to the next as one string. None of `strings` is null.

    >>> joined_runs(pa.array(["a", "b", "c"]), np.array([0, 2, 2, 3])).to_pylist()
    ['ab', '', 'c']
    """
    starts, data = _bytes_of(strings.cast(pa.large_string()))
    offsets = (starts - starts[0])[bounds]
    return pa.LargeStringArray.from_buffers(
        len(bounds) - 1, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(data))
    )


def _bytes_of(strings: pa.LargeStringArray) -> tuple[Counts, Bytes]:
    """Return where each string begins, and where the last ends, and the bytes of all of them."""
    if not len(strings):
        return np.zeros(1, np.int64), np.zeros(0, np.uint8)
    _, offsets, data = strings.buffers()
    bounds = np.frombuffer(offsets, np.int64)[strings.offset : strings.offset + len(strings) + 1]
    everything = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    return bounds, everything[bounds[0] : bounds[-1]]


def first_rows_of_documents(table: pa.Table) -> Counts:
    """Return where each document begins among rows that stand together by document.

    **Reads** doc_id, source.
    """
    if not table.num_rows:
        return np.zeros(0, np.int64)
    changed = np.ones(table.num_rows, np.bool_)
    same: Any = True
    for name in ("doc_id", "source"):
        values = table[name].combine_chunks()
        same = pc.and_(same, pc.equal(values[1:], values[:-1]))
    changed[1:] = ~pc.fill_null(same, True).to_numpy(zero_copy_only=False)
    return np.flatnonzero(changed)


def keys_of_documents(table: pa.Table) -> Numbers:
    """Return a number for each document, by its id and the source that says it.

    **Reads** doc_id, source.
    """
    digests = b"".join(
        sha256(f"{source}\0{doc_id}".encode()).digest()[:8]
        for doc_id, source in zip(
            table["doc_id"].to_pylist(), table["source"].to_pylist(), strict=True
        )
    )
    return np.frombuffer(digests, np.uint64)
