from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.sources.docling.documents import document, item, refs
from tore_export.documents.columns import DocumentRows
from tore_export.documents.schema import CONTAINERS, Kind
from tore_export.errors import DocumentError
from tore_export.sources.docling.document import append_docling
from tore_export.sources.docling.fields import fields_of_docling
from tore_export.sources.docling.types import DoclingItem, DoclingTable, decoded
from tore_export.sources.unit import Limits


def test_what_fits_is_decoded_as_it_is() -> None:
    data = b'[{"label": "text", "text": "a", "unheard": {"of": 1}}]'
    assert decoded(data, list[DoclingItem]) == ([DoclingItem("text", text="a")], 0)


def test_items_that_do_not_fit_keep_the_places_of_the_others() -> None:
    found, n_wrong = decoded(b'[7, {"label": "text"}, null]', list[DoclingItem])
    assert (found, n_wrong) == ([DoclingItem(), DoclingItem("text"), DoclingItem()], 2)


def test_cells_that_do_not_fit_are_left_out() -> None:
    found, n_wrong = decoded(b'{"table_cells": [7, {"text": "a", "col_span": "b"}]}', DoclingTable)
    assert n_wrong == 2
    assert [cell.text for cell in found.table_cells] == ["a"]


def test_what_is_no_object_at_all_is_nothing() -> None:
    assert decoded(b"7", DoclingItem) == (None, 1)


FULL = document(
    "groups/0",
    "texts/1",
    "tables/0",
    "pictures/0",
    "key_value_items/0",
    texts=[
        item("list_item", "", "groups/1", enumerated=True, marker="1."),
        item("section_header", "b", level=2, formatting={"bold": True}, hyperlink="u"),
        item("text", "c", prov=[{"page_no": 1}]),
        item("caption", "d"),
    ],
    groups=[item("list", None, "texts/0"), item("inline", None, "texts/2")],
    tables=[
        item(
            "table",
            captions=refs("texts/3"),
            data={
                "num_rows": 1,
                "num_cols": 1,
                "table_cells": [
                    {
                        "text": "x",
                        "start_row_offset_idx": 0,
                        "start_col_offset_idx": 0,
                        "row_span": 1,
                        "col_span": 1,
                        "ref": {"$ref": "#/groups/9"},
                    }
                ],
                "grid": [[{"text": "x"}]],
            },
        )
    ],
    pictures=[item("picture", image={"uri": "u"}, annotations=[{"kind": "description"}])],
    key_value_items=[item("form", graph={"cells": [{"cell_id": 1, "text": "k"}], "links": []})],
)
POINTERS = [f"#/{name}/{i}" for name in ("texts", "groups", "tables", "pictures") for i in range(3)]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**65), 2**65),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
    st.sampled_from([*POINTERS, "list", "inline", "table", "furniture", "list_item", "formula"]),
    st.sampled_from([refs(p[2:]) for p in POINTERS]),
    st.just([]),
    st.just({}),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(value, dict | list):
        for name, child in value.items() if isinstance(value, dict) else enumerate(value):
            found += places(child, (*path, name))
    return found


PLACES = places(FULL)


def test_a_value_that_holds_itself_is_refused() -> None:
    endless: list[Any] = []
    endless.append({"label": endless})
    with pytest.raises(DocumentError, match="nested too deep") as caught:
        fields_of_docling(FULL | {"texts": endless})
    assert caught.value.rule == "too_deep"


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), ODD), min_size=1, max_size=6))
def test_whatever_a_value_is_the_document_is_read_or_refused(
    changes: list[tuple[tuple[Any, ...], Any]],
) -> None:
    said = json.loads(json.dumps(FULL))
    for path, value in changes:
        try:
            inner = said
            for name in path[:-1]:
                inner = inner[name]
            inner[path[-1]] = copy.deepcopy(value)
        except (TypeError, KeyError, IndexError):
            continue  # an earlier change took the place away
    rows = DocumentRows(0)
    refused = None
    try:
        values, n_warnings = append_docling(fields_of_docling(said), rows.elements, Limits())
    except DocumentError as error:
        refused = error.rule
    if refused is not None:
        assert refused in ("unsupported_version", "reference_cycle", "no_content")
        return
    assert n_warnings >= 0
    assert isinstance(values, dict)
    rows.add("a", "a.json", warnings=n_warnings)
    table = rows.to_table()
    table.validate(full=True)
    ids, kinds = rows.elements.ids, rows.elements.kinds
    assert len(set(ids)) == len(ids)
    known: set[str | None] = {None}
    for identity, kind, parent in zip(ids, kinds, rows.elements.parents, strict=True):
        # a caption comes before what it belongs to, all else after what it lies in
        assert parent in (ids if kind == Kind.CAPTION else known) or parent is None
        if kind in CONTAINERS:
            known.add(identity)
