"""Element and Cell, the Python objects."""

from __future__ import annotations

import dataclasses
import pickle

import pytest

from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import Kind


def test_an_element_shows_what_it_says_and_no_more() -> None:
    assert repr(Element(Kind.CODE, "x", meta={"language": "c"}, page=2)) == (
        "Element(kind=<Kind.CODE: 4>, text='x', page=2, meta={'language': 'c'})"
    )
    assert repr(Element(Kind.TITLE)) == "Element(kind=<Kind.TITLE: 0>, text='')"
    assert "level=0" in repr(Element(Kind.LIST_ITEM, "x", level=0))  # 0 is said


def test_elements_are_values() -> None:
    element = Element(Kind.TABLE, cells=((Cell("a", col_span=2),), (Cell("b"), Cell("c"))))
    assert pickle.loads(pickle.dumps(element)) == element
    assert dataclasses.replace(element, text="x") != element
    with pytest.raises(dataclasses.FrozenInstanceError):
        element.text = "y"


def test_two_elements_share_no_meta() -> None:
    one, other = Element(Kind.CODE), Element(Kind.CODE)
    one.meta["language"] = "c"
    assert other.meta == {}


def test_a_cell_covers_itself_unless_said() -> None:
    assert Cell("a") == Cell("a", row_span=1, col_span=1, header=False)
