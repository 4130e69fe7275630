"""Cut the input into units: pieces small enough to resume in the middle, large enough to be worth it.

A unit is a byte range of a large JSONL, row groups of a large Parquet file, one file that cannot be
split, or a group of small files. Its size is a 64th of the input, between 8 and 64 MB. The same input
makes the same units, in input order, whatever runs them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from tore_export.sources.detect import how_to_split
from tore_export.sources.source import read_unit
from tore_export.sources.unit import InputFile, Limits, Unit

__all__ = ["MOST_FILES", "limit_units", "make_units", "unit_bytes"]

LEAST_BYTES, MOST_BYTES = 8_000_000, 64_000_000
# less than 8 MB is worked on in less time than Ray Data takes to hand out the next task
UNITS_WANTED = 64
MOST_FILES = 2_000


def unit_bytes(total_bytes: int) -> int:
    """Return the size of a unit for an input of `total_bytes`.

    >>> unit_bytes(1_000_000), unit_bytes(640_000_000), unit_bytes(10**12)
    (8000000, 10000000, 64000000)
    """
    return min(max(total_bytes // UNITS_WANTED, LEAST_BYTES), MOST_BYTES)


def make_units(files: Sequence[InputFile]) -> tuple[Unit, ...]:
    """Return the units of `files`, numbered in input order."""
    target = unit_bytes(sum(file.size for file in files))
    return tuple(replace(unit, number=number) for number, unit in enumerate(_units(files, target)))


def limit_units(
    units: Sequence[Unit], n_documents: int, limits: Limits, batch_size: int
) -> tuple[Unit, ...]:
    """Return the units that hold the first `n_documents` of the input; the last may be cut short.

    Units are read one after the other until there are enough, which costs reading those twice.
    """
    chosen = []
    left = n_documents
    for unit in units:
        n_here = 0
        for table in read_unit(unit, limits, batch_size):
            n_here += table.num_rows
            if n_here > left:
                break
        else:
            n_here -= 1  # the mark at the end
        chosen.append(unit if n_here < left else replace(unit, limit=left))
        left -= n_here
        if left <= 0:
            break
    return tuple(chosen)


def _units(files: Sequence[InputFile], target: int) -> Iterator[Unit]:
    group: list[InputFile] = []
    n_bytes = 0
    for file in files:
        is_large = file.size > target
        if group and (is_large or n_bytes + file.size > target or len(group) == MOST_FILES):
            yield Unit(0, "files", tuple(group), n_bytes=n_bytes)
            group, n_bytes = [], 0
        if is_large:
            yield from _pieces(file, target)
        else:
            group.append(file)
            n_bytes += file.size
    if group:
        yield Unit(0, "files", tuple(group), n_bytes=n_bytes)


def _pieces(file: InputFile, target: int) -> Iterator[Unit]:
    try:
        reader = how_to_split(file)
    except OSError:
        reader = None  # the source says what is wrong with it, in the rejects
    if reader == "jsonl":
        n_pieces = -(-file.size // target)
        bounds = [file.size * i // n_pieces for i in range(n_pieces + 1)]
        for start, end in pairwise(bounds):
            yield Unit(0, "jsonl", (file,), start, end, end - start)
    elif reader == "parquet":
        yield from _row_groups(file, target)
    else:
        yield Unit(0, "files", (file,), n_bytes=file.size)


def _row_groups(file: InputFile, target: int) -> Iterator[Unit]:
    import pyarrow.parquet as pq

    from tore_export.storage.files import open_read

    with open_read(file.path) as stream:
        metadata = pq.ParquetFile(stream).metadata
        sizes = [
            sum(
                metadata.row_group(i).column(c).total_compressed_size
                for c in range(metadata.num_columns)
            )
            for i in range(metadata.num_row_groups)
        ]
    start, n_bytes = 0, 0
    for i, size in enumerate(sizes):
        if i > start and n_bytes + size > target:
            yield Unit(0, "parquet", (file,), start, i, n_bytes)
            start, n_bytes = i, 0
        n_bytes += size
    yield Unit(0, "parquet", (file,), start, len(sizes), n_bytes)
