"""Where a record came from."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.documents.columns import DocumentRows, ElementColumns
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.records.provenance import METADATA, metadata

PAGES = st.lists(st.lists(st.none() | st.integers(0, 2**31 - 1), max_size=6), max_size=5)


def table(pages: list[list[int | None]]) -> pa.Table:
    rows = DocumentRows(0)
    for number, own in enumerate(pages):
        elements = [
            Element(Kind.PARAGRAPH, "t", id=f"{number}.{i}", page=page)
            for i, page in enumerate(own)
        ]
        columns = ElementColumns.from_elements([elements])
        for target, values in zip(rows.elements.lists(), columns.lists(), strict=True):
            target.extend(values)
        rows.add(f"d{number}", "s", title=f"T{number}", language="de", meta='{"k":1}')
    return rows.to_table()


@settings(max_examples=60, deadline=None)
@given(PAGES, st.integers(0, 5))
def test_pages_are_the_distinct_known_ones_in_order_wherever_the_table_is_cut(
    pages: list[list[int | None]], start: int
) -> None:
    found = metadata(table(pages).slice(start))
    assert found.type == METADATA
    assert found.field("pages").to_pylist() == [
        sorted({page for page in own if page is not None}) for own in pages[start:]
    ]
    assert (
        found.field("element_ids").to_pylist()
        == [[f"{number}.{i}" for i in range(len(own))] for number, own in enumerate(pages)][start:]
    )


def test_what_is_known_of_the_document_is_kept() -> None:
    assert metadata(table([[2]])).to_pylist() == [
        {
            "title": "T0",
            "language": "de",
            "created_at": None,
            "pages": [2],
            "element_ids": ["0.0"],
            "extra": '{"k":1}',
            "chunk": None,
            "task": "text",
            "record": 1,
        }
    ]


def test_a_document_whose_elements_are_unknown_has_no_pages() -> None:
    known = table([[1], [2]])
    at = known.schema.get_field_index("elements")
    column = pa.array([None, known["elements"][1].as_py()], known.schema.field(at).type)
    found = metadata(known.set_column(at, known.schema.field(at), column))
    assert found.field("pages").to_pylist() == [[], [2]]
    assert found.field("element_ids").to_pylist() == [[], ["1.0"]]
