"""Comma-separated values and their kin: one document a file, and it is a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from tore_export.documents.schema import CELL, Kind
from tore_export.sources.builder import Builder
from tore_export.sources.document import add_document
from tore_export.sources.encoding import decoded
from tore_export.sources.head import Head
from tore_export.sources.reader import Reader, Task
from tore_export.sources.table_cells import MAX_AREA

if TYPE_CHECKING:
    from tore_export.sources.delimited.cells import Grid

__all__ = ["READER"]

SUFFIXES = (".csv", ".tsv", ".tab")

_SAMPLE_ROWS = 50

_SAID = re.compile(rb"sep=([\t;|,])\n", re.IGNORECASE)
_VALUE = re.compile(
    r"[-+(]?[\s$€£¥%]*\d[\d.,:/\s'’_-]*(?:[eE][-+]?\d+)?[\s%$€£¥)]*|true|false|null|n/?a|-+|\?",
    re.IGNORECASE,
)


def recognises(head: Head) -> bool:
    """Tell whether this is a text with the name of a table: commas alone prove nothing."""
    return head.suffix in SUFFIXES and head.first != b"" and head.is_text


def read(task: Task) -> Iterator[pa.Table]:
    """Put in the one document of the file.

    The delimiter is the one of comma, semicolon, tab and bar that fits the rows best, or what a first
    line `sep=;` says. Whether the first row is a header, its looks tell. A table of more cells than
    a table may have is several, each with the header.
    """
    from tore_export.sources.delimited.cells import grid_of, sniffed

    task.opened.read_all(task.limits)
    data = task.opened.head.data
    size = len(data)
    text = decoded(data)
    if b"\r" in data:
        data = text.encode()
    del text  # as large as the file
    said = _SAID.match(data)
    if said is not None:
        delimiter, data = said[1].decode(), data[said.end() :]
    else:
        delimiter = sniffed(data, "\t" if task.opened.head.suffix in (".tsv", ".tab") else None)
    grid = grid_of(data, delimiter)
    build = Builder(task.out.rows.elements, task.limits)
    for rows in _tables(grid):
        build.add(Kind.TABLE, "", cells=rows)
    add_document({}, task, None)
    task.out.closed(size)
    if task.out.is_full:
        yield task.out.take()


def has_header(grid: Grid) -> bool:
    r"""Tell whether the first row names the columns.

    It does if most of it is filled, and it holds words over values, or values over words; or if it
    holds nothing but words.

    >>> from tore_export.sources.delimited.cells import grid_of
    >>> has_header(grid_of(b"name,born\nAda,1815\n", ","))
    True
    >>> has_header(grid_of(b"Ada,1815\nAlan,1912\n", ",")), has_header(grid_of(b"a,b\n", ","))
    (False, False)
    """
    if len(grid.widths) < 2:
        return False
    first, *rows = ([text.strip() for text in row] for row in grid.rows(_SAMPLE_ROWS))
    if 2 * first.count("") > len(first):
        return False
    votes = n_values = 0
    for text, *column in zip_longest(first, *rows, fillvalue=""):
        if not text:
            continue
        is_value = _VALUE.fullmatch(text) is not None
        n_values += is_value
        below = [_VALUE.fullmatch(other) is not None for other in column if other]
        if below and all(found is not is_value for found in below):
            votes += 1
        elif is_value and all(below):
            votes -= 1
    return votes > 0 or (votes == 0 and not n_values)


def _tables(grid: Grid) -> Iterator[pa.ListArray]:
    """Yield the rows of each table that the grid is, as a list of cells each."""
    header = has_header(grid)
    ends = np.concatenate([[0], np.cumsum(grid.widths)])
    cells = _cells(grid, int(grid.widths[0]) if header else 0)
    rows = pa.ListArray.from_arrays(pa.array(ends, pa.int32()), cells)
    for start, end in pairwise(_cuts(ends, header=header)):
        part = rows.slice(start, end - start)
        yield pa.concat_arrays([rows.slice(0, 1), part]) if header and start else part


def _cuts(ends: np.ndarray, *, header: bool) -> list[int]:
    """Return the rows at which tables begin, and the end, so that none has too many cells."""
    n_rows = len(ends) - 1
    room = max(1, MAX_AREA - (int(ends[1]) if header else 0))
    cuts = [0]
    while cuts[-1] < n_rows:
        last = int(np.searchsorted(ends, ends[cuts[-1]] + room, side="right")) - 1
        cuts.append(max(cuts[-1] + 1, last))
    return cuts


def _cells(grid: Grid, n_headers: int) -> pa.StructArray:
    n_cells = len(grid.texts)
    ones = pa.array(np.ones(n_cells, np.int32))
    headers = pa.array(np.arange(n_cells) < n_headers)
    return pa.StructArray.from_arrays([grid.texts, ones, ones, headers], fields=list(CELL))


READER = Reader(
    "csv",
    recognises,
    read,
    description="a table: values separated by commas, semicolons, bars or tabs",
    suffixes=SUFFIXES,
)
