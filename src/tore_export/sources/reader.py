"""What a reader is: the one thing to write for a new kind of file.

A reader is a module of this package with a `READER`, and a line in the list `READERS` of detect.py; or
it comes with another package, by an entry point, see registry.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from tore_export.errors import DocumentError
from tore_export.sources.collector import Collector
from tore_export.sources.head import Head
from tore_export.sources.identity import document_id
from tore_export.sources.opened import Opened
from tore_export.sources.unit import InputFile, Limits

__all__ = ["Reader", "Task", "fail"]


@dataclass(frozen=True, slots=True)
class Task:
    """One file to read, or bytes [`start`, `end`) of it (row groups for Parquet); None is its end.

    `opened` gives its bytes, decompressed.
    """

    file: InputFile
    opened: Opened
    limits: Limits
    out: Collector
    start: int = 0
    end: int | None = None

    def fail(self, error: DocumentError, place: int | None = None, said: object = None) -> None:
        """Put in a document that cannot be read; `place` is where it lies in the file."""
        fail(error, self.file, self.out, place, said)


def fail(
    error: DocumentError,
    file: InputFile,
    out: Collector,
    place: int | None = None,
    said: object = None,
) -> None:
    """Put in a document that cannot be read, under the id it has or would have."""
    source = file.source
    error.where = source if place is None else f"{source} at {place:,}"
    out.failed(document_id(said, source, place), source, error, place=place)


@dataclass(frozen=True, slots=True)
class Reader:
    """How one kind of file is told and read.

    `name` is what messages and plans call it. `recognises` decides from the first bytes. `read` puts
    every document of the file into `task.out` and yields `task.out.take()` whenever that is full; it
    raises DocumentError where the file as a whole is one document that cannot be read; of several,
    each bad one is put in by `task.fail`. `can_split` tells whether parts of an uncompressed file may
    be tasks of their own, with `start` and `end`. `description`, a few words, and the usual `suffixes`
    of such files are what `tore-export formats` shows.
    """

    name: str
    recognises: Callable[[Head], bool]
    read: Callable[[Task], Iterator[pa.Table]]
    can_split: Callable[[Opened], bool] = lambda opened: False
    description: str = ""
    suffixes: tuple[str, ...] = ()
