import json

import pytest

from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.errors import FormatError
from tore_export.formatters.formatter import DocumentHead, Formatter, TextFormatter
from tore_export.formatters.jsonl import JsonLines

MANUAL = [
    Element(Kind.PARAGRAPH, "Before.", id="p0", page=1),
    Element(Kind.TITLE, "Install", id="t1", level=1, page=1),
    Element(Kind.PARAGRAPH, "Do it.", id="p1", page=2),
    Element(Kind.PAGE_NUMBER, "2", id="n", page=2),
    Element(Kind.TITLE, "On\nLinux", id="t2", level=2, page=2),
    Element(Kind.LIST_ITEM, "üb", page=4),
    Element(Kind.LIST_ITEM, "b", id="l2", page=3),
    Element(Kind.TITLE, "Use", level=1),
]


def lines(*documents, heads=None, count=None, **options):
    heads = heads or [DocumentHead(f"d{n}", f"Title {n}") for n in range(len(documents))]
    columns = ElementColumns.from_elements(documents)
    files = JsonLines(**options).documents(columns, heads, count)
    return [[json.loads(line) for line in file.splitlines()] for file in files]


def test_a_line_is_a_section_with_the_titles_above_it():
    (found,) = lines(MANUAL, count=lambda texts: [len(text) for text in texts])
    assert [(line["text"], line["metadata"]["section"]) for line in found] == [
        ("Before.", []),
        ("# Install\n\nDo it.", ["Install"]),
        ("## On Linux\n\n- üb\n- b", ["Install", "On Linux"]),
        ("# Use", ["Use"]),
    ]
    assert found[2]["metadata"] == {
        "doc_id": "d0",
        "title": "Title 0",
        "section": ["Install", "On Linux"],
        "pages": [2, 3, 4],
        "element_ids": ["t2", "l2"],
        "kinds": ["title", "list_item", "list_item"],
        "n_tokens": 21,
    }
    assert found[1]["metadata"]["kinds"] == ["title", "paragraph"]  # what is left out is not named


def test_a_title_within_a_quotation_or_an_item_begins_no_section():
    elements = [
        Element(Kind.TITLE, "Said", id="t", level=1),
        Element(Kind.QUOTE, "", id="q", parent="t"),
        Element(Kind.TITLE, "Inside", level=2, parent="q"),
        Element(Kind.PARAGRAPH, "words", parent="q"),
        Element(Kind.TITLE, "After", level=2, parent="t"),
    ]
    (found,) = lines(elements)
    assert [line["metadata"]["section"] for line in found] == [["Said"], ["Said", "After"]]
    assert found[0]["metadata"]["kinds"][:1] == ["title"]


def test_without_a_counter_the_number_of_tokens_is_null():
    assert lines(MANUAL)[0][0]["metadata"]["n_tokens"] is None


def test_a_line_can_be_the_whole_document():
    (found,) = lines(MANUAL, lines="document")
    assert len(found) == 1
    assert found[0]["text"].startswith("Before.\n\n# Install\n\nDo it.\n\n## On Linux\n\n- üb\n- b")
    assert found[0]["metadata"]["section"] == []
    assert len(found[0]["metadata"]["kinds"]) == 7


def test_a_line_can_be_an_element_within_its_section():
    (found,) = lines(MANUAL, lines="element", content="plaintext")
    assert [line["text"] for line in found] == [
        *("Before.", "Install", "Do it.", "On\nLinux", "• üb", "• b", "Use"),
    ]
    assert [line["metadata"]["section"] for line in found][4] == ["Install", "On Linux"]


def test_sections_join_to_the_document_whatever_the_line_is():
    (sections,), (whole,) = lines(MANUAL), lines(MANUAL, lines="document")
    assert "\n\n".join(line["text"] for line in sections) == whole[0]["text"]


def test_documents_do_not_mix_and_an_empty_one_has_no_lines():
    found = lines([Element(Kind.TITLE, "A")], [], [Element(Kind.PARAGRAPH, "b")])
    assert [len(document) for document in found] == [1, 0, 1]
    assert found[2][0]["metadata"]["section"] == []
    assert found[2][0]["metadata"]["doc_id"] == "d2"


def test_the_options_are_those_of_the_content():
    title = Element(Kind.TITLE, "A", level=1)
    (found,) = lines([title, Element(Kind.HEADER, "h")], heading_offset=2, include_furniture=True)
    assert found[0]["text"] == "### A\n\nh"


def test_each_line_ends_in_a_newline_and_is_utf8_as_it_is():
    columns = ElementColumns.from_elements([[Element(Kind.PARAGRAPH, "ü\u2028")]])
    (file,) = JsonLines().documents(columns, [DocumentHead()])
    assert file.endswith("}\n")
    assert "ü\u2028" in file
    assert isinstance(JsonLines(), Formatter)
    assert not isinstance(JsonLines(), TextFormatter)


def test_lines_of_chunks_need_a_number_of_tokens():
    with pytest.raises(FormatError, match="lines of chunks need max_tokens"):
        lines(MANUAL, lines="chunk")


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ({"lines": "sections"}, "did you mean section"),
        ({"content": "html"}, "allowed: markdown, plaintext"),
        ({"flavor": "x"}, "allowed: github, commonmark"),
    ],
)
def test_an_unknown_value_of_an_option_is_refused(option, said):
    with pytest.raises(FormatError, match=said):
        JsonLines(**option)
