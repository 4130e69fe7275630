"""The fast way and the other one give the same columns wherever both can read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import SHARED
from tore_export.documents.columns import ElementColumns
from tore_export.errors import DocumentError
from tore_export.sources.elements import append_elements, first_language
from tore_export.sources.kinds import ELEMENT_TYPES
from tore_export.sources.typed_elements import NotTypedError, append_typed
from tore_export.sources.unit import Limits

LIMITS = Limits(max_elements=8)

IDS = st.sampled_from(["a", "b", "c", "d", "e", "f", "g", ""]) | st.integers(0, 3) | st.none()
TYPES = st.sampled_from([*sorted(ELEMENT_TYPES), "title", "Hologram", "section_header"])
TEXTS = st.text(st.characters(codec="utf-8"), max_size=5)
PAGES = st.none() | st.integers(-1, 3) | st.sampled_from([2.0, 1.5, 2**40, "1", True])
DEPTHS = st.none() | st.integers(-1, 3) | st.sampled_from([2.0, 1000, "1", False])
PROBABILITIES = st.none() | st.sampled_from([0, 1, 0.5, 1.5, -1, "x", True])
LANGUAGES = st.sampled_from([None, [], ["de"], ["de", "en"], [None], "fr", 3, [""]])
HTML = st.sampled_from([None, "", "x", "<table><tr><th>a</th></tr></table>", 3])
ODD = st.sampled_from([None, 1, "x", [], {}, ["a"], {"a": 1}])


def some(required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


UNSTRUCTURED = some(
    {"element_id": st.sampled_from("abcdefgh"), "type": TYPES, "text": TEXTS},
    {
        "metadata": some(
            {},
            {
                "page_number": PAGES,
                "category_depth": DEPTHS,
                "parent_id": IDS,
                "languages": LANGUAGES,
                "text_as_html": HTML,
                "detection_class_prob": PROBABILITIES,
                "links": st.sampled_from([None, [], [{"url": "u", "text": "t"}], "x"]),
                "link_urls": st.sampled_from([None, ["u"], "x"]),
                "emphasized_text_contents": st.sampled_from([None, ["t"], "x"]),
                "emphasized_text_tags": st.sampled_from([None, ["b"], "x"]),
                "key_value_pairs": st.sampled_from(
                    [None, [{"key": {"text": "k"}, "value": {"text": "v"}}], "x"]
                ),
                "image_base64": st.sampled_from([None, "/9j/", 3]),
                "image_mime_type": st.sampled_from([None, "image/png", 3]),
                "orig_elements": st.sampled_from([None, [{"element_id": "z"}], "x"]),
                "image_url": st.sampled_from([None, "u", "data:x"]),
                "filename": TEXTS,
                "confidence": PROBABILITIES,
                "font_size": ODD,
                "caption": ODD,
                "custom_fields": ODD,
            },
        )
        | st.sampled_from([None, "x"]),
        "parent_id": IDS,
        "page_number": PAGES,
        "cells": ODD,
        "checked": ODD,
        "embeddings": st.just([0.5] * 3),
    },
)
TORE = some(
    {"element_id": st.sampled_from("abcdefgh"), "element_type": TYPES, "text": TEXTS},
    {
        "parent_id": IDS,
        "metadata": some(
            {},
            {
                "page_number": PAGES,
                "confidence": PROBABILITIES,
                "languages": LANGUAGES,
                "coordinates": ODD,
                "text_as_html": HTML,
                "custom_fields": some({}, {"category_depth": DEPTHS, "font_size": ODD}) | ODD,
                "category_depth": DEPTHS,
                "parent_id": IDS,
            },
        ),
        "cells": st.sampled_from([None, [["a"]], [[1], "x"], "x"]),
        "headers": st.sampled_from([None, ["h"], [["h"]], 3]),
        "table_metadata": st.sampled_from(
            [None, {"has_header": True}, {"table_alignment": ["left"]}]
        ),
        "latex": ODD,
        "formula_metadata": st.sampled_from([None, {"formula_type": "inline"}, 3]),
        "code_metadata": st.sampled_from([None, {"language": "c"}, 3]),
        "alt_text": ODD,
        "caption": ODD,
        "image_url": ODD,
        "image_data": st.just("QUJD"),
        "page": PAGES,
        "type": st.sampled_from([None, "Title"]),
    },
)


def result(append: Any, elements: list[Any]) -> Any:
    """Return the columns and the warnings, or the rule by which the elements are refused."""
    columns = ElementColumns()
    try:
        n_warnings, language = append(columns)
    except DocumentError as error:
        return error.rule
    columns.counts.append(len(elements))
    return n_warnings, language, columns.to_arrow().to_pylist()


def both(elements: list[Any], limits: Limits = LIMITS) -> tuple[Any, Any]:
    data = json.dumps(elements).encode()
    fast = result(lambda columns: append_typed(data, columns, limits), elements)

    def slowly(columns: ElementColumns) -> tuple[int, str | None]:
        found = json.loads(data)
        return append_elements(found, columns, limits), first_language(found)

    return fast, result(slowly, elements)


@settings(max_examples=400, deadline=None)
@given(st.lists(UNSTRUCTURED, max_size=5) | st.lists(TORE, max_size=5), st.booleans())
def test_both_ways_agree_on_whatever_the_fast_one_reads(
    elements: list[dict[str, Any]], keep: bool
) -> None:
    try:
        fast, slow = both(elements, replace(LIMITS, keep_html=keep, keep_images=keep))
    except NotTypedError:
        return
    assert fast == slow


@pytest.mark.parametrize(
    "elements",
    [
        [
            {"element_id": "a", "type": "Title", "text": "x", "metadata": {"category_depth": 1}},
            {"element_id": "b", "type": "ListItem", "text": "y", "metadata": {"parent_id": "a"}},
            {"element_id": "c", "type": "Text", "text": "z", "metadata": {"links": [{"url": "u"}]}},
        ],
        [{"element_id": "a", "type": "Hologram", "text": "x", "metadata": {}}],
        [{"element_id": "a", "type": "code_block", "text": "x", "metadata": {}}],
        [
            {
                "element_id": "a",
                "element_type": "Title",
                "text": "x",
                "metadata": {"confidence": 0.5},
            }
        ],
        [],
    ],
)
def test_clean_elements_are_read_the_fast_way(elements: list[dict[str, Any]]) -> None:
    fast, slow = both(elements)
    assert fast == slow


@pytest.mark.parametrize(
    "element",
    [
        {"element_id": "", "type": "Text", "text": "x", "metadata": {}},
        {"element_id": "a", "type": "Text", "text": None, "metadata": {}},
        {"element_id": "a", "type": "Text", "text": "x", "metadata": {"page_number": 0}},
        {"element_id": "a", "type": "Text", "text": "x", "metadata": {}, "parent_id": "b"},
        {"element_id": "a", "type": "Text", "text": "x"},
        "a string",
    ],
)
def test_odd_elements_are_left_to_the_other_way_and_nothing_is_appended(element: object) -> None:
    columns = ElementColumns()
    with pytest.raises(NotTypedError):
        append_typed(json.dumps([element]).encode(), columns, LIMITS)
    assert all(not column for column in columns.lists())


@pytest.mark.skipif(not SHARED.exists(), reason="the published documents are not here")
def test_both_ways_agree_on_published_documents() -> None:
    n_fast = 0
    files = sorted(Path(SHARED / "corpora" / "unstructured").rglob("*.json"))
    for path in files:
        try:
            fast, slow = both(json.loads(path.read_bytes()), Limits())
        except NotTypedError:
            continue
        n_fast += 1
        assert fast == slow
    assert n_fast > 0.9 * len(files) > 50
