from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.sources.docling.documents import (
    Fields,
    document,
    elements_of,
    flat,
    item,
    refs,
    rows_of,
)
from tests.unit.sources.reading import read, rules, texts
from tore_export.documents.columns import decode_meta
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.sources.docling.fields import docling_values, fields_of_docling
from tore_export.sources.unit import Limits

PUMPS = flat(item("title", "Pumps"), item("text", "They move water."))


def test_a_document_tells_where_it_came_from(tmp_path: Path) -> None:
    origin = {"mimetype": "application/pdf", "filename": "pumps.pdf", "binary_hash": 2**64 - 1}
    (row,) = rows_of(tmp_path, {**PUMPS, "origin": origin, "pages": {"1": {"image": "data:x"}}})
    assert (row["title"], row["language"], row["warnings"]) == ("Pumps", None, 0)
    assert decode_meta(row["meta"]) == {
        "name": "pumps",
        "origin": origin,
        "schema_name": "DoclingDocument",
        "version": "1.10.0",
    }
    assert texts(row) == ["Pumps", "They move water."]


def test_without_a_title_the_name_stands_for_it(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, flat(item("section_header", "Parts")))
    assert row["title"] == "pumps"


def test_the_language_of_the_body_is_that_of_the_document(tmp_path: Path) -> None:
    said = document()
    said["body"]["meta"] = {"language": {"code": "de"}}
    (row,) = rows_of(tmp_path, said)
    assert row["language"] == "de"


def test_ids_are_docling_s_pointers_and_pages_those_of_the_first_place(tmp_path: Path) -> None:
    first, second = item("text", "a"), item("text", "b")
    first["prov"] = [{"page_no": 3, "bbox": {"l": 1.5}}, {"page_no": 4}]
    second["prov"] = [{"page_no": 0}]
    assert elements_of(tmp_path, flat(first, second)) == [
        Element(Kind.PARAGRAPH, "a", id="#/texts/0", page=3),
        Element(Kind.PARAGRAPH, "b", id="#/texts/1"),
    ]


@pytest.mark.parametrize("name", ["a.json", "a.dclg", "b"])
def test_it_is_told_by_its_content_not_by_its_name(tmp_path: Path, name: str) -> None:
    for data in (json.dumps(PUMPS), json.dumps(PUMPS, indent=2)):
        (row,) = read(tmp_path, name, data.encode())
        assert texts(row) == ["Pumps", "They move water."]


def test_the_name_of_the_schema_may_come_last(tmp_path: Path) -> None:
    said = {name: PUMPS[name] for name in reversed(PUMPS)}
    said["texts"] = [*said["texts"], item("text", "x" * 100_000)]
    (row,) = rows_of(tmp_path, said)
    assert (texts(row), row["warnings"]) == (["Pumps", "They move water."], 1)


def test_files_are_tables_of_as_many_rows_as_asked_for(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "a.json", json.dumps(PUMPS).encode(), batch_rows=1)
    assert row["title"] == "Pumps"


def test_fields_of_docling_s_object_are_what_its_json_would_be() -> None:
    said = {**PUMPS, "made": date(2026, 11, 22), "name": "half \ud800", "big": 2**70}
    assert docling_values(said) is said
    assert docling_values({"elements": []}) is None
    assert docling_values(7) is None
    fields = fields_of_docling(said)
    assert bytes(fields["made"]) == b'"2026-11-22"'
    assert json.loads(bytes(fields["name"])) == "half \ufffd"
    assert json.loads(bytes(fields["big"])) == 2**70


def test_json_lines_hold_a_document_each(tmp_path: Path) -> None:
    lines = [{**PUMPS, "doc_id": "p"}, {"doc_id": "q", "elements": PUMPS, "shelf": 3}]
    data = b"\n".join(json.dumps(line).encode() for line in lines)
    first, second = read(tmp_path, "a.jsonl", data)
    assert (first["doc_id"], texts(first)) == ("p", ["Pumps", "They move water."])
    assert (second["doc_id"], texts(second)) == ("q", ["Pumps", "They move water."])
    assert decode_meta(second["meta"])["shelf"] == 3


def test_a_bad_line_is_rejected_under_its_id(tmp_path: Path) -> None:
    data = json.dumps({**PUMPS, "doc_id": "p", "version": "2.0.0"}).encode()
    rows = read(tmp_path, "a.jsonl", data + b"\n" + json.dumps(PUMPS).encode())
    assert rules(rows) == ["unsupported_version", None]
    assert rows[0]["doc_id"] == "p"
    assert "'2.0.0', allowed: 1.0 to 1.10" in rows[0]["reject"]["detail"]


@pytest.mark.parametrize("name", ["elements", "fields"])
def test_parquet_holds_a_document_a_row(tmp_path: Path, name: str) -> None:
    rows: list[Fields] = [{"id": "p", "elements": json.dumps(PUMPS)}]
    if name == "fields":
        rows = [{**PUMPS, "id": "p"}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    (row,) = read(tmp_path, "b.parquet", (tmp_path / "a.parquet").read_bytes())
    assert (row["doc_id"], texts(row)) == ("p", ["Pumps", "They move water."])
    assert row["title"] == "Pumps"


@pytest.mark.parametrize("version", ["1.0.0", "1.10.0", "1.11.3", "1.999.0-rc1", None, 7, "x"])
def test_a_newer_minor_version_is_read_as_far_as_it_is_known(
    tmp_path: Path, version: object
) -> None:
    said = {**PUMPS, "version": version, "hologram_items": [{"label": "hologram"}]}
    assert len(elements_of(tmp_path, said)) == 2


@pytest.mark.parametrize("version", ["2.0.0", "0.9.0", "10.1.0"])
def test_another_major_version_is_refused(tmp_path: Path, version: str) -> None:
    (row,) = rows_of(tmp_path, {**PUMPS, "version": version})
    assert rules([row]) == ["unsupported_version"]


@pytest.mark.parametrize("body", [None, 7, [], "x"])
def test_a_document_without_a_body_is_refused(tmp_path: Path, body: object) -> None:
    (row,) = rows_of(tmp_path, {**PUMPS, "body": body})
    assert rules([row]) == ["no_content"]


def test_an_empty_body_is_an_empty_document(tmp_path: Path) -> None:
    said = {"schema_name": "DoclingDocument", "body": {}}
    assert elements_of(tmp_path, said) == []


def test_half_a_surrogate_pair_is_replaced_and_counted(tmp_path: Path) -> None:
    data = json.dumps(PUMPS).replace("Pumps", "P\\ud800").encode()
    (row,) = rows_of(tmp_path, data)
    assert (texts(row)[0], row["warnings"]) == ("P\ufffd", 2)  # in text and orig


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (json.dumps(PUMPS).encode()[:-9], "invalid_json"),
        (json.dumps({**PUMPS, "origin": float("nan")}).encode(), "invalid_json"),
        (json.dumps(PUMPS).encode().replace(b"water", b"w\xffter"), "not_utf8"),
        (
            json.dumps(PUMPS).encode()[:-1] + b', "x": ' + b"[" * 2_000 + b"]" * 2_000 + b"}",
            "too_deep",
        ),
    ],
)
def test_what_is_no_json_is_refused(tmp_path: Path, data: bytes, rule: str) -> None:
    assert rules(rows_of(tmp_path, data)) == [rule]


def test_too_many_elements_are_refused(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, PUMPS, Limits(max_elements=1))
    assert rules(rows) == ["too_many_elements"]


def test_pointers_to_nothing_cost_only_themselves(tmp_path: Path) -> None:
    said = flat(item("text", "a", "texts/99", "nowhere", "", "texts/x"))
    assert [e.text for e in elements_of(tmp_path, said, n_warnings=4)] == ["a"]


def test_an_item_that_is_a_child_twice_is_read_once(tmp_path: Path) -> None:
    said = document("groups/0", "texts/0", "texts/0", texts=[item("text", "a")])
    said["groups"] = [item("section", None, "texts/0")]
    assert [e.text for e in elements_of(tmp_path, said, n_warnings=2)] == ["a"]


def test_what_nothing_leads_to_is_left_out_and_counted(tmp_path: Path) -> None:
    said = document("texts/1", texts=[item("text", "a"), item("text", "b")], groups=[item("list")])
    assert [e.text for e in elements_of(tmp_path, said, n_warnings=2)] == ["b"]


@pytest.mark.parametrize("below", [["groups/0"], ["groups/1"]])
def test_an_item_below_itself_is_refused(tmp_path: Path, below: list[str]) -> None:
    groups = [item("section", None, "groups/1"), item("list", None, *below)]
    (row,) = rows_of(tmp_path, document("groups/0", groups=groups))
    assert rules([row]) == ["reference_cycle"]
    assert "below itself, found '#/groups/" in row["reject"]["detail"]


def test_values_of_a_wrong_type_cost_only_themselves(tmp_path: Path) -> None:
    odd = {
        **item("section_header", "a"),
        "level": "deep",
        "prov": [{"page_no": 2}, 7],
        "formatting": {"bold": 1, "italic": True},
        "hyperlink": ["x"],
        "children": [{"$ref": 1}, {"ref": "x"}, *refs("texts/1")],
    }
    said = flat(odd, item("text", "b"), tables="none", groups=[7, None])
    said["body"]["children"] = refs("texts/0")
    found = elements_of(tmp_path, said, n_warnings=9)
    assert found == [
        Element(
            Kind.TITLE,
            "a",
            id="#/texts/0",
            level=2,
            page=2,
            meta={"spans": [{"start": 0, "end": 1, "kind": "emphasis"}]},
        ),
        Element(Kind.PARAGRAPH, "b", id="#/texts/1"),
    ]


def test_a_text_of_an_unknown_label_is_a_paragraph_and_counted(tmp_path: Path) -> None:
    said = flat(
        {"label": "haiku", "text": "a"}, {"text": "b"}, item("field_region", None, "texts/3")
    )
    said["texts"].append(item("text", "c"))
    found = elements_of(tmp_path, said, n_warnings=2)
    assert [(e.kind, e.text) for e in found] == [(Kind.PARAGRAPH, t) for t in "abc"]


def test_the_text_on_the_page_stands_in_for_one_that_is_missing(tmp_path: Path) -> None:
    said = flat(
        {"label": "text", "orig": "as it stood"}, {"label": "text", "text": "", "orig": "x"}
    )
    assert [e.text for e in elements_of(tmp_path, said)] == ["as it stood"]


def test_a_hundred_thousand_groups_within_each_other_are_no_matter(tmp_path: Path) -> None:
    n_groups = 100_000
    labels = ("section", "list", "inline", "unspecified")
    groups = [item(labels[i % 2], None, f"groups/{i + 1}") for i in range(n_groups)]
    groups[-1]["children"] = refs("texts/0")
    said = document("groups/0", groups=groups, texts=[item("list_item", "deep")])
    assert elements_of(tmp_path, said) == [Element(Kind.LIST_ITEM, "deep", id="#/texts/0", level=0)]


def test_items_nested_deep_are_no_matter(tmp_path: Path) -> None:
    deep = [item("list_item", "x", f"groups/{i}") for i in range(20_000)]
    groups = [item("list", None, f"texts/{i + 1}") for i in range(20_000 - 1)]
    said = document("texts/0", texts=deep, groups=groups)
    found = elements_of(tmp_path, said, n_warnings=1)
    assert (found[-1].level, found[-1].parent) == (19_999, "#/texts/19998")
