"""What a file is: decided from its content; its name only settles what content leaves open."""

from __future__ import annotations

from codecs import getincrementaldecoder

from tore_export.errors import DocumentError
from tore_export.sources import jsonl, parquet, tore, tore_project, unstructured
from tore_export.sources.document import unsupported
from tore_export.sources.head import Head
from tore_export.sources.opened import Opened
from tore_export.sources.reader import Reader
from tore_export.sources.unit import InputFile, Limits

__all__ = ["READERS", "how_to_split", "reader_of"]

READERS: tuple[Reader, ...] = (
    parquet.READER,
    jsonl.READER,
    unstructured.READER,
    tore_project.READER,
    tore.READER,
)
"""Every reader, in the order in which they are asked."""

_MARKS = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a ZIP archive (docx, xlsx, epub …)",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"ARROW1": "an Arrow file",
    b"BZh": "a bzip2 stream",
    b"\xfd7zXZ": "an xz stream",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}


def reader_of(opened: Opened, limits: Limits) -> Reader:
    """Return the reader for an open file; what it is, its content says.

    **Raises** DocumentError with rule `unsupported_format`, or `empty_file`, naming what was found.
    """
    opened.read_first_line(limits)
    opened.refuse_unreadable()
    head = opened.head
    if head.first == b"{" and not head.is_lines and not head.whole:
        # one object: which dialect it is, its fields say, and they may come last
        opened.read_all(limits)
        head = opened.head
    for reader in READERS:
        if reader.recognises(head):
            return reader
    raise _not_ours(head)


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
            for reader in READERS:
                if reader.recognises(opened.head):
                    return reader.name if reader.can_split(opened) else None
    except DocumentError:
        # whoever reads it will say so; here it is only not split
        return None
    return None


def _not_ours(head: Head) -> DocumentError:
    if not head.first:
        return DocumentError("the file is empty", rule="empty_file", allowed="a document")
    for mark, name in _MARKS.items():
        if head.data.startswith(mark):
            return unsupported(name)
    start = head.data[:1_000].lstrip().lower()
    name = head.name.lower().removesuffix(".gz").removesuffix(".zst")
    if start.startswith((b"<!doctype html", b"<html")) or name.endswith(
        (".html", ".htm", ".xhtml")
    ):
        return unsupported("HTML")
    if start.startswith(b"<"):
        return unsupported("XML or HTML")
    try:
        # a character may be cut in half where the head ends
        getincrementaldecoder("utf-8")().decode(head.data, final=head.whole)
    except UnicodeDecodeError:
        return unsupported("bytes that are no UTF-8 text")
    if b"\0" in head.data:
        return unsupported("binary data")
    for suffixes, what in (((".md", ".markdown"), "Markdown"), ((".csv", ".tsv"), "CSV")):
        if name.endswith(suffixes):
            return unsupported(what)
    if start[:1] in b'"-0123456789tfn' and _is_json(head):
        return unsupported("a JSON value that is neither object nor list")
    return unsupported("plain text")


def _is_json(head: Head) -> bool:
    import msgspec

    try:
        msgspec.json.decode(head.data)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return False
    return True
