import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import Kind
from tore_export.errors import FormatError
from tore_export.formatters.formatter import DocumentHead, TextFormatter
from tore_export.formatters.plaintext import PlainText
from tore_export.formatters.terminal import width_of

from .reading import texts


def render(*elements, **options):
    return "".join(PlainText(**options).render(ElementColumns.from_elements([elements])))


def item(text, level=0, **said):
    parent, identity = said.pop("parent", None), said.pop("id", None)
    return Element(Kind.LIST_ITEM, text, level=level, parent=parent, id=identity, meta=said)


def test_the_two_highest_titles_stand_below_two_blank_lines_and_no_text_has_marks():
    shown = render(
        Element(Kind.TITLE, "*A*", level=1),
        Element(Kind.PARAGRAPH, "# b_c"),
        Element(Kind.TITLE, "D", level=2),
        Element(Kind.TITLE, "E", level=3),
    )
    assert shown == "*A*\n\n# b_c\n\n\nD\n\nE"


def test_lists_are_indented_with_bullets_or_numbers():
    shown = render(
        item("a\nb"),
        item("c", 1, ordered=True, number=9),
        item("d\ne", 1, ordered=True),
        Element(Kind.CHECKBOX, "f", meta={"checked": True}),
        Element(Kind.CHECKBOX, "g"),
    )
    assert shown == "• a\n  b\n\n  9. c\n  10. d\n      e\n[x] f\n[ ] g"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("- a", "• a"), ("3) a", "3. a"), ("b) a", "b) a"), ("(iv) a", "(iv) a"), ("•", ""), ("", "")],
)
def test_an_items_own_mark_is_not_doubled(text, expected):
    assert render(item(text)) == expected


def test_what_belongs_to_an_item_stands_within_it():
    shown = render(
        item("a", id="1"), Element(Kind.PARAGRAPH, "b\nc", parent="1"), item("d", None, parent="1")
    )
    assert shown == "• a\n\n  b\n  c\n\n  • d"


def test_tables_are_drawn_in_columns():
    rows = [["Item", "n"], ["表格", "1"], ["b\nc", "20"]]
    cells = tuple(tuple(map(Cell, row)) for row in rows)
    meta = {"align": [None, "right"], "caption": "Table 1"}
    assert render(Element(Kind.TABLE, cells=cells, meta=meta)) == (
        "Table 1\n\nItem   n\n----  --\n表格   1\nb     20\nc"
    )
    assert render(Element(Kind.TABLE, "no cells")) == "no cells"
    assert render(Element(Kind.TABLE, cells=((Cell(" "),),))) == ""


def test_merged_cells_are_blank_or_repeated():
    cells = ((Cell("a", col_span=2),), (Cell("b"), Cell("c")))
    merged = Element(Kind.TABLE, cells=cells)
    assert render(merged) == "a\n-  -\nb  c"
    assert render(merged, merged_cells="repeat") == "a  a\n-  -\nb  c"


def test_code_quotations_and_the_rest_are_set_apart_by_space():
    shown = render(
        Element(Kind.CODE, "\nx:\n\n  y\n"),
        Element(Kind.QUOTE, "q\nr"),
        Element(Kind.FORMULA, "f", meta={"latex": "$$x^2$$"}),
        Element(Kind.IMAGE, "ocr", meta={"alt": "an image"}),
        Element(Kind.RAW, "\n raw\n"),
        Element(Kind.CODE, " "),
        Element(Kind.QUOTE, " "),
        Element(Kind.PAGE_NUMBER, "3"),
    )
    assert shown == "    x:\n\n      y\n\n  q\n  r\n\nx^2\n\nan image\n\n raw"


def test_images_and_furniture_are_written_as_asked():
    page = [Element(Kind.IMAGE, "i"), Element(Kind.HEADER, "h"), Element(Kind.PAGE_BREAK)]
    assert render(*page) == "i"
    assert render(*page, images="skip", include_furniture=True) == "h\n\n\f"


def test_blank_lines_in_a_text_become_one():
    assert render(Element(Kind.PARAGRAPH, " a\r\n \n\n\tb\rc ")) == "a\n\nb\nc"


def test_running_text_has_paragraphs_only():
    cells = ((Cell("a"), Cell("b")), (Cell(""), Cell("c")))
    shown = render(
        Element(Kind.TITLE, "T"),
        item("- i"),
        Element(Kind.TABLE, cells=cells),
        Element(Kind.CODE, "x"),
        Element(Kind.QUOTE, "q"),
        preserve_structure=False,
    )
    assert shown == "T\n\ni\n\na, b\nc\n\nx\n\nq"


def test_lines_are_broken_to_the_width_and_keep_their_margin():
    words = "one two three four five six seven"
    shown = render(
        Element(Kind.PARAGRAPH, words), item(words), Element(Kind.QUOTE, words), width=22
    )
    assert shown == (
        "one two three four\nfive six seven\n\n• one two three four\n  five six seven\n\n"
        "  one two three four\n  five six seven"
    )


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.builds(Element, st.sampled_from([Kind.PARAGRAPH, Kind.TITLE]), texts), max_size=4)
)
def test_wrapping_changes_white_space_only_and_keeps_the_width(document):
    wide, narrow = render(*document), render(*document, width=24)
    assert "".join(narrow.split()) == "".join(wide.split())
    assert all(width_of(line) <= 24 or " " not in line.strip() for line in narrow.split("\n"))


def test_files_end_in_a_newline():
    columns = ElementColumns.from_elements([[Element(Kind.PARAGRAPH, "a")], []])
    assert PlainText().documents(columns, [DocumentHead(), DocumentHead()]) == ["a\n", ""]
    assert isinstance(PlainText(), TextFormatter)


@pytest.mark.parametrize("option", [{"width": 5}, {"images": "link"}, {"merged_cells": "x"}])
def test_an_unknown_value_of_an_option_is_refused(option):
    with pytest.raises(FormatError, match="allowed: "):
        PlainText(**option)
