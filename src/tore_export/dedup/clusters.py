"""Clusters of copies and near-copies, found by fingerprints.

Fingerprints are cut into bands, as many and as wide as the threshold asks for; documents that agree in
all of a band are compared in full, and those similar enough are joined. Joining is transitive: A and C
may be in one cluster because both are like B.

Identical texts, and then identical fingerprints, are joined by sorting and go on as one, so that a
million copies cost what sorting them costs. In a band many documents may agree (all that share a
boiler-plate); each of them is compared with its neighbours and with some leaders, not with all others,
so that the work stays linear. What one band misses by that, another finds.

**Source** Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", chapter 3.4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tore_export.dedup.minhash import PLACES, mixed
from tore_export.quality.prose import Counts, Flags
from tore_export.quality.words import Numbers

__all__ = ["bands_for", "clusters_of", "least_agreement"]

Fingerprints = npt.NDArray[np.uint8]
Map = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]

WANTED_RECALL = 0.99
"""Of pairs that are just as similar as the threshold, so many agree in some band."""

PIECE_ROWS = 50_000
NEIGHBOURS = 7
LEADERS = 8


def bands_for(threshold: float) -> tuple[int, int]:
    """Return how many bands there are and how many places a band has: as wide as recall allows.

    >>> bands_for(0.7), bands_for(0.5), bands_for(1.0)
    ((42, 6), (85, 3), (1, 256))
    """
    for width in range(PLACES, 1, -1):
        count = PLACES // width
        if 1 - (1 - threshold**width) ** count >= WANTED_RECALL:
            return count, width
    return PLACES, 1


def least_agreement(threshold: float) -> int:
    """Return at how many places two fingerprints agree, at least, to be joined.

    An estimate from 256 places is off by a few; so this is two standard deviations below the threshold,
    and of pairs that are just as similar 97 in 100 are joined. One place in 256 agrees by chance.

    >>> least_agreement(0.7), least_agreement(1.0)
    (165, 256)
    """
    agreeing = threshold + (1 - threshold) / 256
    return int(np.ceil(PLACES * agreeing - 2 * np.sqrt(PLACES * agreeing * (1 - agreeing))))


def clusters_of(documents: pa.Table, threshold: float, map: Map) -> Counts:
    """Return for each document the row of its cluster's representative, the first of it in the table.

    Documents with the same text are of one cluster, and so are those at least as similar as
    `threshold`, as far as fingerprints tell. A document without text is alone; one without fingerprint
    has only its copies. `map` carries out comparisons, in pieces of bounded size, in order.

    **Rows** 1:1. **Reads** text_hash (binary), minhash (FINGERPRINT); both may be null.

    >>> from tore_export.dedup.minhash import fingerprints_of
    >>> texts = pa.array(["a cat sat on the mat", "dogs bark at night", "A cat sat on the mat!"])
    >>> table = pa.table({"text_hash": texts.cast(pa.binary()), "minhash": fingerprints_of(texts)})
    >>> clusters_of(table, 0.7, map).tolist()
    [0, 1, 0]
    """
    roots = _same_texts(documents["text_hash"])
    prints = _Prints(documents["minhash"])
    firsts = np.flatnonzero(prints.valid & (roots == np.arange(len(roots))))
    roots = _joined(roots, *_same(prints.keys(firsts, slice(0, PLACES)), firsts))
    # copies of a text without a root of its own follow it: a root is the first of its text
    firsts = firsts[roots[firsts] == firsts]
    count, width = bands_for(threshold)
    least = least_agreement(threshold)
    for band in range(count):
        keys = prints.keys(firsts, slice(band * width, (band + 1) * width))
        pieces = _pieces(prints, keys, firsts, roots, least)
        for pairs in map(_similar, pieces):
            roots = _joined(roots, pairs[0], pairs[1])
    return roots


class _Prints:
    """The fingerprints of all documents, where they lie: none is copied before it is asked for."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
        self.views: list[Fingerprints] = [
            np.frombuffer(chunk.buffers()[1], np.uint8).reshape(-1, PLACES)[
                chunk.offset : chunk.offset + len(chunk)
            ]
            for chunk in chunks
            if len(chunk)
        ]
        self.starts = np.cumsum([0, *map(len, self.views)])
        valid: Flags = column.is_valid().to_numpy(zero_copy_only=False)
        self.valid = valid

    def take(self, rows: Counts) -> Fingerprints:
        """Return the fingerprints of these rows."""
        found = np.empty((len(rows), PLACES), np.uint8)
        chunks = np.searchsorted(self.starts, rows, "right") - 1
        order = np.argsort(chunks, kind="stable")
        bounds = np.searchsorted(chunks[order], np.arange(len(self.views) + 1))
        for chunk in np.flatnonzero(np.diff(bounds)).tolist():
            at = order[bounds[chunk] : bounds[chunk + 1]]
            found[at] = self.views[chunk][rows[at] - self.starts[chunk]]
        return found

    def keys(self, rows: Counts, places: slice) -> Numbers:
        """Return a number for each row, the same for those that agree in these places."""
        found = np.zeros(len(rows), np.uint64)
        for chunk, view in enumerate(self.views):
            first, last = np.searchsorted(rows, self.starts[chunk : chunk + 2])
            some = view[rows[first:last] - self.starts[chunk], places]
            for column in some.T:
                found[first:last] = mixed(found[first:last] + column + np.uint64(1))
        return found


@dataclass(frozen=True)
class _Piece:
    """Documents to compare: those of one bucket stand together. `roots` say who is joined already."""

    rows: Counts
    buckets: Counts
    roots: Counts
    prints: Fingerprints
    least: int


def _pieces(
    prints: _Prints, keys: Numbers, rows: Counts, roots: Counts, least: int
) -> Iterator[_Piece]:
    """Yield the buckets of a band in which anything is left to join."""
    order = np.argsort(keys, kind="stable")
    starts = _changes(keys[order])
    sizes = np.diff(np.append(starts, len(order)))
    kept = np.repeat(sizes > 1, sizes)
    order, buckets = order[kept], np.repeat(np.arange(len(sizes)), sizes)[kept]
    if not len(order):
        return
    owners = roots[rows[order]]
    starts = _changes(buckets)
    sizes = np.diff(np.append(starts, len(order)))
    is_open = np.minimum.reduceat(owners, starts) != np.maximum.reduceat(owners, starts)
    kept = np.repeat(is_open, sizes)
    chosen, buckets, owners = rows[order[kept]], buckets[kept], owners[kept]
    first = 0
    while first < len(chosen):
        last = min(first + PIECE_ROWS, len(chosen))
        if last < len(chosen):
            opening = int(np.searchsorted(buckets, buckets[last]))
            last = opening if opening > first else last
        some = slice(first, last)
        yield _Piece(chosen[some], buckets[some], owners[some], prints.take(chosen[some]), least)
        first = last


def _similar(piece: _Piece) -> tuple[Counts, Counts]:
    """Return the pairs of a piece's documents that are similar enough, in two arrays."""
    # like stand next to like, so that neighbours in a large bucket are worth a comparison
    order = np.lexsort((piece.rows, *piece.prints.T[:4], piece.buckets))
    buckets, roots, prints = piece.buckets[order], piece.roots[order], piece.prints[order]
    found: list[tuple[Counts, Counts]] = []

    def compare(one: Counts, other: Counts) -> Flags:
        agreeing = np.zeros(len(one), np.int64)
        for start in range(0, len(one), 10_000):
            some = slice(start, start + 10_000)
            agreeing[some] = (prints[one[some]] == prints[other[some]]).sum(axis=1)
        similar: Flags = agreeing >= piece.least
        found.append((one[similar], other[similar]))
        return similar

    for distance in range(1, NEIGHBOURS + 1):
        one = np.flatnonzero(
            (buckets[:-distance] == buckets[distance:]) & (roots[:-distance] != roots[distance:])
        )
        compare(one, one + distance)
    starts = _changes(buckets)
    sizes = np.diff(np.append(starts, len(buckets)))
    open_rows = np.flatnonzero(np.repeat(sizes > NEIGHBOURS + 1, sizes))
    for _ in range(LEADERS):
        if not len(open_rows):
            break
        starts = _changes(buckets[open_rows])
        sizes = np.diff(np.append(starts, len(open_rows)))
        leaders = np.repeat(open_rows[starts], sizes)
        same = roots[leaders] == roots[open_rows]
        apart = np.flatnonzero(~same)
        same[apart] = compare(leaders[apart], open_rows[apart])
        open_rows = open_rows[~same]
    rows = piece.rows[order]
    return (
        rows[np.concatenate([one for one, _ in found])],
        rows[np.concatenate([other for _, other in found])],
    )


def _same_texts(hashes: pa.ChunkedArray) -> Counts:
    """Return the first row with the same hash for each row; a row without one is its own."""
    codes = hashes.combine_chunks() if isinstance(hashes, pa.ChunkedArray) else hashes
    indices = codes.dictionary_encode().indices
    numbers: Counts = indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    firsts = np.full(int(numbers.max(initial=-1)) + 1, len(numbers), np.int64)
    rows = np.arange(len(numbers))
    there = np.flatnonzero(numbers >= 0)
    np.minimum.at(firsts, numbers[there], there)
    roots = rows.copy()
    roots[there] = firsts[numbers[there]]
    return roots


def _same(keys: Numbers, rows: Counts) -> tuple[Counts, Counts]:
    """Return pairs of rows with the same key: the first such row and each other."""
    order = np.argsort(keys, kind="stable")
    starts = _changes(keys[order])
    sizes = np.diff(np.append(starts, len(order)))
    return rows[np.repeat(order[starts], sizes)], rows[order]


def _joined(roots: Counts, one: Counts, other: Counts) -> Counts:
    """Return the roots after these rows are joined; a root is the first row of all it holds."""
    roots = roots.copy()
    while len(one):
        one, other = roots[one], roots[other]
        low, high = np.minimum(one, other), np.maximum(one, other)
        apart = low < high
        one, other = low[apart], high[apart]
        np.minimum.at(roots, other, one)
        while not np.array_equal(above := roots[roots], roots):
            roots = above
    return roots


def _changes(values: npt.NDArray[Any]) -> Counts:
    """Return where each run of equal values begins."""
    if not len(values):
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
