from __future__ import annotations

import time
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tore_export.documents.columns import Cells
from tore_export.sources.html.table import cells_of_html


def texts(html: str) -> list[list[str]] | None:
    cells = cells_of_html(html)
    return None if cells is None else [[cell[0] for cell in row] for row in cells]


def test_cells_headers_and_spans_are_read() -> None:
    html = (
        '<table border="1"><thead><tr><td colspan="2">a</td></tr></thead>'
        "<tr><th rowspan=2>b</th><td>c</td></tr><tr><td>d</td></tr></table>"
    )
    assert cells_of_html(html) == [
        [("a", 1, 2, True)],
        [("b", 2, 1, True), ("c", 1, 1, False)],
        [("d", 1, 1, False)],
    ]


def test_white_space_is_that_of_html() -> None:
    assert texts("<table><tr><td>\n a  b\t\n</td><td>c&nbsp; d</td></tr></table>") == [
        ["a b", "c\xa0 d"]
    ]
    assert texts("<table><tr><td>a<br/> b<p>c</p>d</td></tr></table>") == [["a\nb\nc\nd"]]
    assert texts("<table><tr><td><ul><li>a</li><li><b>b</b> c</li></ul></td></tr></table>") == [
        ["a\nb c"]
    ]


def test_entities_are_their_characters() -> None:
    assert texts("<table><tr><td>1 &lt; 2 &amp;amp; &#65;&#x42;</td></tr></table>") == [
        ["1 < 2 &amp; AB"]
    ]
    assert texts("<table><tr><td>a&lt;b&gt;</td><td>&NewLine;&Tab;</td></tr></table>") == [
        ["a<b>", ""]
    ]


def test_a_table_within_a_cell_is_part_of_its_text() -> None:
    html = "<table><tr><td>a <table><tr><td>b</td><td>c</td></tr></table> d</td><td>e</td></tr></table>"
    assert texts(html) == [["a\nb c\nd", "e"]]


def test_scripts_and_styles_say_nothing() -> None:
    assert texts("<table><tr><td>a<script>b</script><style>c</style></td></tr></table>") == [["a"]]


def test_a_row_span_of_zero_goes_to_the_end() -> None:
    html = "<table><tr><td rowspan=0>a</td><td>b</td></tr><tr><td>c</td></tr><tr><td>d</td></tr></table>"
    cells = cells_of_html(html)
    assert cells is not None
    assert cells[0][0] == ("a", 3, 1, False)


def test_what_is_left_open_is_read_as_a_browser_does() -> None:
    assert texts("<table><tr><td>a<td>b<tr><td>c") == [["a", "b"], ["c"]]


@pytest.mark.parametrize("html", ["", "no table", "<p>a</p>", "<tablé><tr><td>a</td></tr></tablé>"])
def test_html_without_a_table_is_none(html: str) -> None:
    assert cells_of_html(html) is None


def test_only_the_first_table_counts() -> None:
    assert texts("<table><tr><td>a</td></tr></table><table><tr><td>b</td></tr></table>") == [["a"]]


CELL_TEXT = st.text(st.sampled_from("ab<>&;#x1 \n\t\r\xa0é|\\\"'ampltnsq"), max_size=12)
ROWS = st.lists(st.lists(st.tuples(st.booleans(), CELL_TEXT), max_size=4), max_size=4)


@given(head=ROWS, body=ROWS, has_body=st.booleans(), quoted=st.booleans())
def test_the_fast_way_reads_what_the_parser_reads(
    head: list[list[tuple[bool, str]]],
    body: list[list[tuple[bool, str]]],
    has_body: bool,
    quoted: bool,
) -> None:
    def written(rows: list[list[tuple[bool, str]]]) -> str:
        return "".join(
            "<tr>"
            + "".join(
                f"<{tag}>{escape(text) if quoted else text.replace('<', '')}</{tag}>"
                for tag, text in (("th" if is_header else "td", text) for is_header, text in row)
            )
            + "</tr>\n"
            for row in rows
        )

    inner = (f"<thead>{written(head)}</thead>" if head else "") + (
        f"<tbody>{written(body)}</tbody>" if has_body else written(body)
    )
    # a comment makes the same table one for the parser
    assert cells_of_html(f"<table>{inner}</table>") == cells_of_html(
        f"<table>{inner}</table><!---->"
    )


def test_a_billion_laughs_are_cut_to_the_table() -> None:
    cells = cells_of_html(
        "<table>"
        + '<tr><td rowspan="1000000000" colspan="1000000000">ha</td></tr>' * 50
        + "</table>"
    )
    assert cells is None or sum(c[1] * c[2] for row in cells for c in row) < 1_000_000


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td>" * 1_000 + "x",
        "<table><tr><td>" * 100_000 + "x",
        "<div>" * 200_000 + "<table><tr><td>x</td></tr></table>",
        "<table>" + "<tr><td>x</td></tr>" * 10 + "<b>" * 100_000,
        "<table><tr><td>" + "x" * 21_000_000,
    ],
)
def test_nesting_without_end_costs_little_and_is_none(html: str) -> None:
    start = time.process_time()
    assert cells_of_html(html) is None
    assert time.process_time() - start < 2


@given(st.text(st.sampled_from("<>/tablerdh =\"'1&;!-\0\n"), max_size=80))
def test_any_text_is_a_table_or_none(html: str) -> None:
    for text in (html, f"<table><tr><td>{html}</td></tr></table>"):
        cells: Cells | None = cells_of_html(text)
        assert cells is None or all(isinstance(c[0], str) for row in cells for c in row)
