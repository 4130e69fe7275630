"""What a source is asked to read: a unit, and the limits it must keep."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["InputFile", "Limits", "Unit"]


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file of the input. `path` opens it, `source` is its name in all output.

    `stamp` changes when the file does: mtime in nanoseconds, or the ETag on an object store.
    """

    path: str
    source: str
    size: int
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of the input that is read, worked on and written in one task.

    `reader` is `files` for whole files whose kind the source finds out from their content, `jsonl`
    for the lines that start in bytes [`start`, `end`) of one file, and `parquet` for its row groups
    [`start`, `end`). It is `spooled` for what a first pass made of a unit: rows and decisions.
    """

    number: int
    reader: str
    files: tuple[InputFile, ...]
    start: int = 0
    end: int = 0
    n_bytes: int = 0
    limit: int | None = None  # only the first so many documents


@dataclass(frozen=True, slots=True)
class Limits:
    """What is kept of a document, and what one may cost, so that a hostile one costs only itself.

    `max_document_bytes` counts the bytes of the document in its file (decompressed where it is),
    `max_elements` its elements, `max_depth` the nesting of its JSON. `keep_images` keeps embedded
    images (`meta.data`), `keep_html` the HTML that tables came as (`meta.html`).
    """

    max_document_bytes: int = 100_000_000
    max_elements: int = 1_000_000
    max_depth: int = 1_000
    keep_images: bool = False
    keep_html: bool = False
