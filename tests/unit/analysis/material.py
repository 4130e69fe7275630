"""Documents with something to save, as elements and as tables, for several tests."""

from __future__ import annotations

import pyarrow as pa

from tore_export.documents.columns import DocumentRows, ElementColumns
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import Kind

NOTICE = "Keep this sheet with the machine until the warranty has ended."
WORDS = "a picture of the long pump beside the mill, " * 12

MANUAL = [
    Element(Kind.HEADER, "Mill & Sons, all rights reserved", id="h", page=1),
    Element(Kind.TITLE, "Pumpen für Öl", id="t", level=1, page=1),
    Element(Kind.PARAGRAPH, NOTICE, id="p1", page=1),
    Element(Kind.PARAGRAPH, "Close the valve. " * 40, id="p2", page=1),
    Element(Kind.CAPTION, WORDS, id="c", page=2),
    Element(
        Kind.TABLE,
        id="w",
        page=2,
        cells=(
            (Cell("Sort", header=True), Cell("2024", col_span=2, header=True)),
            (Cell("öl\nfein", row_span=2), Cell("1"), Cell("2")),
            (Cell("3"), Cell("4")),
        ),
    ),
    Element(Kind.PARAGRAPH, NOTICE, id="p3", page=3),
    Element(Kind.LIST_ITEM, "yes", id="l1", level=0),
    Element(Kind.LIST_ITEM, "yes", id="l2", level=0),
    Element(Kind.PARAGRAPH, NOTICE, id="p4", page=4),
    Element(Kind.PAGE_NUMBER, "4", id="n", page=4),
]
LARGE = [
    Element(Kind.CODE, "x = 1\n" * 300, id="code"),
    Element(Kind.PARAGRAPH, "表と。" * 200, id="j"),
]
DOCUMENTS: list[list[Element] | None] = [
    MANUAL,
    None,
    [Element(Kind.RAW, "raw *text* 表", id="0")],
    [],
    LARGE,
    [
        Element(Kind.PARAGRAPH, "/etc is a folder", id="a"),
        Element(Kind.PARAGRAPH, "/usr too", id="b"),
    ],
    [Element(Kind.RAW, "raw *text* 表", id="0")],
]


def table_of(documents: list[list[Element] | None]) -> pa.Table:
    """Return a table with one row a document; None stands for one that could not be read."""
    rows = DocumentRows(unit=0)
    rows.elements = ElementColumns.from_elements([d for d in documents if d is not None])
    rows.elements.counts.clear()
    for number, elements in enumerate(documents):
        rows.elements.counts.append(len(elements or ()))
        reject = None
        if elements is None:
            reject = {"failed": True, "stage": "source", "rule": "not_utf8", "detail": "bad bytes"}
        rows.rows.append((None, f"d{number}", f"s{number}", None, None, None, None, 0, reject))
    return rows.to_table()
