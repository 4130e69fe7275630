"""What a file is: decided from its content; its name only settles what content leaves open."""

from __future__ import annotations

from tore_export.errors import DocumentError
from tore_export.sources import (
    arrow_documents,
    dialogues,
    jsonl,
    parquet,
    tore,
    tore_project,
    unstructured,
)
from tore_export.sources.delimited import reader as delimited
from tore_export.sources.docling import reader as docling
from tore_export.sources.document import unsupported
from tore_export.sources.head import Head
from tore_export.sources.html import reader as html
from tore_export.sources.markdown import reader as markdown
from tore_export.sources.opened import Opened
from tore_export.sources.reader import Reader
from tore_export.sources.registry import installed_readers
from tore_export.sources.text import reader as text
from tore_export.sources.unit import InputFile, Limits

__all__ = ["READERS", "how_to_split", "reader_named", "reader_names", "reader_of", "readers"]

READERS: tuple[Reader, ...] = (
    parquet.READER,
    jsonl.READER,
    dialogues.READER,
    unstructured.READER,
    docling.READER,
    tore_project.READER,
    tore.READER,
    html.READER,
    markdown.READER,
    delimited.READER,
    arrow_documents.READER,
)
"""The built-in readers but for that of plain text, in the order in which they are asked."""

_JSON = frozenset(
    reader.name
    for reader in (
        jsonl.READER,
        dialogues.READER,
        unstructured.READER,
        docling.READER,
        tore_project.READER,
        tore.READER,
    )
)


def readers() -> tuple[Reader, ...]:
    """Return every reader, in the order in which they are asked.

    First the built-in ones, then those of other packages, and that of plain text, which takes what no
    other does, last.

    **Raises** UsageError where another package's reader cannot be loaded.
    """
    taken = {reader.name for reader in (*READERS, text.READER)}
    return (*READERS, *installed_readers(taken), text.READER)


def reader_names() -> list[str]:
    """Return the names of all readers, as plans and messages call them."""
    return [reader.name for reader in readers()]


def reader_of(opened: Opened, limits: Limits) -> Reader:
    """Return the reader for an open file; what it is, its content says.

    **Raises** DocumentError with rule `unsupported_format`, or `empty_file`, naming what was found;
    UsageError where another package's reader, which has to be asked, cannot be loaded.
    """
    opened.read_first_line(limits)
    opened.refuse_unreadable()
    head = opened.head
    if head.first == b"{" and not head.is_lines and not head.whole:
        # one object: which dialect it is, its fields say, and they may come last
        opened.read_all(limits)
        head = opened.head
    return _reader_of(head)


def reader_named(name: str) -> Reader:
    """Return the reader that a plan calls `name`."""
    known = {reader.name: reader for reader in READERS}
    return known.get(name) or next(reader for reader in readers() if reader.name == name)


def how_to_split(file: InputFile, limits: Limits | None = None) -> str | None:
    """Return the reader of a unit that is a part of this file: `jsonl`, `parquet`, or None.

    JSON lines of documents are split by bytes and Parquet by row groups, and each row is a document.
    A compressed file, or one that is a single document, cannot be split. Reads the first 64 KB (the
    first line, where that is longer), and the footer of Parquet.

    **Raises** OSError where the file cannot be opened.
    """
    limits = limits or Limits()
    try:
        with Opened(file) as opened:
            opened.read_first_line(limits)
            if opened.compression:
                return None
            reader = _reader_of(opened.head)
            return reader.name if reader.can_split(opened) else None
    except DocumentError:
        # whoever reads it will say so; here it is only not split
        return None


def _reader_of(head: Head) -> Reader:
    is_no_json = head.first in (b"[", b"{") and not head.may_be_json
    # most files need no other package's readers, and looking for them takes a while
    for reader in READERS:
        if not (is_no_json and reader.name in _JSON) and reader.recognises(head):
            return reader
    for reader in readers()[len(READERS) :]:
        if reader.recognises(head):
            return reader
    raise _not_ours(head)


def _not_ours(head: Head) -> DocumentError:
    if not head.first:
        return DocumentError("the file is empty", rule="empty_file", allowed="a document")
    if head.magic is not None:
        return unsupported(head.magic)
    if not head.is_text:
        return unsupported("binary data")
    if not head.is_utf8:
        return unsupported("bytes that are no UTF-8 text")
    if head.first == b"<":
        return unsupported("XML")
    if head.is_json:
        return unsupported("a JSON value that is neither object nor list")
    named = f"text named {head.suffix}" if head.suffix else "text"
    return unsupported(f"{named}, which is no name of a plain text")
