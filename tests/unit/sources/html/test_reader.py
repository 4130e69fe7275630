from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.sources.html.pages import elements, page, shown
from tests.unit.sources.reading import read, rules
from tore_export.documents.columns import DocumentRows
from tore_export.documents.schema import CONTAINERS, Kind
from tore_export.errors import DocumentError
from tore_export.sources.builder import Builder
from tore_export.sources.head import Head
from tore_export.sources.html.reader import READER, append_fragment, append_page
from tore_export.sources.unit import Limits

PAGE = b"""<!DOCTYPE html>
<html lang="fr"><head><title>Pompes &amp;\n tuyaux</title>
<meta name="Author" content="A. Moreau"><meta property="article:published_time" content="2024-05-06">
</head><body><h1>Pompes</h1><p>Une pompe.</p></body></html>"""


def test_a_page_is_one_document_that_says_what_it_is(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "a.html", PAGE)
    assert row["title"] == "Pompes & tuyaux"
    assert row["language"] == "fr"
    assert row["created_at"] == "2024-05-06"
    assert row["meta"] == '{"author":"A. Moreau"}'
    assert [element.text for element in row["elements"]] == ["Pompes", "Une pompe."]


def test_a_compressed_page_is_read_and_so_are_many_of_them_in_small_tables(tmp_path: Path) -> None:
    for batch_rows in (1, 1000):
        (row,) = read(tmp_path, "a.htm.gz", gzip.compress(PAGE), batch_rows=batch_rows)
        assert row["title"] == "Pompes & tuyaux"


def test_a_page_that_says_nothing_is_a_document_without_elements(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "a.html", b"<html></html>")
    assert (row["title"], row["language"], row["meta"], row["elements"]) == (None, None, None, [])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a", b"<!DOCTYPE html><p>a"),
        ("a.txt", b"\n<!-- by hand -->\n<!doctype HTML PUBLIC '-//W3C//DTD HTML 4.01//EN'>"),
        ("a", b'<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml">'),
        ("a.md", b"<html><body>"),
        ("a", b"<div class=a>text"),
        ("a.html", b"just words"),
        ("a.html", b"<x-card>words</x-card>"),
        ("b/a.HTML.zst", b"  words <b>"),
    ],
)
def test_a_page_is_told_by_its_first_tag_or_its_name(name: str, data: bytes) -> None:
    assert READER.recognises(Head(name, data))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.md", b"<div align=center>\n\n# Read me"),
        ("a.xml", b'<?xml version="1.0"?><feed><entry/></feed>'),
        ("a.svg", b"<svg><text>a</text></svg>"),
        ("a", b"<unknown>"),
        ("a", b"words <b>"),
        ("a.html", b'{"elements": []}'),
        ("a.html", b"%PDF-1.7"),
        ("a.html", b""),
    ],
)
def test_what_is_no_page_is_left_to_other_readers(name: str, data: bytes) -> None:
    assert not READER.recognises(Head(name, data))


@pytest.mark.parametrize(
    "data",
    [
        b'<meta charset="latin1"><p>caf\xe9',
        b'<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1"><p>caf\xe9',
        b'<?xml version="1.0" encoding="iso-8859-1"?><html><p>caf\xe9',
        "<meta charset=koi8-r><p>café".encode(),
        "<p>café".encode("utf-16"),
    ],
)
def test_the_encoding_is_utf_8_or_else_the_one_a_page_declares(data: bytes) -> None:
    rows = DocumentRows(0)
    append_page(data, Builder(rows.elements, Limits()), Limits())
    assert rows.elements.texts == ["café"]


def test_other_bytes_are_refused(tmp_path: Path) -> None:
    assert rules(read(tmp_path, "a.html", b"<!doctype html><p>caf\xe9")) == ["not_utf8"]
    declared = b"<!doctype html><meta charset=klingon><p>\xe9"
    assert rules(read(tmp_path, "b.html", declared)) == ["unknown_encoding"]


def test_a_fragment_goes_where_it_is_told() -> None:
    rows = DocumentRows(0)
    build = Builder(rows.elements, Limits())
    item = build.add(Kind.LIST_ITEM, "a", level=0)
    append_fragment("<p>b<ul><li>c</ul>", build, Limits(), item, 1)
    rows.elements.counts.append(len(build))
    assert [
        (e.kind.name, e.text, e.level, e.parent) for e in rows.elements.to_elements()[0][1:]
    ] == [
        ("PARAGRAPH", "b", None, "0"),
        ("LIST_ITEM", "c", 1, "0"),
    ]


def test_entities_are_characters_and_comments_nothing() -> None:
    assert shown(
        "<p>1 &lt; 2 &amp;amp; &eacute;&#x20ac;<!-- a > <p> b -->!<!---->?<p>&nope; &"
    ) == [
        ("PARAGRAPH", "1 < 2 &amp; é€!?"),
        ("PARAGRAPH", "&nope; &"),
    ]


def test_controls_that_mark_places_in_a_line_are_no_text() -> None:
    assert shown("<p>a\x01b<b>c</b>") == [("PARAGRAPH", "abc")]


def test_what_is_left_open_is_read_as_a_browser_does() -> None:
    assert shown("<p>a<p>b<ul><li>c<li>d</ul><table><tr><td>e<td>f") == [
        ("PARAGRAPH", "a"),
        ("PARAGRAPH", "b"),
        ("LIST_ITEM", "c"),
        ("LIST_ITEM", "d"),
        ("TABLE", ""),
    ]
    assert shown("<h2>Title<p>text") == [("TITLE", "Title"), ("PARAGRAPH", "text")]
    assert shown("<p>a<b<c d<e=f>g</p><p>h") == [("PARAGRAPH", "ag"), ("PARAGRAPH", "h")]


def test_an_element_too_many_is_refused() -> None:
    with pytest.raises(DocumentError) as caught:
        elements("<p>a<p>b<p>c", Limits(max_elements=2))
    assert caught.value.rule == "too_many_elements"


TAGS = """a b i p div ul ol li dl dt dd table tr td th caption pre code blockquote h1 h3 br hr img
input figure figcaption section main header footer nav math script svg select q xmp details"""
NAMES = st.sampled_from(TAGS.split())
TOKENS = st.one_of(
    st.builds("<{}>".format, NAMES),
    st.builds("</{}>".format, NAMES),
    st.sampled_from(
        ["a", " ", "\n", "語", "&lt;", "<!--", "-->", "<", ">", '<a href="b">', "\x01"]
    ),
    st.sampled_from(
        ['<input type="checkbox">', "<td rowspan=0 colspan=3 align=right>", "<p hidden>"]
    ),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(TOKENS, max_size=40).map("".join))
def test_whatever_the_tags_elements_nest_and_spans_lie_in_their_text(html: str) -> None:
    found = elements(html, Limits(keep_images=True, keep_html=True))
    open_containers: list[str] = []
    by_id = {element.id: element for element in found}
    for element in found:
        parent = by_id.get(element.parent) if element.parent else None
        if element.kind is Kind.CAPTION and parent and parent.kind not in CONTAINERS:
            parent = by_id.get(parent.parent) if parent.parent else None
        while open_containers and (parent is None or open_containers[-1] != parent.id):
            open_containers.pop()
        # a parent is still open, or it is not a container
        assert parent is None or open_containers[-1:] == [parent.id]
        if element.kind in CONTAINERS:
            open_containers.append(str(element.id))
        texts = [(element.text, element.meta.get("spans", []))]
        rich = element.meta.get("rich", [])
        cells = element.cells or ()
        texts += [(cells[c["row"]][c["place"]].text, c.get("spans", [])) for c in rich]
        for text, spans in texts:
            ends: list[int] = []
            for span in spans:
                assert 0 <= span["start"] <= span["end"] <= len(text)
                while ends and ends[-1] <= span["start"]:
                    ends.pop()
                assert not ends or span["end"] <= ends[-1]
                ends.append(span["end"])
        for cell in rich:
            assert "\n" not in cell.get("html", "")
        assert "\0" not in element.text
        assert "\x01" not in element.text


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["<b>", "</b>", "<i>", "</i>", " x", "y ", "\n", "<br>", "z"])))
def test_every_letter_of_a_line_is_kept_in_its_order(tokens: list[str]) -> None:
    text = "".join(element.text for element in elements(page("".join(tokens))))
    letters = "".join(token.strip() for token in tokens if "<" not in token)
    assert "".join(text.split()) == letters
