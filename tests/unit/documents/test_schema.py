"""The row contract."""

from __future__ import annotations

import pyarrow as pa

from tore_export.documents import schema
from tore_export.documents.schema import BLOCK, CELL, DOCUMENT, ELEMENT, FURNITURE, PROSE, Kind

KINDS = (
    "TITLE PARAGRAPH LIST_ITEM TABLE CODE FORMULA IMAGE CAPTION FOOTNOTE QUOTE KEY_VALUE CHECKBOX"
    " HEADER FOOTER PAGE_NUMBER PAGE_BREAK RAW RULE NOTE TERM DEFINITION MESSAGE"
)


def test_numbers_of_kinds_stay_what_they_are_in_files_already_written() -> None:
    assert [kind.name for kind in sorted(Kind)] == KINDS.split()
    assert [int(kind) for kind in Kind] == list(range(len(Kind)))
    assert max(Kind) < 2**7  # int8


def test_furniture_is_no_prose() -> None:
    assert not FURNITURE & PROSE
    assert Kind.RAW in PROSE
    assert not {Kind.TABLE, Kind.CODE, Kind.FORMULA} & (PROSE | FURNITURE)


def test_every_column_of_a_document_is_described() -> None:
    for name in DOCUMENT.names:
        assert f"`{name}`" in (schema.__doc__ or "")


def test_the_columns_have_the_types_of_the_contract() -> None:
    assert DOCUMENT.field("elements").type == pa.list_(ELEMENT)
    assert ELEMENT.field("cells").type == pa.list_(pa.list_(CELL))
    assert ELEMENT.field("kind").type == pa.int8()
    assert [field.type for field in BLOCK] == [pa.int32(), pa.int32()]
    assert DOCUMENT.field("reject").nullable
