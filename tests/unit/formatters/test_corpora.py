"""Tables and plain text of the published documents in the shared corpora; skipped without them."""

import re
from functools import cache
from pathlib import Path

import pytest

from tests.corpora import needs_corpora
from tore_export.documents.columns import Cells, ElementColumns
from tore_export.documents.element import Element
from tore_export.documents.schema import FURNITURE, Kind
from tore_export.formatters.grid import grid_of
from tore_export.formatters.plaintext import PlainText
from tore_export.formatters.table import html_table, pipe_table
from tore_export.formatters.terminal import width_of
from tore_export.sources.html.table import cells_of_html
from tore_export.sources.unit import Unit

from ..sources.reading import input_file, rows
from .reading import read, tidy

CORPORA = Path(__file__).resolve().parents[4] / "shared" / "corpora"
pytestmark = needs_corpora

NO_WORDS = FURNITURE | {Kind.IMAGE, Kind.FORMULA, Kind.RULE}
UNBROKEN = (Kind.CODE, Kind.FORMULA, Kind.RAW)


@cache
def documents() -> list[list[Element]]:
    found = []
    for folder in ("unstructured", "docling"):
        for path in sorted((CORPORA / folder).rglob("*.json")):
            unit = Unit(3, "files", (input_file(path),))
            found += [row["elements"] for row in rows(unit)]
    return found


def tables() -> list[tuple[Cells, list[dict]]]:
    return [
        (
            [[(c.text, c.row_span, c.col_span, c.header) for c in row] for row in one.cells],
            one.meta.get("rich") or [],
        )
        for document in documents()
        for one in document
        if one.cells
    ]


def plain_lines(text: str) -> str:
    """Return what HTML keeps of a text's white space."""
    lines = (re.sub(r"[ \t\f]+", " ", line).strip(" ") for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def test_a_markdown_parser_reads_every_cell_between_pipes_back() -> None:
    checked = 0
    for cells, rich in tables():
        if not rich:
            grid = grid_of(cells, "repeat")
            shown = read(pipe_table(cells, (), "repeat"))
            assert shown == [("row", (), tuple(map(tidy, row))) for row in grid]
            checked += 1
    assert checked > 50


def test_an_html_reader_reads_every_cell_its_span_and_its_head_back() -> None:
    for cells, rich in tables():
        shown = html_table(cells, (), rich)
        assert all(line.strip() for line in shown.split("\n"))
        if shown and not rich:
            found = cells_of_html(shown)
            texts = [[plain_lines(cell[0]) for cell in row] for row in cells]
            assert [[cell[0] for cell in row] for row in found or ()] == texts
            heads = [[cell[3] for cell in row if cell[0].strip()] for row in cells]
            assert [[cell[3] for cell in row if cell[0]] for row in found or ()] == heads


def said(document: list[Element], *, tables: bool = True) -> str:
    """Return every character a document says but white space; of cells of several lines, none."""
    parts = []
    for one in document:
        if one.kind == Kind.TABLE and one.cells:
            texts = [cell.text for row in one.cells for cell in row]
            if tables and not any("\n" in text for text in texts):
                parts += texts
        elif one.kind not in NO_WORDS:
            parts.append(one.text)
    return "".join("".join(parts).split())


def is_within(needle: str, text: str) -> bool:
    stream = iter(text)
    return all(character in stream for character in needle)


@pytest.mark.parametrize("line_width", [None, 40])
def test_every_word_is_in_the_plain_text_in_order_and_no_line_is_too_wide(
    line_width: int | None,
) -> None:
    for document in documents():
        columns = ElementColumns.from_elements([document])
        shown = "".join(PlainText(line_width=line_width).render(columns))
        assert is_within(said(document, tables=line_width is None), shown)
        if line_width is not None:
            unbroken = "\n".join(
                f"{one.text}\n{one.meta.get('latex')}" for one in document if one.kind in UNBROKEN
            )
            assert not [
                line
                for line in shown.split("\n")
                if width_of(line) > line_width and " " in line.strip()
                if line.strip() not in unbroken
            ]
