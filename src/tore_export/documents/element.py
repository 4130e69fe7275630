"""Element and Cell: the Python objects of the public API.

Inside the pipeline elements are Arrow columns (schema.py) or plain lists (columns.py), never these.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Required, TypedDict

from tore_export.documents.schema import Kind

__all__ = ["SPAN_KINDS", "Cell", "Element", "ElementMeta", "RichCell", "Span"]


class Span(TypedDict, total=False):
    """What a stretch of an element's or a cell's `text` is, beyond its words.

    `start` and `end` count characters of the text. Spans are sorted by start, the longer one first,
    and two of them lie within each other or apart. `kind` is one of SPAN_KINDS:

    - `strong`, `emphasis`, `strike`, `underline`, `subscript`, `superscript`;
    - `code`, a word of a program; `math`, the LaTeX source of a formula within the line;
    - `link`, with `url` and perhaps `title`; `image`, whose text is what stands for it (it may be
      empty), with `url` and perhaps `title`;
    - `break`, over a newline that has to stay one;
    - `footnote`, a reference whose text is the mark that is shown, with the footnote's `label`.
    """

    start: Required[int]
    end: Required[int]
    kind: Required[str]
    url: str
    title: str
    label: str


SPAN_KINDS = (
    "strong",
    "emphasis",
    "strike",
    "underline",
    "subscript",
    "superscript",
    "code",
    "math",
    "link",
    "image",
    "break",
    "footnote",
)


class RichCell(TypedDict, total=False):
    """What a table's cell is beyond its text: `cells[row][place]` is meant.

    `html` is there where the cell holds blocks (a list, several paragraphs, a table of its own): its
    content as clean HTML without line breaks, while the cell's text is its words, a line a block.
    """

    row: Required[int]
    place: Required[int]
    spans: list[Span]
    html: str


class ElementMeta(TypedDict, total=False):
    """What an element may say beyond its columns; `meta` in the row contract is this as JSON."""

    spans: list[Span]
    rich: list[RichCell]  # of a table
    language: str  # of code
    latex: str
    mathml: str
    display: bool  # a formula on lines of its own, True, or within a line, False
    alt: str  # of an image
    url: str
    caption: str
    data: str  # an embedded image as a data URI; only kept where asked for
    html: str  # of a table, as it came; only kept where asked for
    ordered: bool  # of a list item
    number: int  # of an ordered list item
    new_list: bool  # this item begins another list than the one right before it
    checked: bool
    label: str  # of a footnote, which references name
    align: list[str | None]  # of table columns: left, center, right
    pairs: list[list[str]]  # of key-values: [key, value] each
    font_size: float
    role: str  # of a message: system, user, assistant or tool
    name: str  # of a message's speaker
    instruction_end: (
        int  # characters of a message before a blank line and what the instruction is about
    )
    parts: list[str]  # ids of the elements a chunk was made of


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table. A span counts from the cell's own place to the right and down."""

    text: str = ""
    row_span: int = 1
    col_span: int = 1
    header: bool = False


@dataclass(frozen=True, slots=True)
class Element:
    """One layout element of a document.

    `level` is the depth of a heading (1 is the highest) or of a list item (in how many other items it
    lies); `parent` is the id of what holds it, see CONTAINERS in schema.py, or of its heading;
    `page` counts from 1; `confidence` lies in [0, 1]; `cells` are a table's rows.

    >>> Element(Kind.TITLE, "Pumps", level=1)
    Element(kind=<Kind.TITLE: 0>, text='Pumps', level=1)
    """

    kind: Kind
    text: str = ""
    id: str | None = None
    level: int | None = None
    parent: str | None = None
    page: int | None = None
    confidence: float | None = None
    cells: tuple[tuple[Cell, ...], ...] | None = None
    meta: ElementMeta = field(default_factory=ElementMeta)
    doc_id: str | None = None

    def __repr__(self) -> str:
        shown = [f"kind={self.kind!r}", f"text={self.text!r}"]
        for name in ("id", "level", "parent", "page", "confidence", "cells", "meta", "doc_id"):
            value = getattr(self, name)
            if value is not None and value != {}:
                shown.append(f"{name}={value!r}")
        return f"Element({', '.join(shown)})"
