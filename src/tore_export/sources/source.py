"""Read a unit: whatever its files are, tables of documents come out, and no bad input raises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pyarrow as pa

from tore_export.errors import DocumentError
from tore_export.sources.collector import Collector
from tore_export.sources.detect import reader_named, reader_of
from tore_export.sources.opened import Opened
from tore_export.sources.reader import Reader, Task, fail
from tore_export.sources.unit import InputFile, Limits, Poison, Unit

__all__ = ["VERSION", "read_unit", "source_of"]

VERSION = 3
"""Raised when a reader makes something else of the same file, so that no run goes on with both."""


def read_unit(unit: Unit, limits: Limits, batch_rows: int = 1000) -> Iterator[pa.Table]:
    """Yield the documents of a unit as tables of the schema DOCUMENT, in input order.

    **Rows** one per document of the input; one whose file or text cannot be read has `reject` set, with
    a rule of one word and a sentence that says where, what was found and what is allowed. The very last
    row is the mark that the unit is whole, see `documents/schema.py`. A table has at most `batch_rows`
    rows and is made of about 16 MB of input at most, one larger document apart.

    **Raises** nothing for bad input, be it a file that is gone, changed or not ours, or what is in it.
    """
    out = Collector(unit.number, batch_rows)
    for file in unit.files:
        yield from _read_file(file, unit, limits, out)
        if out.is_full:
            yield out.take()
    out.rows.mark_end(out.n_documents)
    yield out.take()


def _read_file(file: InputFile, unit: Unit, limits: Limits, out: Collector) -> Iterator[pa.Table]:
    file = replace(file, source=source_of(file))
    place = None if unit.reader == "files" else unit.start
    poison = {found.place: found for found in unit.poison if found.source == file.source}
    error: DocumentError
    try:
        if None in poison:
            raise poison[None].error()
        with Opened(file) as opened:
            reader = _reader(unit, opened, limits)
            for start, end, found in _pieces(unit, poison.values()):
                yield from reader.read(Task(file, opened, limits, out, start, end))
                if found is not None:
                    fail(found.error(), file, out, found.place)
        return
    except DocumentError as found:
        error = found
    except OSError as found:
        error = DocumentError(
            "the file cannot be read",
            rule="unreadable",
            found=found.strerror or str(found),
            allowed="a file that can be read",
        )
    fail(error, file, out, place)


def source_of(file: InputFile) -> str:
    r"""Return what a file is called in all rows: a name that is no UTF-8 with its odd bytes spelled out.

    >>> source_of(InputFile("", "a\udcff.txt", 0))
    'a\\xff.txt'
    """
    if file.source.isascii():
        return file.source
    return file.source.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _pieces(
    unit: Unit, poison: Iterable[Poison]
) -> Iterator[tuple[int, int | None, Poison | None]]:
    """Yield what is read of a unit's file as (start, end), with the line behind it that is not."""
    start = unit.start
    if unit.reader == "jsonl":
        for found in sorted(poison, key=lambda found: found.place or 0):
            place = found.place or 0
            yield start, place, found
            start = place + 1
    yield start, None if unit.reader == "files" else unit.end, None


def _reader(unit: Unit, opened: Opened, limits: Limits) -> Reader:
    if unit.reader == "files":
        return reader_of(opened, limits)
    return reader_named(unit.reader)
