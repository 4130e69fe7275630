"""Readers that other packages bring along, found by entry point."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pyarrow as pa

from tore_export.errors import DocumentError, UsageError
from tore_export.sources.head import Head
from tore_export.sources.reader import Reader, Task

__all__ = ["ENTRY_POINTS", "installed_readers"]

ENTRY_POINTS = "tore_export.readers"
"""The entry-point group in which a package names its readers."""


def installed_readers(taken: Collection[str] = ()) -> tuple[Reader, ...]:
    """Return the readers of installed packages, in order of their names.

    A package adds one without touching this code: an entry point of the group `tore_export.readers`
    whose value is a Reader. They are looked for and loaded when a file is met that no built-in reader
    takes, once a process. A name that is `taken` already stays with the one that has it.

    **Raises** UsageError where a package's reader cannot be loaded or is none.
    """
    return tuple(reader for reader in _loaded() if reader.name not in taken)


@cache
def _loaded() -> tuple[Reader, ...]:
    from importlib.metadata import entry_points

    points = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    return tuple(_load(name, points[name]) for name in sorted(points))


def _load(name: str, point: Any) -> Reader:
    try:
        found = point.load()
    except Exception as error:
        raise UsageError(
            "the package that brings this reader cannot be loaded",
            where=name,
            found=f"{point.value}: {type(error).__name__}: {error}",
            hint="repair the package, or uninstall it",
        ) from error
    if not isinstance(found, Reader):
        raise UsageError(
            "the package that brings this reader has something else in its place",
            where=name,
            found=f"{point.value}: {type(found).__name__}",
            allowed="a tore_export.sources.reader.Reader",
        )
    return _guarded(found)


def _guarded(reader: Reader) -> Reader:
    """Return a reader whose faults cost a document and not the run: what it raises is a reject."""

    def recognises(head: Head) -> bool:
        try:
            return reader.recognises(head)
        except Exception as error:
            raise _faulty(reader, error) from error

    def read(task: Task) -> Iterator[pa.Table]:
        try:
            yield from reader.read(task)
        except (DocumentError, OSError):
            raise
        except Exception as error:
            raise _faulty(reader, error) from error

    return replace(reader, recognises=recognises, read=read)


def _faulty(reader: Reader, error: Exception) -> DocumentError:
    return DocumentError(
        f"the reader {reader.name} raised on this document",
        rule="error",
        found=f"{type(error).__name__}: {error}",
        hint="report it to those who make the reader",
    )
