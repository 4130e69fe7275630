"""What is written parses back: documents of every shape, through a parser that is not ours."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.formatters.reading import (
    PLAIN_PARSER,
    marked_characters,
    texts,
    tree,
)
from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import Kind
from tore_export.formatters.markdown import Markdown

# Blocks as `reading.tree` gives them, but for texts, which still are a text and its spans.

MARKS = ["strong", "emphasis", "strike", "underline", "subscript", "superscript", "code"]
anywhere = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=12)
lines = st.one_of(texts, texts, anywhere).map(lambda text: text.replace("\r", "\n"))


@st.composite
def spanned(draw, words=lines):
    """Return a text that shows one paragraph, and spans."""
    text = draw(words.map(lambda text: "\n".join(filter(str.strip, text.split("\n"))) or "x"))
    spans = []
    for _ in range(draw(st.integers(0, 3))):
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 2)))
        said = draw(st.sampled_from([*MARKS, "link"]))
        more = {"url": "https://a.b/c_(d)|e"} if said == "link" else {}
        spans.append({"start": start, "end": end, "kind": said, **more})
    return text, spans


paragraphs = spanned().filter(lambda one: marked_characters(*one)).map(lambda one: ("text", one))
headings = st.tuples(
    st.just("heading"), st.integers(1, 6), spanned(lines.map(lambda text: " ".join(text.split())))
)
codes = st.tuples(
    st.just("code"), st.sampled_from(["", "c", "c++"]), lines.map(lambda code: code.strip("\n"))
).filter(lambda one: one[2].strip() != "")
tables = st.lists(st.lists(spanned(), min_size=2, max_size=2), min_size=1, max_size=3).map(
    lambda rows: ("table", rows)
)
rules = st.just(("rule",))
leaves = st.one_of(paragraphs, paragraphs, headings, codes, tables, rules)


def containers(blocks):
    some = st.lists(blocks, max_size=3)
    starts = st.one_of(st.none(), st.none(), st.integers(0, 20))
    items = st.lists(some, min_size=1, max_size=3)
    return st.one_of(
        some.filter(bool).map(lambda inside: ("quote", inside)),
        st.tuples(st.just("list"), starts, items),
        st.tuples(st.just("list"), starts, items),
    )


documents = st.lists(st.recursive(leaves, containers, max_leaves=12), max_size=5)


def flattened(blocks: list[Any]) -> list[Element]:
    """Return the elements a reader would make of blocks, containers naming what lies in them."""
    found: list[Element] = []

    def hold(kind: Kind, inside: list[Any], holder: str | None, level: int, **said: Any) -> None:
        text, spans = "", []
        if inside and inside[0][0] == "text":
            (text, spans), inside = inside[0][1], inside[1:]
        meta = {**said, **({"spans": spans} if spans else {})}
        mine = str(len(found))
        at = level if kind is Kind.LIST_ITEM else None
        found.append(Element(kind, text, id=mine, level=at, parent=holder, meta=meta))
        add(inside, mine, level + (kind is Kind.LIST_ITEM))

    def add(blocks: list[Any], holder: str | None, level: int) -> None:
        before: Any = None
        for block in blocks:
            mine, kind = str(len(found)), block[0]
            if kind == "quote":
                hold(Kind.QUOTE, block[1], holder, level)
            elif kind == "list":
                directly = before is not None and before[0] == "list"
                again = directly and (before[1] is None) == (block[1] is None)
                for number, inside in enumerate(block[2]):
                    said: dict[str, Any] = {"ordered": block[1] is not None}
                    if block[1] is not None:
                        said["number"] = block[1] + number
                    if again and not number:
                        said["new_list"] = True
                    hold(Kind.LIST_ITEM, inside, holder, level, **said)
            elif kind == "table":
                cells = tuple(tuple(Cell(cell[0]) for cell in row) for row in block[1])
                rich = [
                    {"row": at, "place": place, "spans": cell[1]}
                    for at, row in enumerate(block[1])
                    for place, cell in enumerate(row)
                    if cell[1]
                ]
                meta = {"rich": rich} if rich else {}
                found.append(Element(Kind.TABLE, id=mine, parent=holder, cells=cells, meta=meta))
            elif kind == "code":
                meta = {"language": block[1]} if block[1] else {}
                found.append(Element(Kind.CODE, block[2], id=mine, parent=holder, meta=meta))
            elif kind == "rule":
                found.append(Element(Kind.RULE, id=mine, parent=holder))
            else:
                text, spans = block[-1]
                as_kind, at = (
                    (Kind.TITLE, block[1]) if kind == "heading" else (Kind.PARAGRAPH, None)
                )
                meta = {"spans": spans} if spans else {}
                found.append(Element(as_kind, text, id=mine, level=at, parent=holder, meta=meta))
            before = block

    add(blocks, None, 0)
    return found


def expected(blocks: list[Any]) -> list[Any]:
    """Return what a parser should find: blocks with their characters."""
    found: list[Any] = []
    for block in blocks:
        kind = block[0]
        if kind == "text":
            found += [("text", marks) for marks in marked_characters(*block[1])]
        elif kind == "heading":
            found += [("heading", block[1], marks) for marks in marked_characters(*block[2])]
        elif kind == "quote":
            found.append(("quote", expected(block[1])))
        elif kind == "list":
            found.append(("list", block[1], [expected(inside) for inside in block[2]]))
        elif kind == "table":
            rows = [[next(iter(marked_characters(*cell)), []) for cell in row] for row in block[1]]
            if any(marks for row in rows for marks in row):
                found.append(("table", rows))
        elif kind == "code":
            found.append((kind, block[1], f"{block[2]}\n"))
        else:
            found.append(block)
    return found


def render(elements: list[Element], **options: Any) -> str:
    return "".join(Markdown(**options).render(ElementColumns.from_elements([elements])))


@settings(max_examples=150, deadline=None)
@given(documents)
def test_blocks_within_blocks_are_read_back_as_they_were(document):
    assert tree(render(flattened(document))) == expected(document)


def without_tables(blocks: list[Any]) -> list[Any]:
    """Leave out tables, which `commonmark` writes as HTML, and lists' and quotations' with them."""
    found: list[Any] = []
    for block in blocks:
        if block[0] == "list":
            found.append((*block[:2], [without_tables(inside) for inside in block[2]]))
        elif block[0] == "quote":
            found.append(("quote", without_tables(block[1])))
        elif block[0] not in ("table", "html"):
            found.append(block)
    return found


@settings(max_examples=100, deadline=None)
@given(documents)
def test_a_parser_without_extensions_reads_the_same_in_the_flavour_commonmark(document):
    found = tree(render(flattened(document), flavor="commonmark"), PLAIN_PARSER)
    assert without_tables(found) == without_tables(expected(document))
