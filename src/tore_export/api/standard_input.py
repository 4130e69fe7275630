"""Standard input as a file, for whatever reads files."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import file_digest
from typing import IO

from tore_export.errors import PreflightError, ToreExportError, UsageError
from tore_export.sources.head import HEAD_BYTES

__all__ = ["STDIN", "with_standard_input"]

STDIN = "-"
"""The path that means standard input."""

_MARKDOWN = re.compile(rb"^(#{1,6} \S|```|\|?[ :]*-{3,}[ :]*\|)", re.MULTILINE)


@contextmanager
def with_standard_input(
    paths: Sequence[str], stdin: IO[bytes] | None = None
) -> Iterator[tuple[str, ...]]:
    """Give the paths, with a file of what comes on standard input for `-`, kept while the block runs.

    What it is, is decided from its content and its end, so it is read to its end first. Without a name
    Markdown would pass for plain text, so a text that shows its marks is given one. The file is stamped
    with its content: the same input is the same to a run that goes on.

    **Raises** PreflightError where nothing comes, UsageError where `-` is named twice.
    """
    if STDIN not in paths:
        yield tuple(paths)
        return
    if list(paths).count(STDIN) > 1:
        raise UsageError("standard input can be read once", where=STDIN)
    with tempfile.TemporaryDirectory(prefix="tore-export-") as folder:
        kept = _kept(stdin or sys.stdin.buffer, folder)
        try:
            yield tuple(kept if path == STDIN else path for path in paths)
        except ToreExportError as error:
            if error.where is not None:  # nobody knows the file by its name
                error.where = error.where.replace(kept, "standard input")
            raise


def _kept(stdin: IO[bytes], folder: str) -> str:
    path = os.path.join(folder, "stdin")
    with open(path, "wb") as stream:
        shutil.copyfileobj(stdin, stream)
    with open(path, "rb") as stream:
        head = stream.read(HEAD_BYTES)
        stream.seek(0)
        stamp = int.from_bytes(file_digest(stream, "sha256").digest()[:7], "big")
    if not head:
        raise PreflightError("nothing came on standard input", where=STDIN)
    if head.lstrip()[:1] not in (b"{", b"[", b"<") and _MARKDOWN.search(head):
        os.rename(path, f"{path}.md")
        path = f"{path}.md"
    os.utime(path, ns=(stamp, stamp))
    return path
