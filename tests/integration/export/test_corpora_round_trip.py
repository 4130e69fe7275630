"""Every document of the shared corpora: what is written of it parses back to its elements."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.conftest import SHARED
from tests.corpora import needs_corpora
from tests.unit.formatters.reading import FULL_PARSER, PLAIN_PARSER, paragraphs, tree
from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Element
from tore_export.documents.schema import CONTAINERS, FURNITURE, Kind
from tore_export.formatters.blocks import MOST_ROOM, own_mark
from tore_export.formatters.footnotes import notes_of
from tore_export.formatters.markdown import Markdown, describe_image, latex_of
from tore_export.sources.source import read_unit
from tore_export.sources.unit import InputFile, Limits, Unit
from tore_export.stages.normalize import Normalize

CORPORA = SHARED / "corpora"
ITEMS = (Kind.LIST_ITEM, Kind.CHECKBOX)


def documents(path: Path) -> Iterator[list[Element]]:
    """Yield the documents of a file, as far as a reader takes it."""
    file = InputFile(str(path), path.name, path.stat().st_size)
    for table in read_unit(Unit(0, "files", (file,)), Limits()):
        whole = Normalize()(table.filter(pa.compute.is_null(table["reject"])))
        yield from ElementColumns.from_arrow(whole["elements"]).to_elements()


def seen(blocks: list[Any], depth: int = 0, quoted: int = 0) -> Iterator[tuple[Any, ...]]:
    """Yield what a parser found, in order, with how many items and quotations it lies in."""
    for block in blocks:
        kind = block[0]
        if kind == "quote":
            yield from seen(block[1], depth, quoted + 1)
        elif kind == "note":
            yield from seen(block[2], depth, quoted)
        elif kind == "list":
            for inside in block[2]:
                yield ("item", depth + 1, quoted, block[1] is not None)
                yield from seen(inside, depth + 1, quoted)
        elif kind == "table":
            yield ("table", [tuple(plain(marks) for marks in row) for row in block[1]])
        elif kind == "text":
            yield ("text", depth, quoted, plain(block[1]))
        elif kind == "heading":
            yield ("heading", block[1], plain(block[2]))
        elif kind == "code":
            yield ("code", depth, quoted, block[2])
        elif kind == "math":
            yield ("text", depth, quoted, spaced(block[1]))
        else:
            yield block


def plain(marks: Any) -> str:
    return spaced("".join(character for character, _ in marks))


def spaced(text: str) -> str:
    return " ".join(text.split())


class Expected:
    """What should be found of a document, written down without looking at how it is rendered."""

    def __init__(self, elements: list[Element], flavor: str) -> None:
        self.elements = elements
        self.flavor = flavor
        self.by_id = {element.id: element for element in elements if element.id is not None}
        self.run: list[tuple[int, int]] = []  # levels and depths of flat items
        self.depths: dict[str | None, tuple[int, int]] = {}  # of what lies in each container
        columns = ElementColumns.from_elements([elements])
        self.notes = notes_of(columns, range(len(elements)))

    def blocks(self) -> Iterator[tuple[Any, ...]]:
        for element in self.elements:
            yield from self.block(element)

    def around(self, element: Element) -> tuple[int, int] | None:
        """Return the items and quotations an element lies in, None outside of containers."""
        holder = self.by_id.get(element.parent) if element.parent is not None else None
        if holder is None or holder.kind is Kind.TITLE:
            return None
        return self.depths.get(holder.id)

    def block(self, element: Element) -> Iterator[tuple[Any, ...]]:
        kind, said = element.kind, element.meta
        if kind in FURNITURE:
            return
        around = self.around(element)
        depth, quoted = around or (0, 0)
        if kind in ITEMS:
            text, ordered, _ = own_mark(element.text.lstrip(), said)
            shift = len(element.text) - len(text)
            spans = [
                {**s, "start": s["start"] - shift, "end": s["end"] - shift}
                for s in said.get("spans", ())
            ]
            if around is None:
                level = element.level or 0
                while (
                    self.run
                    and self.run[-1][0] >= level
                    and len(self.run) > 1
                    and self.run[-2][0] >= level
                ):
                    self.run.pop()
                if self.run and level > self.run[-1][0]:
                    depth = self.run[-1][1]
                elif self.run:
                    depth = self.run.pop()[1] - 1
                depth = min(depth, MOST_ROOM // 2 - 1)
                self.run.append((level, depth + 1))
            if kind is Kind.CHECKBOX:
                ordered = bool(said.get("ordered"))
                box = f"[{'x' if said.get('checked') else ' '}] "
                spans = [{**s, "start": s["start"] + 4, "end": s["end"] + 4} for s in spans]
                text = box + text
            yield ("item", depth + 1, quoted, ordered)
            yield from self.text(text, spans, depth + 1, quoted)
            self.depths[element.id] = (depth + 1, quoted)
            return
        found = list(self.other(element, depth, quoted))
        if found and around is None:
            self.run = []
        yield from found
        inside = (depth, quoted + (kind is Kind.QUOTE))
        if kind in CONTAINERS or around is not None:
            self.depths[element.id] = inside

    def other(self, element: Element, depth: int, quoted: int) -> Iterator[tuple[Any, ...]]:
        kind, said, text = element.kind, element.meta, element.text
        if kind is Kind.TITLE:
            line = spaced(self.shown(text, said.get("spans", ())))
            if line:
                yield ("heading", min(max(element.level or 1, 1), 6), line)
        elif kind is Kind.CODE:
            code = text.strip("\n")
            if code.strip():
                yield ("code", depth, quoted, f"{code}\n")
        elif kind is Kind.TABLE:
            yield from self.text(said.get("caption") or "", (), depth, quoted)
            if not element.cells:
                yield from self.text(text, said.get("spans", ()), depth, quoted)
            elif any(cell.text.strip() for row in element.cells for cell in row):
                yield ("table", element.cells, said.get("rich", ()))
        elif kind is Kind.RULE:
            yield ("rule",)
        elif kind is Kind.FORMULA:
            latex = spaced(latex_of(text, said))
            if self.flavor == "commonmark":
                dollars = "$" if said.get("display") is False else "$$"
                latex = f"{dollars}{latex}{dollars}" if latex else ""
            if latex:
                yield ("text", depth, quoted, latex)
        elif kind is Kind.IMAGE:
            yield from self.text(describe_image(text, said), (), depth, quoted)
        elif kind is Kind.KEY_VALUE and said.get("pairs") and not said.get("spans"):
            lines = (f"{k}: {v}" if k else v for k, v in said["pairs"])
            yield ("text", depth, quoted, spaced(" ".join(lines)))
        else:
            quoted += kind is Kind.QUOTE
            label = said.get("label") if kind is Kind.FOOTNOTE else None
            if label in self.notes and self.flavor == "commonmark":
                text, said = f"{label} {text}", {}
            yield from self.text(text, said.get("spans", ()), depth, quoted)

    def text(self, text: str, spans: Any, depth: int, quoted: int) -> Iterator[tuple[Any, ...]]:
        for part in paragraphs(self.shown(text, spans)):
            yield ("text", depth, quoted, spaced(part))

    def shown(self, text: str, spans: Any) -> str:
        """Return the text without the marks of footnotes, of which a parser shows another."""
        if self.flavor == "commonmark":
            return text
        for span in reversed([span for span in spans if span["kind"] == "footnote"]):
            if span.get("label") in self.notes:
                text = text[: span["start"]] + text[span["end"] :]
        return text


def check(elements: list[Element], flavor: str) -> str | None:
    """Return where what a parser finds differs from the elements, None where it does not."""
    text = "".join(Markdown(flavor=flavor).render(ElementColumns.from_elements([elements])))
    found = list(seen(tree(text, PLAIN_PARSER if flavor == "commonmark" else FULL_PARSER)))
    wanted = list(Expected(elements, flavor).blocks())
    at = 0
    for want in wanted:
        got = found[at : at + 1]
        if want[0] != "table":
            if got != [want]:
                return f"{flavor}: {want} is {found[at : at + 2]}"
            at += 1
        elif got and got[0][0] == "html":
            at += 1
            words = spaced(" ".join(cell.text for row in want[1] for cell in row))
            # a formula in a cell stands between dollars in HTML, too
            same = words_of(got[0][1]).replace("$", "") == words.replace("$", "")
            if not same and not any("html" in cell for cell in want[2]):
                return f"{flavor}: {want} is {got}"
        else:
            rows = got[0][1] if got and got[0][0] == "table" else []
            at += 1
            if problem := differing(want[1], rows):
                return f"{flavor}: {problem}"
    return None if at == len(found) else f"{flavor}: more than wanted: {found[at : at + 2]}"


def differing(cells: Any, rows: list[Any]) -> str | None:
    """Return how the rows of a pipe table differ from cells, of which merged ones stand once."""
    texts = [[spaced(cell.text) for cell in row] for row in cells]
    if all(cell.row_span == cell.col_span == 1 for row in cells for cell in row):
        width = max(map(len, texts))
        wanted = [(*row, *[""] * (width - len(row))) for row in texts]
        return None if wanted == rows else f"{wanted} is {rows}"
    found = [[text for text in row if text] for row in rows]
    wanted = [[text for text in row if text] for row in texts]
    return None if wanted == found else f"{wanted} is {found}"


def words_of(html: str) -> str:
    from selectolax.lexbor import LexborHTMLParser

    parser = LexborHTMLParser(html.replace("<br>", " "))
    return spaced(" ".join(cell.text() for cell in parser.css("td, th")))


def readable() -> Iterator[Path]:
    """Yield the files of the corpora."""
    for path in sorted(CORPORA.rglob("*")):
        if path.is_file() and path.stat().st_size < 20_000_000:
            yield path


@pytest.mark.slow
@needs_corpora
def test_every_document_of_the_corpora_is_read_back_as_its_elements() -> None:
    """Left out are documents that came as text (`RAW`) and dialogues, which are written as they are.

    Compared are words in order and where they stand. What a parser shows of a footnote's reference is
    its own number, so the reference's mark is left out; where `commonmark` writes a formula as text,
    its dollars are text; rows of tables with merged cells are compared by their cells that are not
    blank.
    """
    n_checked, problems = 0, []
    for path in readable():
        for elements in documents(path):
            if any(element.kind in (Kind.RAW, Kind.MESSAGE) for element in elements):
                continue
            n_checked += 1
            found = (check(elements, flavor) for flavor in ("github", "commonmark"))
            name = path.relative_to(CORPORA)
            problems += [f"{name}: {problem}" for problem in found if problem]
    assert problems == []
    assert n_checked > 350
