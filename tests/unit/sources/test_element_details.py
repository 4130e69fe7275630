from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import pytest

from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import Kind
from tore_export.sources.elements import elements_from_dicts
from tore_export.sources.unit import Limits


def one(name: str, limits: Limits | None = None, **fields: Any) -> tuple[Element, int]:
    (element,), n_warnings = elements_from_dicts([{"type": name, "text": "t"} | fields], limits)
    return element, n_warnings


def packed(elements: Any) -> str:
    return base64.b64encode(zlib.compress(json.dumps(elements).encode())).decode()


def test_a_table_has_the_cells_of_its_rows() -> None:
    element, n_warnings = one(
        "Table",
        cells=[["1", "2"]],
        headers=["a", "b"],
        caption="Sizes",
        table_metadata={"table_alignment": ["left", "RIGHT", "odd", None], "has_header": True},
    )
    assert element.cells == (
        (Cell("a", header=True), Cell("b", header=True)),
        (Cell("1"), Cell("2")),
    )
    assert element.meta == {"align": ["left", "right", None, None], "caption": "Sizes"}
    assert n_warnings == 0


def test_a_table_says_that_its_first_row_is_its_header() -> None:
    element, _ = one("table", cells=[["a"], ["1"]], table_metadata={"has_header": True})
    assert element.cells == ((Cell("a", header=True),), (Cell("1"),))


def test_a_table_has_the_cells_of_its_html() -> None:
    element, n_warnings = one(
        "Table", metadata={"text_as_html": "<table><tr><td>1</td></tr></table>"}
    )
    assert (element.cells, n_warnings) == (((Cell("1"),),), 0)


def test_rows_that_cannot_be_read_give_way_to_html_and_are_counted() -> None:
    html = "<table><tr><td>1</td></tr></table>"
    assert one("Table", cells="x", metadata={"text_as_html": html})[0].cells == ((Cell("1"),),)
    assert one("Table", cells="x", metadata={"text_as_html": html})[1] == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"cells": "x"},
        {"cells": [["a"], "b"]},
        {"metadata": {"text_as_html": "no table"}},
        {"metadata": {"text_as_html": 7}},
        {"metadata": {"text_as_html": "<div>" * 1_000}},
    ],
)
def test_a_table_that_cannot_be_read_is_its_text_with_a_warning(fields: dict[str, Any]) -> None:
    assert one("Table", **fields) == (Element(Kind.TABLE, "t", id="0"), 1)


def test_a_table_that_says_nothing_is_its_text() -> None:
    for fields in ({}, {"cells": []}, {"table_metadata": "x"}, {"metadata": {"text_as_html": ""}}):
        assert one("Table", **fields) == (Element(Kind.TABLE, "t", id="0"), 0)


def test_an_image_has_its_texts_and_address_and_never_its_data() -> None:
    element, _ = one(
        "Image",
        image_data="QUJD" * 1_000,
        image_url="https://x.org/a.png",
        alt_text="a pump",
        caption="Fig. 1",
        metadata={"image_base64": "QUJD", "image_path": "/tmp/a.png"},
    )
    assert element.meta == {"alt": "a pump", "url": "https://x.org/a.png", "caption": "Fig. 1"}
    element, _ = one("Image", image_url=" data:image/png;base64,QUJD", alt_text="data:x")
    assert element.meta == {}
    element, _ = one("Image", metadata={"image_url": "b.png", "alt_text": "b"})
    assert element.meta == {"alt": "b", "url": "b.png"}
    assert one("Image", image_url="x" * 20_000)[0].meta == {}


def test_a_formula_has_its_latex_and_whether_it_stands_alone() -> None:
    element, _ = one(
        "Formula", latex="x^2", mathml="<math/>", formula_metadata={"formula_type": "inline"}
    )
    assert element.meta == {"latex": "x^2", "mathml": "<math/>", "display": False}
    for name in ("display", "equation"):
        assert one("Formula", formula_metadata={"formula_type": name})[0].meta == {"display": True}
    assert one("Formula", formula_metadata={"formula_type": 3})[0].meta == {}


@pytest.mark.parametrize(
    "fields",
    [
        {"code_metadata": {"language": "sql"}},
        {"language": "sql"},
        {"metadata": {"language": "sql"}},
    ],
)
def test_code_has_its_language(fields: dict[str, Any]) -> None:
    assert one("CodeBlock", **fields)[0].meta == {"language": "sql"}


@pytest.mark.parametrize(
    ("name", "fields", "meta"),
    [
        ("CheckBox", {"checked": True}, {"checked": True}),
        ("CheckBox", {"metadata": {"checked": False}}, {"checked": False}),
        ("Checked", {}, {"checked": True}),
        ("Unchecked", {}, {"checked": False}),
        ("CheckBox", {}, {}),
        ("CheckBox", {"checked": "yes"}, {}),
    ],
)
def test_a_check_box_is_checked_or_not(name: str, fields: dict[str, Any], meta: Any) -> None:
    assert one(name, **fields)[0].meta == meta


def test_links_become_spans_of_the_text_without_embedded_files() -> None:
    links = [
        {"text": "docs", "url": "https://a.org", "start_index": 4},
        {"url": "b"},
        {"text": 1, "url": "c", "start_index": -1},
        {"text": "now", "url": "data:x"},
        {"text": "now", "url": "d", "start_index": 99},
        {"text": "e"},
        "f",
    ]
    element, _ = one("NarrativeText", text="see docs now", metadata={"links": links})
    assert element.meta == {
        "spans": [
            {"start": 4, "end": 8, "kind": "link", "url": "https://a.org"},
            {"start": 9, "end": 12, "kind": "link", "url": "d"},
        ]
    }


def test_links_in_two_lists_are_links() -> None:
    metadata = {"link_urls": ["u", "data:x"], "link_texts": ["t", "t"]}
    span = {"start": 0, "end": 1, "kind": "link", "url": "u"}
    assert one("Title", metadata=metadata)[0].meta == {"spans": [span]}
    for odd in ({"link_urls": "u"}, {"link_urls": ["u"]}, {**metadata, "link_texts": ["t"]}):
        assert one("Title", metadata=odd)[0].meta == {}


def test_a_chunk_that_is_kept_names_the_elements_it_was_made_of() -> None:
    parts = [{"element_id": "a"}, {"element_id": "b", "text": "x"}, {"text": "c"}]
    for said in (parts, packed(parts)):
        element, n_warnings = one(
            "CompositeElement", Limits(keep_html=True), metadata={"orig_elements": said}
        )
        assert (element.meta, n_warnings) == ({"parts": ["a", "b"]}, 0)


@pytest.mark.parametrize(
    "said",
    [
        7,
        "not base64!",
        base64.b64encode(b"not deflated").decode(),
        base64.b64encode(zlib.compress(b"not json")).decode(),
        base64.b64encode(
            zlib.compress(b'[{"element_id": "a"},' + b" " * 40_000_000 + b"{}]")
        ).decode(),
        packed({"element_id": "a"}),
        "A" * 17_000_000,
    ],
    ids=["number", "base64", "deflate", "json", "bomb", "object", "large"],
)
def test_a_chunk_whose_elements_cannot_be_read_is_its_text_with_a_warning(said: object) -> None:
    element, n_warnings = one("CompositeElement", metadata={"orig_elements": said})
    assert (element.text, element.meta, n_warnings) == ("t", {}, 1)
    assert one("CompositeElement", metadata={"orig_elements": []})[1] == 0


def test_a_table_keeps_its_html_only_where_asked_for() -> None:
    html = "<table><tr><td>1</td></tr></table>"
    keep = Limits(keep_html=True)
    assert one("Table", keep, metadata={"text_as_html": html})[0].meta == {"html": html}
    assert one("Table", metadata={"text_as_html": html})[0].meta == {}
    assert one("TableChunk", keep, metadata={"text_as_html": html})[0].meta == {}
    assert one("Title", keep, metadata={"text_as_html": html})[0].meta == {}
    assert one("Table", keep, metadata={"text_as_html": "no table"}) == (
        Element(Kind.TABLE, "t", id="0", meta={"html": "no table"}),
        1,
    )


@pytest.mark.parametrize(
    ("fields", "data"),
    [
        (
            {"metadata": {"image_base64": "QUJD", "image_mime_type": "image/x"}},
            "image/x;base64,QUJD",
        ),
        ({"metadata": {"image_base64": "/9j/4AAQ"}}, "image/jpeg;base64,/9j/4AAQ"),
        (
            {"metadata": {"image_base64": "QUJD", "image_mime_type": "text/x"}},
            "image/*;base64,QUJD",
        ),
        ({"image_data": "iVBORw0K"}, "image/png;base64,iVBORw0K"),
        (
            {"image_data": "QUJD", "image_metadata": {"mime_type": "image/bmp"}},
            "image/bmp;base64,QUJD",
        ),
        ({"image_data": "data:image/gif;base64,R0"}, "image/gif;base64,R0"),
        ({"metadata": {"image_data": "R0lGOD"}}, "image/gif;base64,R0lGOD"),
    ],
)
def test_an_image_has_its_data_only_where_asked_for(fields: dict[str, Any], data: str) -> None:
    assert one("Image", Limits(keep_images=True), **fields)[0].meta == {"data": f"data:{data}"}
    assert one("Image", **fields)[0].meta == {}


def test_an_image_without_data_has_none_and_code_no_emphasis() -> None:
    for odd in ({}, {"image_data": ""}, {"image_data": 3}):
        assert one("Image", Limits(keep_images=True), **odd)[0].meta == {}
    bold = {"emphasized_text_contents": ["t"], "emphasized_text_tags": ["b"]}
    assert one("CodeSnippet", metadata=bold)[0].meta == {}
    assert one("Title", metadata=bold)[0].meta == {
        "spans": [{"start": 0, "end": 1, "kind": "strong"}]
    }
