"""The prose of many documents as one buffer of lines: what every signal is computed from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tore_export.documents.schema import PROSE, Kind

__all__ = [
    "PADDING",
    "Bytes",
    "Counts",
    "Flags",
    "Prose",
    "Shares",
    "before",
    "few",
    "prose_of",
    "share",
]

Bytes = npt.NDArray[np.uint8]
Counts = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Shares = npt.NDArray[np.float64]

BESIDE = pa.array([int(kind) for kind in (Kind.TABLE, Kind.CODE, Kind.FORMULA)], pa.int8())
"""Kinds that are text, but no prose."""

SLICE_BYTES = 1_400_000
"""Documents are worked on in slices of about so many bytes: what is made of smaller ones stays in the
processor's cache, but each costs two thousand calls."""

MOST_BYTES = 8_000_000
"""Of a longer document only the lines that begin in its first so many bytes are looked at, so that
memory does not grow with it."""

PADDING = 16
"""Zero bytes before and after the text, so that words can be loaded eight bytes at a time."""


NO_FLAGS, NO_COUNTS = np.zeros(0, np.bool_), np.zeros(0, np.int64)


@dataclass(frozen=True)
class Prose:
    """Lines of prose of some documents, one after the other, each followed by a newline.

    A line is an element of a kind of prose, or a line of RAW text outside of fenced code; lines
    without a character are left out. `line_starts[i]` is where line i begins in `text`, and its last
    entry is where the text ends; `lines[d]` is the first line of document d, likewise with one more
    entry. `texts` are the lines as Arrow strings, `titles` tells which are headings. `beside` are the
    bytes of each document's text that is no prose: code, tables, formulas.
    """

    text: Bytes
    line_starts: Counts
    lines: Counts
    texts: pa.StringArray
    titles: Flags
    beside: Counts

    @property
    def n_documents(self) -> int:
        """How many documents these are."""
        return len(self.lines) - 1

    @cached_property
    def document_starts(self) -> Counts:
        """Where each document begins in `text`, and where the last one ends."""
        return self.line_starts[self.lines]

    @cached_property
    def n_lines(self) -> Counts:
        """How many lines each document has."""
        return differences(self.lines)

    def per_document(self, values: Flags | Counts) -> Counts:
        """Add up one value a line for each document; count the lines that are flagged."""
        return differences(before(values)[self.lines])


_OF_LINES = pa.array([int(Kind.RAW), int(Kind.MESSAGE)], pa.int8())
"""Kinds whose text is as somebody wrote it, many lines with code between them."""


def prose_of(elements: pa.ListArray, chosen: pa.BooleanArray) -> Iterator[tuple[int, Prose]]:
    """Yield (first document, its and the next ones' prose) until all documents are covered.

    A document that is not `chosen` has no lines, and a very long one those at its beginning.
    """
    texts, documents, titles, beside = _lines(elements, chosen)
    texts = pc.binary_join_element_wise(texts, pa.scalar(""), pa.scalar("\n"))
    starts = _offsets(texts)
    lines = documents.searchsorted(np.arange(len(elements) + 1))
    kept = starts[:-1] - starts[lines[documents]] < MOST_BYTES
    if not kept.all():
        texts, documents, titles = texts.filter(pa.array(kept)), documents[kept], titles[kept]
        starts = _offsets(texts)
        lines = documents.searchsorted(np.arange(len(elements) + 1))
    sizes = starts[lines]
    first = 0
    while first < len(elements):
        # at least one document; where a slice ends changes nothing in what is found
        last = max(first + 1, int(sizes.searchsorted(sizes[first] + SLICE_BYTES, "right")) - 1)
        start, end = lines[first], lines[last]
        prose = _prose(texts.slice(start, end - start), lines[first : last + 1] - start)
        yield first, replace(prose, titles=titles[start:end], beside=beside[first:last])
        first = last


def share(part: Counts, whole: Counts, where: Flags | None = None) -> Shares:
    """Divide; not a number where there is nothing to divide by, or where it says nothing."""
    where = whole > 0 if where is None else where & (whole > 0)
    result: Shares = np.full(part.shape, np.nan)
    np.divide(part, whole, out=result, where=where)
    return result


def before(values: npt.NDArray[Any]) -> Counts:
    """Return the sum of all values before each, and of all."""
    totals = np.empty(len(values) + 1, np.int64)
    totals[0] = 0
    values.cumsum(out=totals[1:])
    return totals


def differences(values: Counts) -> Counts:
    """Return how much each value is above the one before it; numpy's own takes ten calls for that."""
    found: Counts = values[..., 1:] - values[..., :-1]
    return found


def few(flags: Flags) -> Counts:
    """Return where flags are set, fast where hardly any are. The last seven may be left out.

    >>> few(np.arange(40) % 9 == 1).tolist()
    [1, 10, 19, 28, 37]
    """
    eights = flags[: len(flags) & ~7].view(np.uint64)
    some = (eights != 0).nonzero()[0]
    if len(some) > len(eights) >> 2:
        return flags.nonzero()[0]
    at = eights.take(some).view(np.bool_).nonzero()[0]
    found: Counts = (some.take(at >> 3) << 3) + (at & 7)
    return found


def _prose(texts: pa.StringArray, lines: Counts) -> Prose:
    offsets = _offsets(texts)
    text = np.zeros(offsets[-1] - offsets[0] + 2 * PADDING, np.uint8)
    if len(texts):
        buffer = np.frombuffer(texts.buffers()[2], np.uint8)
        text[PADDING:-PADDING] = buffer[offsets[0] : offsets[-1]]
    return Prose(text, offsets - offsets[0] + PADDING, lines, texts, NO_FLAGS, NO_COUNTS)


def _lines(
    elements: pa.ListArray, chosen: pa.BooleanArray
) -> tuple[pa.StringArray, Counts, Flags, Counts]:
    """Return all lines; of each its document and whether it is a heading; and what lies beside."""
    values = elements.flatten()
    kinds, documents = values.field("kind"), pc.list_parent_indices(elements)
    sizes = pc.fill_null(pc.binary_length(values.field("text")), 0)
    prose = pc.is_in(kinds, pa.array([int(kind) for kind in sorted(PROSE)], pa.int8()))
    beside = np.bincount(
        _numpy(documents),
        np.where(_numpy(pc.is_in(kinds, BESIDE)), _numpy(sizes), 0),
        minlength=len(elements),
    ).astype(np.int64)
    kept = pc.and_(prose, pc.and_(chosen.take(documents), pc.greater(sizes, 0)))
    texts, documents, kinds = (
        array.filter(kept) for array in (values.field("text"), documents, kinds)
    )
    if pc.any(pc.is_in(kinds, _OF_LINES)).as_py():
        texts, documents, kinds = _split_raw(texts, documents, kinds)
    titles = _numpy(pc.equal(kinds, int(Kind.TITLE)))
    return texts, _numpy(documents).astype(np.int64), titles, beside


def _numpy(array: pa.Array) -> npt.NDArray[Any]:
    values: npt.NDArray[Any] = array.to_numpy(zero_copy_only=False)
    return values


def _split_raw(
    texts: pa.StringArray, documents: pa.Array, kinds: pa.Array
) -> tuple[pa.StringArray, pa.Array, pa.Array]:
    """Cut RAW elements and messages into their lines; leave out empty lines and fenced code."""
    import polars as pl

    frame = pl.DataFrame(
        {"text": pl.Series(texts), "document": pl.Series(documents), "kind": pl.Series(kinds)}
    ).with_row_index("element")
    raw = (
        frame.lazy()
        .filter(pl.col("kind").is_in(_OF_LINES.to_pylist()))
        .with_columns(pl.col("text").str.split("\n"))
        .explode("text", empty_as_null=False)
        .with_row_index("line")
        .with_columns(pl.col("text").str.contains(r"^ {0,3}(?:```|~~~)").alias("fence"))
        .with_columns(pl.col("fence").cum_sum().over("element").alias("fences"))
        .filter((pl.col("fences") % 2 == 0) & ~pl.col("fence") & pl.col("text").str.contains(r"\S"))
    )
    whole = (
        frame.lazy()
        .filter(~pl.col("kind").is_in(_OF_LINES.to_pylist()))
        .with_columns(pl.lit(0, pl.get_index_type()).alias("line"))
    )
    wanted = ["element", "line", "text", "document", "kind"]
    both = pl.concat([raw.select(wanted), whole.select(wanted)]).sort("element", "line").collect()
    return (
        both["text"].to_arrow().cast(pa.string()),
        both["document"].to_arrow(),
        both["kind"].to_arrow(),
    )


def _offsets(texts: pa.StringArray) -> Counts:
    if not len(texts):
        return np.zeros(1, np.int64)
    offsets = np.frombuffer(texts.buffers()[1], np.int32)
    return offsets[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
