"""What tells rows and documents apart: numbers of 64 bits for them, made of their very content."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tore_export.quality.prose import Bytes, Counts
from tore_export.quality.words import Numbers

__all__ = ["first_rows_of_documents", "joined_runs", "keys_of_documents", "keys_of_rows"]

BETWEEN = pa.scalar("\x01", pa.large_string())
NOTHING = pa.scalar("", pa.large_string())

BLOCK = 1 << 17
"""Bytes looked at together, so that what is made of them stays in the nearest cache."""


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
    return _hashes_of(*_without_spaces(*_bytes_of(pc.ascii_lower(joined))))


def _without_spaces(bounds: Counts, data: Bytes) -> tuple[Counts, Bytes]:
    """Return strings without white space and NUL."""
    import polars as pl

    is_kept = _is_no_space(data)
    mask = pa.BooleanArray.from_buffers(pa.bool_(), len(data), [None, pa.py_buffer(is_kept)])
    kept = pl.Series(data).filter(pl.Series(mask)).to_numpy()
    return _n_before(is_kept, bounds - bounds[0]), kept


def _is_no_space(data: Bytes) -> Numbers:
    """Tell of each byte whether it is neither white space nor NUL, in bits, the lowest first."""
    bits = np.zeros(len(data) // 64 + 1, np.uint64)
    packed = bits.view(np.uint8)
    for start in range(0, len(data), BLOCK):
        some = data[start : start + BLOCK]
        is_kept = some > 0x20
        is_kept |= some - 1 < 8
        is_kept |= some - 0x0E < 0x0E
        eights = np.packbits(is_kept, bitorder="little")
        packed[start >> 3 :][: len(eights)] = eights
    return bits


def _n_before(bits: Numbers, places: Counts) -> Counts:
    """Return how many bits are set before each place."""
    before = np.concatenate([[0], np.cumsum(np.bitwise_count(bits), dtype=np.int64)])
    word, bit = np.divmod(places, 64)
    lower_bits = (np.uint64(1) << bit.astype(np.uint64)) - np.uint64(1)
    return before[word] + np.bitwise_count(bits[word] & lower_bits)


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
