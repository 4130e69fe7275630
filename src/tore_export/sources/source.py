"""Read a unit: whatever its files are, tables of documents come out, and no bad input raises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa

from tore_export.errors import DocumentError
from tore_export.sources.collector import Collector
from tore_export.sources.detect import reader_named, reader_of
from tore_export.sources.opened import Opened
from tore_export.sources.reader import Reader, Task, fail
from tore_export.sources.unit import InputFile, Limits, Unit

__all__ = ["VERSION", "read_unit"]

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
    if not file.source.isascii():
        # a name that is no UTF-8 is written with its odd bytes spelled out
        named = file.source.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        file = replace(file, source=named)
    place = None if unit.reader == "files" else unit.start
    error: DocumentError
    try:
        with Opened(file) as opened:
            reader = _reader(unit, opened, limits)
            end = None if unit.reader == "files" else unit.end
            task = Task(file, opened, limits, out, unit.start, end)
            yield from reader.read(task)
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


def _reader(unit: Unit, opened: Opened, limits: Limits) -> Reader:
    if unit.reader == "files":
        return reader_of(opened, limits)
    return reader_named(unit.reader)
