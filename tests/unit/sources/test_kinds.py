from __future__ import annotations

import pytest

from tore_export.documents.schema import Kind
from tore_export.sources.kinds import ELEMENT_TYPES, KINDS, kind_of


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Title", Kind.TITLE),
        ("NarrativeText", Kind.PARAGRAPH),
        ("Text", Kind.PARAGRAPH),
        ("UncategorizedText", Kind.PARAGRAPH),
        ("CompositeElement", Kind.PARAGRAPH),
        ("Address", Kind.PARAGRAPH),
        ("EmailAddress", Kind.PARAGRAPH),
        ("ListItem", Kind.LIST_ITEM),
        ("Table", Kind.TABLE),
        ("CodeSnippet", Kind.CODE),
        ("CodeBlock", Kind.CODE),
        ("Formula", Kind.FORMULA),
        ("Image", Kind.IMAGE),
        ("Figure", Kind.IMAGE),
        ("Picture", Kind.IMAGE),
        ("FigureCaption", Kind.CAPTION),
        ("Caption", Kind.CAPTION),
        ("Footnote", Kind.FOOTNOTE),
        ("Quote", Kind.QUOTE),
        ("FormKeysValues", Kind.KEY_VALUE),
        ("KeyValue", Kind.KEY_VALUE),
        ("CheckBox", Kind.CHECKBOX),
        ("Header", Kind.HEADER),
        ("Footer", Kind.FOOTER),
        ("PageNumber", Kind.PAGE_NUMBER),
        ("PageBreak", Kind.PAGE_BREAK),
        ("title", Kind.TITLE),
        ("heading", Kind.TITLE),
        ("paragraph", Kind.PARAGRAPH),
        ("list", Kind.LIST_ITEM),
        ("narrative_text", Kind.PARAGRAPH),
        ("SECTION-HEADER", Kind.TITLE),
        ("list item", Kind.LIST_ITEM),
    ],
)
def test_each_dialects_name_has_its_kind(name: str, kind: Kind) -> None:
    assert kind_of(name) == kind


@pytest.mark.parametrize("name", ["Hologram", "", None, 3, ["Title"], "T" * 10_000])
def test_what_no_dialect_knows_has_none(name: object) -> None:
    assert kind_of(name) is None


def test_every_kind_but_raw_and_message_has_a_name() -> None:
    assert set(KINDS.values()) == set(Kind) - {Kind.RAW, Kind.MESSAGE}
    assert set(KINDS) == set(ELEMENT_TYPES)
