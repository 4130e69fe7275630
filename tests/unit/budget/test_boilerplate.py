"""Lines that every page has, addresses behind words, captions beyond a sentence."""

from __future__ import annotations

import pytest

from tests.unit.budget.test_tables import draft, shown
from tore_export.budget.boilerplate import (
    boilerplate_lines,
    is_boilerplate,
    link_addresses,
    long_captions,
)
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import Kind


@pytest.mark.parametrize(
    "text",
    [
        "© 2024 Example Inc. All rights reserved.",
        "Copyright (c) 2019 The Authors",
        "We use cookies to improve your experience.",
        "Privacy Policy",
        "Alle Rechte vorbehalten",
        "Skip to main content",
        "Subscribe to our newsletter",
        "Home | Products | About us",
        "Docs › API › Pumps",
        "Read more »",
        "Sign in",
    ],
)
def test_lines_of_a_site_are_boilerplate(text):
    assert is_boilerplate(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Bake the cookies for ten minutes.",
        "The rights of the owner end where the river begins.",
        "a | b",
        "Search the index for the entry that comes next.",
        "At home the pump is quiet.",
        "Copyright was a matter of " + "much debate among the printers of this town " * 5,
        "Copyright 2019 " * 40,
        "One part of a sentence | another part of the same sentence | a third",
    ],
)
def test_what_says_something_is_not(text):
    assert not is_boilerplate(text)


def test_only_lines_that_hold_nothing_are_dropped():
    found = draft(
        Element(Kind.LIST_ITEM, "Sign in", id="i"),
        Element(Kind.PARAGRAPH, "Use your key.", parent="i"),
        Element(Kind.PARAGRAPH, "Sign in"),
        Element(Kind.TITLE, "Sign in"),
    )
    assert [change.place for change in boilerplate_lines(found)] == [2]


def test_links_keep_their_words_and_images_theirs():
    link = {"start": 4, "end": 8, "kind": "link", "url": "https://example.org/a/long/address"}
    strong = {"start": 0, "end": 3, "kind": "strong"}
    found = draft(
        Element(Kind.PARAGRAPH, "see here", meta={"spans": [strong, link]}),
        Element(Kind.IMAGE, "", meta={"alt": "a pump", "url": "https://example.org/pump.png"}),
        Element(
            Kind.TABLE,
            cells=((Cell("a"),), (Cell("see here"),)),
            meta={
                "rich": [
                    {"row": 1, "place": 0, "spans": [link]},
                    {"row": 0, "place": 0, "html": ""},
                ]
            },
        ),
        Element(Kind.PARAGRAPH, "plain", meta={"spans": [{"start": 0, "end": 5, "kind": "code"}]}),
        images="link",
        tables="pipe",
    )
    changes = link_addresses(found)
    assert [change.place for change in changes] == [0, 1, 2]
    assert shown(found, changes) == (
        "**see** here\n\na pump\n\n| a |\n| --- |\n| see here |\n\n`plain`"
    )


def test_an_address_that_is_not_written_saves_nothing():
    found = draft(Element(Kind.IMAGE, "", meta={"alt": "a pump", "url": "https://example.org"}))
    assert link_addresses(found) == []


def test_captions_and_alternative_texts_end_with_their_first_sentence():
    strong = {"start": 4, "end": 30, "kind": "strong"}
    long = "Fig. 1. The pump. It has a red valve."
    found = draft(
        Element(Kind.CAPTION, long, meta={"spans": [strong]}),
        Element(Kind.CAPTION, long),
        Element(Kind.IMAGE, long),
        Element(Kind.IMAGE, "i", meta={"alt": long, "caption": "One."}),
        Element(Kind.TABLE, cells=((Cell("a"),),), meta={"caption": long}),
        Element(Kind.CAPTION, "Short."),
        Element(Kind.PARAGRAPH, long),
        Element(Kind.TABLE, cells=((Cell("b"),),)),
        Element(Kind.PAGE_NUMBER, "7"),
    )
    changes = long_captions(found)
    assert [change.place for change in changes] == [0, 1, 2, 3, 4]
    first = "Fig. 1. The pump."
    assert shown(found, changes).split("\n\n")[:5] == [
        "Fig. **1. The pump.**",
        first,
        first,
        first,
        first,
    ]
