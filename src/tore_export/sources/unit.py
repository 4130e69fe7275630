"""What a source is asked to read: a unit, the limits it must keep, and what it must not touch."""

from __future__ import annotations

from dataclasses import dataclass

from tore_export.errors import DocumentError

__all__ = ["InputFile", "Limits", "Poison", "Unit"]


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
class Poison:
    """A document that ends every process that works on it, or keeps it at work for too long.

    `source` and `place` are those of its row; a `place` of None is all that the unit reads of the
    file. `rule` is what it is rejected by, `detail` what happened.
    """

    source: str
    place: int | None
    rule: str
    detail: str

    def error(self) -> DocumentError:
        """Return what the document is rejected with."""
        where = self.source if self.place is None else f"{self.source} at {self.place:,}"
        return DocumentError(self.detail, rule=self.rule, where=where)


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of the input that is read, worked on and written in one task.

    `reader` is `files` for whole files whose kind the source finds out from their content, `jsonl`
    for the lines that start in bytes [`start`, `end`) of one file, and `parquet` for its row groups
    [`start`, `end`). It is `spooled` for what a first pass made of a unit: rows and decisions. What
    is `poison` is passed over and rejected.
    """

    number: int
    reader: str
    files: tuple[InputFile, ...]
    start: int = 0
    end: int = 0
    n_bytes: int = 0
    limit: int | None = None  # only the first so many documents
    poison: tuple[Poison, ...] = ()


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
