"""What a reader is: the one thing to write for a new kind of file.

A reader is a module of this package with

- `NAME`, what messages call the kind of file,
- `recognises(head: Head) -> bool`, which decides from a file's first bytes,
- `read(task: Task) -> Iterator[pa.Table]`, which puts every document of the file into `task.out` and
  yields `task.out.take()` whenever that is full. It raises DocumentError where the file as a whole is
  one document that cannot be read; of several, each bad one is put in by `task.fail`.

and its name in the list `READERS` of detect.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

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


class Reader(Protocol):
    """A module that reads one kind of file."""

    NAME: str

    @staticmethod
    def recognises(head: Head) -> bool:
        """Tell whether this reader reads files that begin so."""
        ...  # pragma: no cover - a protocol's body never runs

    @staticmethod
    def read(task: Task) -> Iterator[pa.Table]:
        """Put every document of the file into `task.out`; yield its tables when they are full."""
        ...  # pragma: no cover - a protocol's body never runs
