"""Templates in tests: rendered on a document that has a bit of everything."""

from __future__ import annotations

from typing import Any

from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import Kind
from tore_export.formatters.formatter import CountTokens, DocumentHead
from tore_export.formatters.template.formatter import Template
from tore_export.formatters.template.source import TemplateSource

CELLS = (
    (Cell("Part", header=True), Cell("n", header=True)),
    (Cell("bolt"), Cell("12")),
)

ELEMENTS = [
    Element(Kind.PARAGRAPH, "Before all.", id="0", page=1),
    Element(Kind.TITLE, "Pumps", id="1", level=1, page=1),
    Element(Kind.PARAGRAPH, "Close *the* valve.", id="2", page=1),
    Element(Kind.HEADER, "Running head", id="3", page=2),
    Element(Kind.TITLE, "Parts", id="4", level=2, page=2),
    Element(Kind.TABLE, "Part n bolt 12", id="5", page=2, cells=CELLS),
    Element(Kind.CAPTION, "What is needed", id="6", page=2, parent="5"),
    Element(Kind.LIST_ITEM, "first", id="7", level=0, page=3),
    Element(Kind.LIST_ITEM, "second", id="8", level=1, page=3, confidence=0.5),
    Element(Kind.TITLE, "Care", id="9", level=2, page=3),
    Element(Kind.CODE, "oil()", id="10", page=3, meta={"language": "python"}),
]

HEAD = DocumentHead(
    doc_id="d1",
    title="Pump manual",
    source="a/pumps.tore",
    language="en",
    created_at="2024-05-01",
    meta='{"author": "A. Smith", "tags": ["oil", "water"], "items": 3}',
)


def rendered(
    text: str,
    *,
    name: str = "t.md",
    elements: list[Element] | None = None,
    head: DocumentHead = HEAD,
    files: dict[str, str] | None = None,
    count: CountTokens | None = None,
    **options: Any,
) -> str:
    """Return what a template makes of a document."""
    source = TemplateSource(name, {name: text, **(files or {})})
    columns = ElementColumns.from_elements([ELEMENTS if elements is None else elements])
    return Template(source, **options).documents(columns, [head], count)[0]
