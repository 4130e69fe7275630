"""Element and Cell: the Python objects of the public API.

Inside the pipeline elements are Arrow columns (schema.py) or plain lists (columns.py), never these.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypedDict

from tore_export.documents.schema import Kind

__all__ = ["Cell", "Element", "ElementMeta"]


class ElementMeta(TypedDict, total=False):
    """What an element may say beyond its columns; `meta` in the row contract is this as JSON."""

    language: str  # of code
    latex: str
    mathml: str
    display: bool  # a formula on lines of its own, True, or within a line, False
    alt: str  # of an image
    url: str
    caption: str
    data: str  # an embedded image; only kept where asked for
    ordered: bool  # of a list item
    number: int  # of an ordered list item
    checked: bool
    align: list[str | None]  # of table columns: left, center, right
    links: list[dict[str, object]]
    font_size: float
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

    `level` is the depth of a heading (1 is the highest) or of a list item (0 is the outermost);
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
