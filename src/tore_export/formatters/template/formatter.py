"""Templates: a document's file as a Jinja2 template of its user's wants it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar

from tore_export.documents.columns import ElementColumns
from tore_export.formatters.formatter import CountTokens, DocumentHead, with_options_of
from tore_export.formatters.markdown import Markdown
from tore_export.formatters.plaintext import PlainText
from tore_export.formatters.template.source import TemplateSource, read_template

if TYPE_CHECKING:
    from tore_export.formatters.template.document import Rendering


__all__ = ["Template"]


@dataclass(frozen=True)
class Template:
    r"""Files written by a template: one of those shipped, or a file of the user's.

    A template sees `document`, see docs/templates.md. It runs in a sandbox: it reads nothing but the
    document and the files of its own folder, and it ends, in bounded time and memory. Where it writes
    JSON lines, which its name says, each line is checked, and empty ones are left out.

    `template`
        Name of a shipped template, path of one, or a TemplateSource. Its name says the suffix of the
        files: `minutes.md`, `minutes.md.j2` and `minutes.md.jinja` write `.md`.

    The other options are those of Markdown and PlainText, which write what the template asks for.

    **Raises** TemplateError where the template cannot be read or compiled; from `documents`, where it
    fails on a document, naming its file and line.

    >>> from tore_export.documents.element import Element
    >>> from tore_export.documents.schema import Kind
    >>> columns = ElementColumns.from_elements([[Element(Kind.TITLE, "Pumps", level=1)]])
    >>> Template("training").documents(columns, [DocumentHead("d")])
    ['# Pumps\n']
    """

    template: str | TemplateSource = "default"
    flavor: str = "github"
    include_furniture: bool = False
    images: str = "alt"
    merged_cells: str = "blank"
    tables: str = "auto"
    heading_offset: int = 0
    page_marks: str = "none"
    preserve_structure: bool = True
    line_width: int | None = None
    list_indent: int | None = None

    name: ClassVar[str] = "template"

    def __post_init__(self) -> None:
        from tore_export.formatters.template.compile import compiled

        if isinstance(self.template, str):
            object.__setattr__(self, "template", read_template(self.template))
        self._rendering(None)
        compiled(self.source)

    @property
    def source(self) -> TemplateSource:
        """The template as data."""
        assert isinstance(self.template, TemplateSource)
        return self.template

    @property
    def suffix(self) -> str:
        """What ends the names of files: the suffix in the template's name."""
        return self.source.suffix

    def documents(
        self,
        columns: ElementColumns,
        heads: Sequence[DocumentHead],
        count: CountTokens | None = None,
    ) -> list[str]:
        """Return the content of each document's file; see Formatter."""
        from tore_export.formatters.template.document import DocumentValue

        rendering = self._rendering(count)
        return [
            self._file(DocumentValue(columns, first, last, head, rendering))
            for (first, last), head in zip(pairwise(columns.offsets), heads, strict=True)
        ]

    def _file(self, document: Any) -> str:
        from tore_export.formatters.template.run import json_lines, rendered

        content = rendered(self.source, document)
        return json_lines(content, self.source.name) if self.suffix == ".jsonl" else content

    def _rendering(self, count: CountTokens | None) -> Rendering:
        from tore_export.formatters.template.document import Rendering

        return Rendering(
            with_options_of(Markdown, self),
            with_options_of(PlainText, self),
            self.merged_cells,
            count,
        )
