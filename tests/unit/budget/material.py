"""Documents of every kind of element for the tests of budgets, and what must hold of a part of one."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import CONTAINERS, Kind
from tore_export.tokens.manager import TokenizerManager

COUNT = TokenizerManager().get("gpt-3.5-turbo").count

WORDS = [
    *("pump", "valve", "water", "the", "of", "is", "red.", "Open", "it!", "Öl", "表", "井戸。"),
    *(
        "x*y",
        "_z_",
        "|",
        "#",
        "<b>",
        "1.",
        "`c`",
        "~~",
        "été",
        "\n",
        "tank;",
        "\U0001f468\u200d\U0001f469",
    ),
]

texts = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join).map(str.strip)
short_texts = st.lists(st.sampled_from(WORDS[:12]), max_size=4).map(" ".join)
cells = st.builds(
    Cell, short_texts, st.sampled_from([1, 1, 1, 2]), st.sampled_from([1, 1, 1, 3]), st.booleans()
)
tables = st.lists(st.lists(cells, min_size=1, max_size=3).map(tuple), max_size=5).map(tuple)


@st.composite
def documents(draw: st.DrawFn) -> list[Element]:
    """Draw a document: any kinds in any order, containers that hold what follows, spans, repeats."""
    elements: list[Element] = []
    ids: list[str] = []
    for number in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from([*Kind, Kind.TITLE, Kind.LIST_ITEM, Kind.PARAGRAPH]))
        text = draw(short_texts if kind == Kind.TITLE else texts)
        meta = {}
        rows = None
        if kind == Kind.TABLE:
            rows = draw(tables)
            if rows and draw(st.booleans()):
                meta["rich"] = [{"row": 0, "place": 0, "html": "<p>a</p><ul><li>b</li></ul>"}]
            meta["align"] = ["left", "right"]
        if kind in (Kind.TABLE, Kind.IMAGE):
            meta["caption"] = draw(texts)
        if kind == Kind.IMAGE:
            meta |= {"alt": draw(texts), "url": "https://example.org/a.png"}
        if kind == Kind.KEY_VALUE:
            meta["pairs"] = draw(st.lists(st.tuples(short_texts, texts).map(list), max_size=3))
        if kind == Kind.FOOTNOTE:
            meta["label"] = draw(st.sampled_from("12"))
        if text and kind in (Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.CAPTION, Kind.QUOTE):
            sort = draw(st.sampled_from([None, "strong", "link", "math", "footnote"]))
            if sort is not None:
                start = draw(st.integers(0, len(text) - 1))
                end = draw(st.integers(start + 1, len(text)))
                span = {"start": start, "end": end, "kind": sort}
                meta["spans"] = [span | {"url": "https://example.org/x", "label": "1"}]
        leveled = kind in (Kind.TITLE, Kind.LIST_ITEM, Kind.CHECKBOX)
        elements.append(
            Element(
                kind,
                text,
                id=f"e{number}",
                level=draw(st.sampled_from([None, 1, 2, 3])) if leveled else None,
                parent=draw(st.sampled_from([None, *ids])),
                page=number // 3 + 1,
                cells=rows,
                meta=meta,
            )
        )
        if kind in CONTAINERS or draw(st.integers(0, 4)) == 0:
            ids.append(f"e{number}")
    if elements and draw(st.booleans()):
        elements.append(draw(st.sampled_from(elements)))
        elements[-1] = Element(elements[-1].kind, elements[-1].text, cells=elements[-1].cells)
    return elements


def columns_of(elements: Sequence[Element]) -> ElementColumns:
    """Return one document as columns."""
    return ElementColumns.from_elements([elements])


def prose(n_sentences: int, about: str = "pump") -> str:
    """Return so many different sentences."""
    return " ".join(
        f"The {about} number {n} moves water to tank {n + 7}." for n in range(n_sentences)
    )
