"""Markdown: CommonMark and GitHub's dialect of it, one document a file."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from tore_export.documents.schema import Kind
from tore_export.sources.builder import Builder
from tore_export.sources.document import add_document
from tore_export.sources.encoding import decoded
from tore_export.sources.head import Head
from tore_export.sources.reader import Reader, Task
from tore_export.sources.unit import Limits

__all__ = ["READER", "append_markdown"]

SUFFIXES = (".md", ".markdown", ".mdown", ".mkd", ".mdx")


def recognises(head: Head) -> bool:
    """Tell whether this is text whose name is one of Markdown; nothing within it could tell."""
    return head.suffix in SUFFIXES and bool(head.first) and head.is_text


def read(task: Task) -> Iterator[pa.Table]:
    """Put in the one document of the file; its front matter says title, date, language and the rest."""
    from tore_export.sources.markdown.front_matter import front_matter_of

    task.opened.read_all(task.limits)
    data = task.opened.head.data
    text = decoded(data).replace("\0", "\ufffd")
    front = front_matter_of(text)
    build = Builder(task.out.rows.elements, task.limits)
    if front.broken is not None:
        build.add(Kind.CODE, front.broken.removesuffix("\n"), meta={"language": "yaml"})
    n_warnings = append_markdown(text[front.end :] if front.end else text, build, task.limits)
    fields = dict(front.fields)
    for name in ("title", "date", "created", "created_at", "language", "lang"):
        if isinstance(fields.get(name), int | float):
            fields[name] = str(fields[name])
    if "id" in fields:
        # the name of a page among its neighbours, which other folders use again
        fields["front_matter"] = {"id": fields.pop("id")}
    add_document(fields, task, None, n_warnings + (front.broken is not None))
    task.out.closed(len(data))
    if task.out.is_full:
        yield task.out.take()


def append_markdown(text: str, build: Builder, limits: Limits) -> int:
    """Append the elements of a Markdown text without front matter; return the number of warnings."""
    # markdown-it takes a while to import, and most tasks read other files
    from tore_export.sources.markdown.blocks import Blocks
    from tore_export.sources.markdown.embedded import Embedded
    from tore_export.sources.markdown.parser import parser

    embedded = Embedded()
    tokens = parser().parse(embedded.taken_out(text))
    return Blocks(build, limits, embedded).read(tokens)


READER = Reader("markdown", recognises, read, description="Markdown", suffixes=SUFFIXES)
