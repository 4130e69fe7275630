import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import CONTAINERS, FURNITURE, Kind
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


def element(kind, text="", **said):
    given = {name: said.pop(name) for name in ("parent", "id", "level", "page") if name in said}
    return Element(kind, text, meta=said, **given)


def span(start, end, kind, **said):
    return {"start": start, "end": end, "kind": kind, **said}


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
        Element(Kind.CHECKBOX, "f", level=0, meta={"checked": True}),
        Element(Kind.CHECKBOX, "g", level=0),
        item("h"),
        item("i\nj"),
    )
    assert shown == ("• a\n  b\n\n  9. c\n  10. d\n      e\n[x] f\n[ ] g\n• h\n• i\n  j")


def test_the_indentation_of_lists_can_be_chosen():
    shown = render(item("a\nb"), item("c", 1, ordered=True, number=1), list_indent=4)
    assert shown == "•   a\n    b\n    1.  c"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a", "• a"),
        ("3) a", "3. a"),
        ("b) a\nc", "b) a\n   c"),
        ("(iv) a", "(iv) a"),
        ("•", ""),
        ("", ""),
    ],
)
def test_an_items_own_mark_is_not_doubled(text, expected):
    assert render(item(text)) == expected
    assert render(item("first"), item(text)) == f"• first\n{expected}".rstrip().replace(
        "\n3.", "\n\n3."
    )


def test_blocks_lie_in_containers_as_they_do_in_the_document():
    shown = render(
        item("a", id="1"),
        Element(Kind.PARAGRAPH, "b\nc", parent="1"),
        Element(Kind.QUOTE, "q", id="2", parent="1"),
        item("d", None, parent="2", id="3"),
        Element(Kind.CODE, "x\n\n y", parent="3"),
        Element(Kind.TITLE, "t", level=1, parent="1"),
        item("e"),
        Element(Kind.PARAGRAPH, "f"),
    )
    assert shown == (
        "• a\n\n  b\n  c\n\n    q\n\n    • d\n\n          x\n\n           y\n\n  t\n\n• e\n\nf"
    )


def test_a_container_may_begin_with_another_block():
    cells = ((Cell("a"), Cell("1")), (Cell("b"), Cell("2")))
    shown = render(
        item("", id="1"),
        Element(Kind.TABLE, cells=cells, parent="1"),
        Element(Kind.QUOTE, "", id="2"),
        Element(Kind.CODE, "x", parent="2"),
        item(""),
        item("c"),
    )
    assert shown == "• a  1\n  b  2\n\n      x\n\n• c"


def test_a_definition_stands_below_its_terms():
    shown = render(
        Element(Kind.TERM, "bolt"),
        Element(Kind.TERM, "screw"),
        Element(Kind.DEFINITION, "holds\nthings", id="1"),
        Element(Kind.CODE, "x", parent="1"),
        Element(Kind.DEFINITION, "sits"),
        Element(Kind.TERM, "nut"),
        Element(Kind.DEFINITION, "turns"),
    )
    assert shown == (
        "bolt\nscrew\n    holds\n    things\n\n        x\n\n    sits\n\nnut\n    turns"
    )


def test_footnotes_have_their_label_and_references_brackets():
    shown = render(
        element(Kind.PARAGRAPH, "so1 it2", spans=[span(2, 3, "footnote", label="1")]),
        element(Kind.FOOTNOTE, "why\nnot", label="1", id="n"),
        element(Kind.PARAGRAPH, "more", parent="n"),
        element(Kind.FOOTNOTE, "2 told", label="2"),
        element(Kind.FOOTNOTE, "bare"),
    )
    assert shown == "so[1] it2\n\n[1] why\n    not\n\n    more\n\n2 told\n\nbare"


def test_of_formatted_text_the_words_are_written():
    spans = [
        span(0, 1, "strong"),
        span(2, 3, "link", url="https://a.org"),
        span(4, 7, "image", url="i.png"),
        span(8, 9, "math"),
        span(10, 13, "footnote", label="x"),
    ]
    text = "a b img c [1]"
    assert render(element(Kind.PARAGRAPH, text, spans=spans)) == text
    assert render(element(Kind.TITLE, text, spans=spans), images="skip") == "a b  c [1]"
    cells = ((Cell("so1"), Cell("b")),)
    rich = [{"row": 0, "place": 0, "spans": [span(2, 3, "footnote", label="1")]}]
    rich += [{"row": 9, "place": 9, "spans": [span(0, 1, "footnote")]}, {"row": 0, "place": 1}]
    assert render(Element(Kind.TABLE, cells=cells, meta={"rich": rich})) == "so[1]  b"


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
    cells = ((Cell("a", col_span=2, header=True),), (Cell("b"), Cell("c")))
    merged = Element(Kind.TABLE, cells=cells)
    assert render(merged) == "a\n-  -\nb  c"
    assert render(merged, merged_cells="repeat") == "a  a\n-  -\nb  c"


def test_code_quotations_and_the_rest_are_set_apart_by_space():
    shown = render(
        Element(Kind.CODE, "\nx:\n\n  y\n"),
        Element(Kind.QUOTE, "q\nr"),
        Element(Kind.RULE),
        Element(Kind.FORMULA, "f", meta={"latex": "$$x^2$$"}),
        Element(Kind.IMAGE, "ocr", meta={"alt": "an image"}),
        Element(Kind.RAW, "\n raw\n"),
        Element(Kind.CODE, " "),
        Element(Kind.QUOTE, " "),
        Element(Kind.PAGE_NUMBER, "3"),
        Element(Kind.KEY_VALUE, "key: value\nother: 1"),
        Element(Kind.KEY_VALUE, meta={"pairs": [["k", "v"], ["l", "w"]]}),
    )
    assert shown == (
        "    x:\n\n      y\n\n  q\n  r\n\n* * *\n\nx^2\n\nan image\n\n raw\n\nkey: value\nother: 1\n\n"
        "k: v\nl: w"
    )


def test_images_and_furniture_are_written_as_asked():
    page = [Element(Kind.IMAGE, "i"), Element(Kind.HEADER, "h"), Element(Kind.PAGE_BREAK)]
    assert render(*page) == render(*page, images="link") == "i"
    assert render(*page, images="skip", include_furniture=True) == "h\n\n\f"
    assert render(Element(Kind.NOTE, "n"), include_furniture=True) == "n"


def test_pages_may_be_marked_by_a_form_feed_or_a_line():
    pages = [
        Element(Kind.PARAGRAPH, "a", page=1),
        Element(Kind.PAGE_BREAK, page=1),
        Element(Kind.LIST_ITEM, "b", page=2),
        Element(Kind.LIST_ITEM, "c", page=3),
        Element(Kind.TITLE, "d", level=1, page=3),
    ]
    assert render(*pages) == "a\n\n• b\n• c\n\n\nd"
    assert render(*pages, page_marks="comment", include_furniture=True) == (
        "a\n\n\f\n\n• b\n• c\n\n\f\n\nd"
    )
    assert render(*pages, page_marks="rule") == (
        "— page 1 —\n\na\n\n— page 2 —\n\n• b\n• c\n\n— page 3 —\n\nd"
    )


def test_blank_lines_in_a_text_become_one():
    assert render(Element(Kind.PARAGRAPH, " a\r\n \n\n\tb\rc ")) == "a\n\nb\nc"


def test_running_text_has_paragraphs_only():
    cells = ((Cell("a"), Cell("b")), (Cell(""), Cell("c")))
    shown = render(
        Element(Kind.TITLE, "T", level=1),
        item("- i", id="1"),
        Element(Kind.PARAGRAPH, "p", parent="1"),
        Element(Kind.TABLE, cells=cells),
        Element(Kind.CODE, "x"),
        Element(Kind.QUOTE, "q"),
        Element(Kind.RULE),
        Element(Kind.TERM, "t"),
        Element(Kind.DEFINITION, "d"),
        element(Kind.FOOTNOTE, "n", label="1"),
        Element(Kind.CHECKBOX, "c"),
        preserve_structure=False,
    )
    assert shown == "T\n\ni\n\np\n\na, b\nc\n\nx\n\nq\n\nt\n\nd\n\n[1] n\n\nc"


def test_lines_are_broken_to_the_width_and_keep_their_margin():
    words = "one two three four five six seven"
    shown = render(
        Element(Kind.PARAGRAPH, words), item(words), Element(Kind.QUOTE, words), line_width=22
    )
    assert shown == (
        "one two three four\nfive six seven\n\n• one two three four\n  five six seven\n\n"
        "  one two three four\n  five six seven"
    )


def test_a_table_in_an_item_is_as_narrow_as_its_place():
    cells = ((Cell("Item", header=True), Cell("Use", header=True)), (Cell("a"), Cell("b " * 12)))
    shown = render(item("x", id="1"), Element(Kind.TABLE, cells=cells, parent="1"), line_width=22)
    assert shown == (
        "• x\n\n  Item  Use\n  ----  --------------\n  a     b b b b b b b\n        b b b b b"
    )


def test_cells_of_several_lines_stand_beside_each_other():
    cells = ((Cell("a\nb"), Cell("c\nd")),)
    assert render(Element(Kind.TABLE, cells=cells)) == "a  c\nb  d"


def test_items_below_the_deepest_list_are_paragraphs_there():
    deep = [item(f"i{n}", n, id=str(n), parent=str(n - 1) if n else None) for n in range(30)]
    shown = render(*deep)
    assert all(f"i{n}" in shown for n in range(30))
    assert max(len(line) - len(line.lstrip()) for line in shown.split("\n")) < 30
    lettered = [item(f"a) i{n}", n, id=str(n), parent=str(n - 1) if n else None) for n in range(30)]
    assert render(*lettered).count("a) i") == 30


# Properties of every document

words = st.text(st.sampled_from("abcé表。-1|*# "), min_size=1, max_size=12)
cells = st.lists(
    st.lists(
        st.builds(Cell, words, st.integers(1, 2), st.integers(1, 2), st.booleans()), max_size=3
    ),
    min_size=1,
    max_size=3,
)


@st.composite
def documents(draw):
    found, containers = [], [None]
    for number in range(draw(st.integers(0, 8))):
        kind = draw(st.sampled_from([kind for kind in Kind if kind not in FURNITURE]))
        containers = containers[: draw(st.integers(1, len(containers)))]
        parent = containers[-1]
        identity = str(number)
        rows = draw(cells) if kind == Kind.TABLE else None
        level = draw(st.integers(1, 3)) if kind == Kind.TITLE else None
        text = "" if kind in (Kind.TABLE, Kind.RULE) else draw(words)
        found.append(
            Element(
                kind,
                text,
                id=identity,
                level=level,
                parent=parent,
                cells=None if rows is None else tuple(map(tuple, rows)),
                # told whether it is ordered, a formatter takes no bullet out of the text
                meta={"ordered": draw(st.booleans())},
            )
        )
        if kind in CONTAINERS:
            containers.append(identity)
    return found


def said(document):
    """Return every character a document says, in order, but white space."""
    parts = []
    for one in document:
        parts.append(one.text)
        parts += [cell.text for row in one.cells or () for cell in row]
    return "".join("".join(parts).split())


def is_within(needle, text):
    stream = iter(text)
    return all(character in stream for character in needle)


@settings(max_examples=300, deadline=None)
@given(documents(), st.booleans(), st.sampled_from([None, 4]))
def test_every_word_is_there_in_order(document, structured, list_indent):
    shown = render(*document, preserve_structure=structured, list_indent=list_indent)
    assert is_within(said(document), shown)


@settings(max_examples=300, deadline=None)
@given(documents(), st.integers(20, 50), st.booleans())
def test_breaking_lines_changes_white_space_only_and_keeps_the_width(document, width, structured):
    document = [one for one in document if one.kind != Kind.TABLE]
    options = {"preserve_structure": structured}
    wide, narrow = render(*document, **options), render(*document, line_width=width, **options)
    assert "".join(narrow.split()) == "".join(wide.split())
    if len(document) < 4 and width >= 40:  # so that the longest word fits wherever it lies
        assert all(width_of(line) <= width for line in narrow.split("\n"))


@settings(max_examples=200, deadline=None)
@given(cells, st.integers(20, 40), st.sampled_from(["blank", "repeat"]))
def test_every_cell_is_drawn_at_any_width(rows, width, merged_cells):
    table = Element(Kind.TABLE, cells=tuple(map(tuple, rows)))
    shown = "".join(render(table, line_width=width, merged_cells=merged_cells).split())
    # two head rows that say the same of a column are one name
    texts_said = {cell.text for row in rows for cell in row}
    assert not Counter("".join("".join(texts_said).split())) - Counter(shown)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.builds(Element, st.sampled_from([Kind.PARAGRAPH, Kind.TITLE]), texts), max_size=4)
)
def test_any_text_keeps_the_width(document):
    wide, narrow = render(*document), render(*document, line_width=24)
    assert "".join(narrow.split()) == "".join(wide.split())
    assert all(width_of(line) <= 24 or " " not in line.strip() for line in narrow.split("\n"))


@settings(max_examples=100, deadline=None)
@given(documents(), documents())
def test_documents_do_not_know_of_each_other(one, other):
    apart = PlainText().render(ElementColumns.from_elements([one])) + PlainText().render(
        ElementColumns.from_elements([other])
    )
    assert PlainText().render(ElementColumns.from_elements([one, other])) == apart


def test_files_end_in_a_newline():
    columns = ElementColumns.from_elements([[Element(Kind.PARAGRAPH, "a")], []])
    assert PlainText().documents(columns, [DocumentHead(), DocumentHead()]) == ["a\n", ""]
    assert isinstance(PlainText(), TextFormatter)


@pytest.mark.parametrize(
    "option",
    [
        {"line_width": 5},
        {"list_indent": 99},
        {"images": "x"},
        {"merged_cells": "x"},
        {"page_marks": "x"},
    ],
)
def test_an_unknown_value_of_an_option_is_refused(option):
    with pytest.raises(FormatError, match="allowed: "):
        PlainText(**option)


def test_a_hundred_thousand_containers_within_each_other_are_written_in_time():
    deep = [
        Element(Kind.QUOTE, "q", id=str(n), parent=str(n - 1) if n else None)
        for n in range(100_000)
    ]
    start = time.process_time()
    assert render(*deep, line_width=40).count("q") == 100_000
    assert time.process_time() - start < 10
