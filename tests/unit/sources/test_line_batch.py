"""Lines that are read together are what each of them is alone."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.sources.reading import LIMITS, input_file, read, rules, tables, texts
from tests.unit.sources.test_typed_elements import TEXTS, UNSTRUCTURED
from tore_export.documents.element import Cell
from tore_export.sources import line_batch
from tore_export.sources.unit import Limits, Unit

PLAIN = st.fixed_dictionaries(
    {
        "element_id": st.sampled_from([*"abcdefgh", ""]),
        "type": st.sampled_from(
            ["Title", "NarrativeText", "ListItem", "CheckBox", "Table", "Value", "Hologram", "Form"]
        ),
        "text": TEXTS,
        "metadata": st.fixed_dictionaries(
            {},
            optional={
                "page_number": st.none() | st.integers(-1, 3),
                "category_depth": st.none() | st.integers(-1, 101),
                "text_as_html": st.sampled_from(
                    [None, "", "x", "<table><tr><th>a</th></tr></table>"]
                ),
            },
        ),
    }
)

SOME_TEXTS = st.none() | st.lists(st.sampled_from(["see", "", None, "docs", "2020-01-01"]))
RICH = st.fixed_dictionaries(
    {
        "element_id": st.sampled_from("abcdefgh"),
        "type": st.sampled_from(
            ["Title", "Text", "ListItem", "CheckBox", "Table", "Image", "CodeSnippet", "Formula"]
        ),
        "text": st.just("see docs, see 2020-01-01") | TEXTS,
        "metadata": st.fixed_dictionaries(
            {"filetype": st.just("text/html")},
            optional={
                "parent_id": st.none() | st.sampled_from([*"abcdefghz", ""]),
                "category_depth": st.none() | st.integers(0, 2) | st.just(99),
                "page_number": st.none() | st.integers(1, 3),
                "languages": SOME_TEXTS,
                "emphasized_text_contents": SOME_TEXTS,
                "emphasized_text_tags": st.none() | st.lists(st.sampled_from(["b", "i", None])),
                "link_texts": SOME_TEXTS,
                "link_urls": SOME_TEXTS,
                "links": st.none()
                | st.lists(
                    st.none()
                    | st.fixed_dictionaries(
                        {"url": st.sampled_from([None, "u", "data:x"])},
                        optional={
                            "text": st.sampled_from(["docs", "see", None]),
                            "start_index": st.none() | st.integers(-1, 9),
                            "more": st.just({"a": 1}),
                        },
                    ),
                    max_size=2,
                ),
                "image_url": st.sampled_from([None, "u", "", "data:x"]),
                "text_as_html": st.sampled_from(
                    [None, "", "x", "<table><tr><th>docs</th></tr></table>"]
                ),
                "detection_class_prob": st.none() | st.sampled_from([0, 1, 0.1, 1.5]),
                "coordinates": st.sampled_from([None, {"points": [[1, 2.5]]}, "x"]),
                "is_continuation": st.booleans(),
                "data_source": st.sampled_from([{"url": "u", "parent_id": "a"}, [], 3]),
            },
        ),
    },
    optional={"embeddings": st.just([0.5]), "custom": st.sampled_from([1, "x", {"text": 2}])},
)


def line(elements: list[Any], **fields: Any) -> bytes:
    return json.dumps({**fields, "elements": elements}).encode()


def element(text: str, identity: str = "a", **metadata: Any) -> dict[str, Any]:
    return {"element_id": identity, "type": "Text", "text": text, "metadata": metadata}


WELL = [line([element(f"text {number}")], doc_id=f"d{number}") for number in range(20)]


def one_by_one(path: Path, limits: Limits = LIMITS) -> list[dict[str, Any]]:
    """Return the documents of a file, each of whose lines is a range that is read on its own."""
    found = []
    start = 0
    for one in path.read_bytes().split(b"\n"):
        unit = Unit(3, "jsonl", (input_file(path),), start, start + len(one) + 1)
        start = unit.end
        for table in tables(unit, limits):
            found += table.to_pylist()[:-1]
    return found


def together(
    path: Path, lines: list[bytes], limits: Limits = LIMITS, batch_rows: int = 1000
) -> list[dict[str, Any]]:
    path.write_bytes(b"\n".join(lines))
    unit = Unit(3, "jsonl", (input_file(path),), 0, path.stat().st_size)
    return list(pa.concat_tables(tables(unit, limits, batch_rows)).to_pylist()[:-1])


@settings(max_examples=60, deadline=None)
@given(
    documents=st.lists(
        st.lists(PLAIN, max_size=5, unique_by=lambda one: one["element_id"])
        | st.lists(PLAIN, max_size=3)
        | st.none(),
        min_size=8,
        max_size=12,
    ),
    limits=st.sampled_from([LIMITS, Limits(max_elements=3), Limits(keep_html=True)]),
    batch_rows=st.sampled_from([9, 1000]),
)
def test_plain_documents_read_together_are_what_they_are_alone(
    documents: list[list[dict[str, Any]] | None], limits: Limits, batch_rows: int
) -> None:
    lines = [line(elements or [], doc_id=f"d{n}", n=n) for n, elements in enumerate(documents)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.jsonl")
        assert together(path, lines, limits, batch_rows) == one_by_one(path, limits)


FIELDS = st.dictionaries(
    st.sampled_from(
        ["id", "doc_id", "title", "lang", "date", "url", "format", "text", "version", "schema_name"]
    ),
    st.sampled_from([None, "", "2020-01-01", "1.0", "unified_element_model", "data:x", "de"]),
)


@settings(deadline=None)
@given(
    said=st.lists(
        FIELDS | FIELDS.map(lambda fields: {**fields, "n": 1}), min_size=8, max_size=12
    ).flatmap(lambda said: st.just(said) | st.just([dict.fromkeys(said[0], "x"), *said[1:]])),
    elements=st.lists(PLAIN, max_size=2),
)
def test_whatever_else_lines_say_it_is_what_they_say_alone(
    said: list[dict[str, Any]], elements: list[dict[str, Any]]
) -> None:
    lines = [line(elements, **fields) for fields in said]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.jsonl")
        assert together(path, lines) == one_by_one(path)


@settings(max_examples=50, deadline=None)
@given(
    documents=st.lists(
        st.lists(RICH, max_size=8, unique_by=lambda one: one["element_id"])
        | st.lists(RICH, max_size=3)
        | st.lists(PLAIN, max_size=3),
        min_size=8,
        max_size=10,
    ),
    limits=st.sampled_from([LIMITS, Limits(keep_html=True), Limits(keep_images=True)]),
)
def test_what_unstructured_writes_read_together_is_what_it_is_alone(
    documents: list[list[dict[str, Any]]], limits: Limits
) -> None:
    lines = [line(elements, doc_id=f"d{n}") for n, elements in enumerate(documents)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.jsonl")
        assert together(path, lines, limits) == one_by_one(path, limits)


@settings(max_examples=60, deadline=None)
@given(
    documents=st.lists(
        st.lists(UNSTRUCTURED | PLAIN, max_size=4, unique_by=lambda one: str(one["element_id"])),
        min_size=8,
        max_size=12,
    )
)
def test_odd_documents_among_them_are_what_they_are_alone(
    documents: list[list[dict[str, Any]]],
) -> None:
    lines = [line(elements, doc_id=f"d{n}") for n, elements in enumerate(documents)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.jsonl")
        assert together(path, lines) == one_by_one(path)


@pytest.mark.parametrize(
    "odd",
    [
        b"not JSON",
        b'{"elements": [{"element_id": "a"}',
        b'{"doc_id": "x", "elements": null, "text": "t"}',
        b'{"doc_id": "x", "elements": [null]}',
        b'{"doc_id": "x", "elements": "[]"}',
        b'{"doc_id": "x", "text": "raw"}',
        b'{"doc_id": "x", "elements": ' + b"[" * 2_000 + b"]" * 2_000 + b"}",
        line([element("\ud800")], doc_id="x"),
        line([element("a")], doc_id="x").replace(b'"a"', b'"\xff"'),
        line([element("a"), element("b")], doc_id="x"),
        line([element("a", parent_id="b"), element("b", "b", parent_id="a")], doc_id="x"),
        line([element("a"), element("b", "b", parent_id="a")], doc_id="x"),
        line([element("see docs", links=[{"text": "docs", "url": "u", "start_index": 4}])]),
        line([element("a")], doc_id="x").replace(b'"text"', b'"text": "first", "text"'),
        line([element("a", page_number=2.0)], doc_id="x"),
        line([element("a", languages=["de"])], doc_id="x"),
        line([], schema_name="DoclingDocument", version="1.0.0"),
        WELL[0] + WELL[1],
        WELL[0].replace(b'"d0"', b'"d0", "doc_id": "twice"'),
        WELL[0].replace(b'"d0"', b'"\xff"'),
        WELL[0].replace(b'"d0"', b'"\\ud800"'),
        WELL[0].replace(b'"d0"', b"17"),
        b" " + WELL[0] + b" ",
    ],
)
def test_an_odd_line_is_read_like_any_other_and_costs_the_others_nothing(
    tmp_path: Path, odd: bytes
) -> None:
    lines = [*WELL[:10], odd, *WELL[10:]]
    found = together(tmp_path / "a.jsonl", lines)
    assert found == one_by_one(tmp_path / "a.jsonl")
    assert [row["doc_id"] for row in found[:10] + found[11:]] == [f"d{n}" for n in range(20)]


def test_a_document_over_two_lines_is_none_even_where_another_line_has_two(tmp_path: Path) -> None:
    lines = [*WELL, WELL[0] + WELL[1], b'{"doc_id": "x", "title":', b'"t", "elements": []}']
    found = together(tmp_path / "a.jsonl", lines)
    assert found == one_by_one(tmp_path / "a.jsonl")
    assert rules(found)[-3:] == ["invalid_json"] * 3


@pytest.mark.parametrize("oddity", [{"font_size": 9}, {"category_depth": -1}])
def test_where_most_lines_are_odd_all_are_read_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, oddity: dict[str, Any]
) -> None:
    monkeypatch.setattr(line_batch, "BATCH_BYTES", 1_000)
    said = {"languages": ["de"], **oddity}
    odd = [line([element("x", **said)], doc_id=f"o{number}") for number in range(100)]
    lines = [*odd, *WELL]
    found = together(tmp_path / "a.jsonl", lines)
    assert found == one_by_one(tmp_path / "a.jsonl")
    assert {row["language"] for row in found[:100]} == {"de"}


def test_lines_are_cut_into_tables_where_they_would_be_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines = [*WELL, b"not JSON", b"", *WELL, b"[]"]
    path.write_bytes(b"\n".join(lines))
    found = tables(Unit(3, "jsonl", (input_file(path),), 0, path.stat().st_size), batch_rows=9)
    assert [table.num_rows for table in found] == [9, 9, 9, 9, 7]


def test_images_are_kept_where_they_are_asked_for(tmp_path: Path) -> None:
    image = {**element("a", image_base64="iVBORw0KGgo="), "type": "Image"}
    data = b"\n".join([*WELL, line([image], doc_id="i")])
    found = read(tmp_path, "a.jsonl", data, Limits(keep_images=True))
    assert found[-1]["elements"][0].meta["data"].startswith("data:image/png")
    assert "data" not in read(tmp_path, "b.jsonl", data)[-1]["elements"][0].meta


def test_a_line_over_the_limit_comes_after_those_before_it(tmp_path: Path) -> None:
    data = b"\n".join([*WELL, line([element("x" * 500)]), *WELL])
    found = read(tmp_path, "a.jsonl", data, Limits(max_document_bytes=300))
    assert rules(found) == [None] * 20 + ["too_large"] + [None] * 20
    assert texts(found[-1]) == ["text 19"]


def test_levels_and_tables_are_those_of_the_row_contract(tmp_path: Path) -> None:
    table = {
        **element("t", "t", text_as_html="<table><tr><th>a</th><td>b</td></tr></table>"),
        "type": "Table",
    }
    kinds = [("Title", None), ("Title", 2), ("ListItem", 1), ("CheckBox", 3), ("ListItem", None)]
    elements = [
        {**element("x", f"{n}", category_depth=depth), "type": kind}
        for n, (kind, depth) in enumerate(kinds)
    ]
    lines = [*WELL, line([*elements, table]), line([elements[3]])]
    *_, first, second = read(tmp_path, "a.jsonl", b"\n".join(lines))
    assert [one.level for one in first["elements"]] == [1, 3, 0, 2, 0, None]
    assert first["elements"][-1].cells == ((Cell("a", header=True), Cell("b")),)
    assert [one.level for one in second["elements"]] == [0]


def test_parents_languages_emphasis_and_links_are_those_of_the_row_contract(tmp_path: Path) -> None:
    about = {"filename": "a.html", "filetype": "text/html", "coordinates": {"points": [[1, 2.5]]}}
    elements = [
        {**element("Part", "t", category_depth=1, languages=["deu", "eng"]), "type": "Title"},
        {**element("Chapter", "u", parent_id="t", **about), "type": "Title"},
        {**element("one", "v", parent_id="u"), "type": "ListItem"},
        {**element("of it", "w", parent_id="v", data_source={"url": "x"}), "type": "ListItem"},
        element("see docs", "x", parent_id="gone", link_texts=["docs"], link_urls=["u"]),
        element("now", "y", emphasized_text_contents=["now"], emphasized_text_tags=["b"]),
    ]
    *_, found = read(tmp_path, "a.jsonl", b"\n".join([*WELL, line(elements, doc_id="r")]))
    assert found["language"] == "deu"
    assert [one.level for one in found["elements"]] == [2, 3, 0, 1, None, None]
    assert [one.parent for one in found["elements"]] == [None, "t", "u", "v", None, None]
    assert [span["kind"] for one in found["elements"][4:] for span in one.meta["spans"]] == [
        "link",
        "strong",
    ]


def test_a_language_or_link_that_looks_like_a_date_stays_what_it_says(tmp_path: Path) -> None:
    dated = [
        line([element("2020-01-01", languages=["2020-01-01"])], doc_id=f"d{n}") for n in range(9)
    ]
    found = together(tmp_path / "a.jsonl", dated)
    assert {row["language"] for row in found} == {"2020-01-01"}
    assert found == one_by_one(tmp_path / "a.jsonl")


def test_what_a_table_says_beyond_its_cells_and_what_cannot_be_read_of_one(tmp_path: Path) -> None:
    rich = element("t", text_as_html="<table><tr><td>a <b>b</b></td></tr></table>")
    broken = element("no table", text_as_html="<p>x")
    lines = [*WELL, *(line([{**one, "type": "Table"}], doc_id="t") for one in (rich, broken))]
    found = together(tmp_path / "a.jsonl", lines)
    assert found == one_by_one(tmp_path / "a.jsonl")
    assert [row["warnings"] for row in found[-2:]] == [0, 1]
    assert '"strong"' in found[-2]["elements"][0]["meta"]
