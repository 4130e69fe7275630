from __future__ import annotations

import time

import pytest

from tests.unit.sources.html.pages import elements, one, shown
from tore_export.sources.html.clean import clean_html
from tore_export.sources.html.pieces import pieces_of
from tore_export.sources.unit import Limits


def texts(html: str) -> list[list[str]]:
    return [[cell.text for cell in row] for row in one(html).cells or ()]


def test_a_table_has_its_cells_headers_spans_and_caption() -> None:
    found = one(
        "<table><caption>C <b>d</b></caption><thead><tr><td colspan=2>a</thead>"
        "<tr><th rowspan=2>b<td>c<tr><td>d</table>"
    )
    assert found.meta == {"caption": "C d"}
    assert [[tuple(getattr(c, n) for n in c.__slots__) for c in r] for r in found.cells or ()] == [
        [("a", 1, 2, True)],
        [("b", 2, 1, True), ("c", 1, 1, False)],
        [("d", 1, 1, False)],
    ]


def test_formatting_in_a_cell_is_told_of_that_cell() -> None:
    found = one(
        "<table border=1><tr><td>a<td>b <i>c</i><br><br>d<tr><td><img src=e.png alt=f></table>"
    )
    assert texts("<table border=1><tr><td>a<td>b<br>c</table>") == [["a", "b\nc"]]
    assert found.meta == {
        "rich": [
            {
                "row": 0,
                "place": 1,
                "html": "b <em>c</em><br><br>d",
                "spans": [
                    {"start": 2, "end": 3, "kind": "emphasis"},
                    {"start": 3, "end": 4, "kind": "break"},
                ],
            },
            {
                "row": 1,
                "place": 0,
                "spans": [{"start": 0, "end": 1, "kind": "image", "url": "e.png"}],
            },
        ]
    }
    assert one("<table><tr><td>a<td>b<br>c</table>").meta == {}


def test_blocks_in_a_cell_are_clean_html_and_its_text_a_line_each() -> None:
    found = one(
        "<table><tr><th>a<td><p class=x>b<h2>c</h2><ul><li>d<pre>\n e\n f</pre></ul>"
        "<table><tr><td>g<td>h<tr><td>i</table><hr><dl><dt>j<dd>k</dl></table>"
    )
    assert found.cells is not None
    assert found.cells[0][1].text == "b\nc\nd\n e\n f\ng h\ni\nj\nk"
    assert found.meta["rich"][0]["html"] == (
        "<p>b</p><p>c</p><ul><li>d<pre> e&#10; f</pre></li></ul><table><tbody><tr><td>g</td><td>h</td>"
        "</tr><tr><td>i</td></tr></tbody></table><p>j</p><p>k</p>"
    )


def test_columns_are_aligned_as_their_cells_say() -> None:
    html = (
        "<table><thead><tr><th align=center>a<th align=left>b<th>c<th align=right>d"
        "<tbody><tr><td align=left>1<td style='text-align: right'>2<td>3<td align=right>4"
        "<tr><td align=left>1<td style='text-align:right'>2<td align=left>3<td>4"
        "<tr><td colspan=4>5</table>"
    )
    assert one(html).meta == {"align": ["left", "right", None, None]}
    assert one("<table><tr><th align=center>a<tr><td rowspan=2>b<tr></table>").meta == {}
    assert one("<table><tr><th align=center>a</table>").meta == {"align": ["center"]}


@pytest.mark.parametrize(
    "html",
    [
        "<table role=presentation><tr><td>a<td>b</table>",
        "<table role=none><thead><tr><td>a</thead><tr><td>b</table>",
        "<table><tr><td><p>a</p><p>b</p></table>",
        "<table border=0><tr><td rowspan=2><p>a</p><th>b</table>",
        "<table><tr><td>a<td><table><tr><td><table><tr><td><p>b</table></table></table>",
        "<table><tr><td><script>'<td>'</script>a<td><div>b</div><h2></h2></table>",
    ],
)
def test_a_table_that_lays_out_the_page_is_read_as_its_content(html: str) -> None:
    assert shown(html) == [("PARAGRAPH", "a"), ("PARAGRAPH", "b")]


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td>a</table>",
        "<table border=1><tr><td><p>a<p>b</table>",
        "<table><tr><th>a<td><table><tr><td>b</table></table>",
        "<table><caption>a</caption><tr><td><h2>b</h2></table>",
        "<table><colgroup></colgroup><thead><tr><th>a</thead><tr><td><p>b</table>",
    ],
)
def test_a_table_with_head_caption_border_or_plain_cells_is_one(html: str) -> None:
    assert one(html).kind.name == "TABLE"


def test_a_list_in_a_table_that_lays_out_the_page_is_a_list() -> None:
    html = (
        "<table role=presentation><tr><td><ul><li>a</ul><table border=1><tr><td>b</table></table>c"
    )
    assert shown(html) == [("LIST_ITEM", "a"), ("TABLE", ""), ("PARAGRAPH", "c")]


def test_an_empty_table_is_none() -> None:
    assert shown("<table></table><table><tr><td><td> </table>") == []


def test_a_table_too_large_to_be_one_is_its_text_and_a_warning() -> None:
    rows = "".join(f"<tr><td colspan=900 rowspan=1000>{number}" for number in range(1_200))
    found = one(f"<table>{rows}<tr>{'<td>x' * 1000}</table>")
    assert found.cells is None
    assert found.text.startswith("0\n1\n2")


def test_a_span_of_a_billion_costs_nothing() -> None:
    begin = time.process_time()
    html = "<table><tr><td colspan=1000000000 rowspan=1000000000>a<td>b<tr><td>c</table>"
    assert texts(html) == [["a", "b"], ["c"]]
    assert time.process_time() - begin < 1


def test_the_html_of_a_table_is_kept_where_asked_for() -> None:
    found = one("<table class=x><tr><td>a</table>", Limits(keep_html=True))
    expected = '<table class="x"><tbody><tr><td>a</td></tr></tbody></table>'
    assert found.meta == {"html": expected}


def test_text_goes_on_after_a_table() -> None:
    assert [e.kind.name for e in elements("a<table><tr><td>b</table>c")] == [
        "PARAGRAPH",
        "TABLE",
        "PARAGRAPH",
    ]


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("a <b>b</b> <i>c</i> <s>d</s> <kbd>e</kbd><sub>f</sub>", "a <strong>b</strong> <em>c</em> "
         "<del>d</del> <code>e</code><sub>f</sub>"),
        ('<a href="b&amp;&quot;c" onclick="d">e</a>', '<a href="b&amp;&quot;c">e</a>'),
        ('<a name="b">c</a><a href="#d">e</a><a href="data:f">g</a>', "ceg"),
        ('<img src="a" alt="b&lt;" style="c">', '<img src="a" alt="b&lt;">'),
        ('<img src="data:image/png;base64,AA"><img>', ""),
        ('<ol start="3"><li>a</li></ol><ol start="x"></ol>', '<ol start="3"><li>a</li></ol><ol></ol>'),
        ('<td rowspan="2" colspan="0" id="a">b</td>', '<td rowspan="2" colspan="0">b</td>'),
        ("<div>a<div> b\n c</div>d</div>", "<p>a</p><p>b c</p><p>d</p>"),
        ("<b><p>a</p><p>b</p></b>", "<p><strong>a</strong></p><p><strong>b</strong></p>"),
        ("a<script>'<p>'</script>b<!-- <p> -->c<nav>d</nav><p> </p><blink>e</blink>", "abce"),
        ("<pre>a\n<br> <b>b</b></pre>", "<pre>a&#10;&#10; <strong>b</strong></pre>"),
        ("</p></b></li>a", "</li>a"),
        ("<x<y>a</x<y>b", "ab"),
        (f'<p class="{"x" * 300}">a</p>', "<p>a</p>"),
    ],
)  # fmt: skip
def test_clean_html_is_a_line_of_few_tags(html: str, clean: str) -> None:
    assert clean_html(pieces_of(html)) == clean
