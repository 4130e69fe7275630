"""Cells of comma-separated values, as Arrow columns: no Python object is made for a cell.

A delimiter or a newline ends a cell unless an odd number of quotes stands before it. So the ends of
all cells are found at once, and what is left of the bytes without separators and quotes is, end to end,
the text of the cells. Where quotes stand as they should not, Python's csv module decides.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from tore_export.errors import DocumentError

__all__ = ["DELIMITERS", "Grid", "grid_of", "sniffed"]

DELIMITERS = "\t;|,"
"""Tried in this order where they fit equally well: commas stand within numbers and sentences, too."""

MAX_CELLS = 20_000_000
"""A file of more cells is refused: fifty bytes are needed for each while it is read."""

_QUOTE, _NEWLINE = 34, 10
_SAMPLE_BYTES = 65_536
_BLOCK_BYTES = 4_000_000
_FITTING = 0.9

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Grid:
    """Rows of cells: the texts of all, one after the other, and how many belong to each row."""

    texts: pa.StringArray
    widths: Array

    @property
    def fit(self) -> tuple[float, int]:
        """The share of rows as wide as most are, and that width."""
        if not len(self.widths):
            return 0.0, 0
        counts = np.bincount(self.widths)
        return float(counts.max() / len(self.widths)), int(counts.argmax())

    def rows(self, most: int) -> list[list[str]]:
        """Return the texts of the first rows."""
        ends = np.cumsum(self.widths[:most]).tolist()
        texts: list[str] = self.texts.slice(0, ends[-1] if ends else 0).to_pylist()
        return [texts[start:end] for start, end in pairwise([0, *ends])]


def sniffed(data: bytes, preferred: str | None = None) -> str:
    r"""Return the delimiter that cuts most rows into the same number of cells; a comma where none does.

    The beginning of the file decides, unless its verdict does not fit the whole.

    >>> sniffed(b"a;b\n1,5;2,5\n"), sniffed(b"a\n1,5\n", preferred="\t")
    (';', '\t')
    """
    sample = data[:_SAMPLE_BYTES]
    if len(data) > len(sample):
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    best, fit = _best(sample, preferred)
    if len(sample) < len(data) and fit < 1:
        best, _ = _best(data, preferred)
    return best


def _best(data: bytes, preferred: str | None) -> tuple[str, float]:
    best, best_fit = preferred or ",", 0.0
    order = [preferred, *DELIMITERS.replace(preferred, "")] if preferred else [*DELIMITERS]
    for delimiter in order:
        n_found = data.count(delimiter.encode())
        if n_found == 0 or n_found > MAX_CELLS:
            continue
        ends = _ends(np.frombuffer(data, np.uint8), delimiter, lenient=True)
        if ends is None:
            continue
        share, width = Grid(pa.array([], pa.string()), _widths(data, ends[0])).fit
        if width < 2:
            # hardly a delimiter, but better than none
            share /= 100
        if share > best_fit + (0.05 if best_fit else 0):
            best, best_fit = delimiter, share
    if preferred and best != preferred and best_fit < _FITTING:
        # the name says what it is, and nothing else fits
        return preferred, best_fit
    return best, best_fit


def grid_of(data: bytes, delimiter: str) -> Grid:
    r"""Return the cells of UTF-8 bytes whose lines end in newlines; blank lines are no rows.

    **Raises** DocumentError with rule `invalid_csv`, which names the line, where a quote is not closed
    or something stands behind the one that closes; `too_large` for more than `MAX_CELLS` cells.

    >>> grid = grid_of(b'a,"b,\n""c"" d"\n\n1\n', ",")
    >>> grid.texts.to_pylist(), grid.widths.tolist()
    (['a', 'b,\n"c" d', '1'], [2, 1])
    """
    if not data.endswith(b"\n"):
        data += b"\n"
    n_cells = data.count(delimiter.encode()) + data.count(b"\n")
    if n_cells > MAX_CELLS:
        raise DocumentError(
            "the table is too large",
            rule="too_large",
            found=f"{n_cells:,} cells",
            allowed=f"{MAX_CELLS:,} cells",
            hint="split the file",
        )
    grids = []
    for block in _blocks(data):
        grid = _of_block(block, delimiter)
        if grid is None:
            return _by_module(data, delimiter)
        grids.append(grid)
    if len(grids) == 1:
        return grids[0]
    texts = pa.concat_arrays([grid.texts for grid in grids])
    return Grid(texts, np.concatenate([grid.widths for grid in grids]))


def _blocks(data: bytes) -> Iterator[bytes]:
    """Yield whole rows in blocks, since what finds the cells takes many bytes for each."""
    start = end = n_quotes = 0
    while end < len(data):
        before = end
        end = data.find(b"\n", end + _BLOCK_BYTES) + 1 or len(data)
        n_quotes += data.count(b'"', before, end)
        # a newline behind an odd number of quotes ends no row
        if n_quotes % 2 == 0 or end == len(data):
            yield data[start:end]
            start = end


def _of_block(data: bytes, delimiter: str) -> Grid | None:
    """Return the cells of whole rows; None where a quote is out of place."""
    buffer = np.frombuffer(data, np.uint8)
    found = _ends(buffer, delimiter)
    if found is None:
        return None
    ends, quotes = found
    keep = np.ones(len(buffer), np.bool_)
    keep[ends] = False
    keep[quotes] = False
    offsets = np.empty(len(ends) + 1, np.int32)
    offsets[0] = 0
    offsets[1:] = ends - np.arange(len(ends))
    if len(quotes):
        offsets[1:] -= np.searchsorted(quotes, ends).astype(np.int32)
    texts = pa.StringArray.from_buffers(
        len(ends), pa.py_buffer(offsets), pa.py_buffer(buffer[keep])
    )
    return _without_blank_rows(Grid(texts, _widths(data, ends)))


def _ends(buffer: Array, delimiter: str, *, lenient: bool = False) -> tuple[Array, Array] | None:
    """Return where cells end and which quotes only enclose them; None where a quote is out of place.

    `lenient` lets a text break off within quotes, as a sample does.
    """
    separators = np.flatnonzero((buffer == ord(delimiter)) | (buffer == _NEWLINE))
    quotes = np.flatnonzero(buffer == _QUOTE)
    if not len(quotes):
        return separators, quotes
    if len(quotes) % 2:
        if not lenient:
            return None
        separators = separators[separators < quotes[-1]]
        quotes = quotes[:-1]
    ends = separators[np.searchsorted(quotes, separators) % 2 == 0]
    opening, closing = quotes[0::2], quotes[1::2]
    # a quote that opens right behind one that closes is the second of two that stand for one
    is_second = np.zeros(len(opening), np.bool_)
    is_second[1:] = opening[1:] == closing[:-1] + 1
    before = buffer[np.maximum(opening - 1, 0)]
    after = buffer[np.minimum(closing + 1, len(buffer) - 1)]
    at_start = (opening == 0) | (before == ord(delimiter)) | (before == _NEWLINE)
    is_first = np.zeros(len(closing), np.bool_)
    is_first[:-1] = is_second[1:]
    at_end = (closing == len(buffer) - 1) | (after == ord(delimiter)) | (after == _NEWLINE)
    if not lenient and not ((at_start | is_second).all() and (at_end | is_first).all()):
        return None
    encloses = np.ones(len(quotes), np.bool_)
    encloses[0::2] = ~is_second
    return ends, quotes[encloses]


def _widths(data: bytes, ends: Array) -> Array:
    """Return how many cells each row has."""
    last = np.flatnonzero(np.frombuffer(data, np.uint8)[ends] == _NEWLINE)
    return np.diff(last, prepend=-1).astype(np.int32)


def _without_blank_rows(grid: Grid) -> Grid:
    """Return the grid without rows that are one empty cell, which is what a blank line looks like."""
    import pyarrow.compute as pc

    alone = np.flatnonzero(grid.widths == 1)
    if not len(alone):
        return grid
    places = np.cumsum(grid.widths)[alone] - 1
    blank = np.asarray(pc.equal(pc.binary_length(grid.texts.take(pa.array(places))), 0))
    if not blank.any():
        return grid
    kept = np.ones(len(grid.texts), np.bool_)
    kept[places[blank]] = False
    return Grid(grid.texts.filter(pa.array(kept)), np.delete(grid.widths, alone[blank]))


def _by_module(data: bytes, delimiter: str) -> Grid:
    """Return what Python's csv module makes of quotes in the midst of a cell."""
    lines = io.StringIO(data.decode(), newline="")
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    began = 1
    longest = csv.field_size_limit(sys.maxsize)
    try:
        for row in reader:
            began = reader.line_num + 1
            if row and row != [""]:
                rows.append(row)
    except csv.Error as error:
        is_open = "unexpected end" in str(error)
        raise DocumentError(
            f"the quotes of line {began if is_open else reader.line_num:,} are broken",
            rule="invalid_csv",
            found="a quote that is never closed" if is_open else str(error),
            allowed="a cell in quotes, with quotes in it doubled",
        ) from error
    finally:
        csv.field_size_limit(longest)
    texts = pa.array(list(chain.from_iterable(rows)), pa.string())
    return Grid(texts, np.fromiter(map(len, rows), np.int32, len(rows)))
