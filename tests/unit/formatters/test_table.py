import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from tore_export.documents.element import Cell
from tore_export.errors import FormatError
from tore_export.formatters.table import (
    TABLE_STYLES,
    format_table,
    html_table,
    lines_of,
    pipe_table,
    table_form,
)

from .reading import read, texts, tidy


def cell(text, rows=1, columns=1, header=False):
    return (text, rows, columns, header)


def head(text, **spans):
    return cell(text, header=True, **spans)


def strong(row, place, end):
    return {"row": row, "place": place, "spans": [{"start": 0, "end": end, "kind": "strong"}]}


def test_clean_cells_are_written_as_they_are():
    assert pipe_table([[cell("a_b" if n else "x y") for n in range(2)]], [], "blank") == (
        "| x y | a_b |\n| --- | --- |"
    )


def test_empty_rows_and_columns_keep_their_place_between_pipes():
    cells = [[cell("a"), cell(""), cell("b")], [], [cell("c")]]
    assert pipe_table(cells, [], "blank") == (
        "| a |  | b |\n| --- | --- | --- |\n|  |  |  |\n| c |  |  |"
    )


def test_further_head_rows_are_rows_between_pipes():
    cells = [[head("a", columns=2)], [head("b"), head("c")], [cell("1"), cell("2")]]
    assert pipe_table(cells, ["left", "center"], "repeat") == (
        "| a | a |\n| :--- | :---: |\n| b | c |\n| 1 | 2 |"
    )


def test_formatted_cells_are_marked():
    cells = [[cell("a|b"), cell("*c*")]]
    assert pipe_table(cells, [], "blank", [strong(0, 0, 3)]) == (
        "| **a\\|b** | \\*c\\* |\n| --- | --- |"
    )


def test_a_callers_own_marks_are_used_for_every_cell_that_may_need_them():
    def mark(text, spans):
        return f"<{text.upper()}:{len(spans)}>"

    cells = [[cell("a]"), cell("b")]]
    assert pipe_table(cells, [], "blank", mark=mark).startswith("| <A]:0> | <B:0> |")
    rich = [strong(0, 0, 1)]
    assert pipe_table(cells, [], "blank", rich, mark).startswith("| <A]:1> | <B:0> |")


@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(st.lists(texts, min_size=n, max_size=n), min_size=1, max_size=4)
    )
)
def test_a_parser_reads_the_cells_back(rows):
    shown = pipe_table([[cell(text) for text in row] for row in rows], [], "blank")
    if shown:
        assert read(shown) == [("row", (), tuple(tidy(text) for text in row)) for row in rows]
    else:
        assert not "".join(map("".join, rows)).strip()


def test_blocks_in_cells_ask_for_html_and_nothing_else_does():
    block = {"row": 0, "place": 0, "html": "<ul><li>a</li></ul>"}
    assert table_form("auto", [strong(0, 0, 1)]) == "pipe"
    assert table_form("auto", [block]) == "html"
    assert table_form("pipe", [block]) == "pipe"
    assert table_form("html") == "html"


def test_a_table_in_html_says_what_is_head_and_nothing_more():
    rows = [[cell("a"), cell("b")], [cell("c"), cell("d")]]
    assert html_table(rows, []) == (
        "<table>\n<tbody>\n<tr><td>a</td><td>b</td></tr>\n<tr><td>c</td><td>d</td></tr>\n</tbody>\n"
        "</table>"
    )
    named_rows = [[head("a"), cell("b")]]
    assert html_table(named_rows, []) == (
        "<table>\n<tbody>\n<tr><th>a</th><td>b</td></tr>\n</tbody>\n</table>"
    )


def test_html_keeps_head_rows_spans_and_the_alignment_of_columns():
    cells = [
        [head("", rows=2), head("year", columns=2)],
        [head("1"), head("2")],
        [cell("x"), cell("3"), cell("4", rows=9)],
    ]
    assert html_table(cells, [None, "right", "center"]) == (
        "<table>\n<thead>\n"
        '<tr><th rowspan="2"></th><th colspan="2" align="right">year</th></tr>\n'
        '<tr><th align="right">1</th><th align="center">2</th></tr>\n'
        "</thead>\n<tbody>\n"
        '<tr><td>x</td><td align="right">3</td><td align="center">4</td></tr>\n'
        "</tbody>\n</table>"
    )


def test_a_head_that_reaches_into_the_body_has_no_part_of_its_own():
    cells = [[head("a", rows=2), head("b")], [cell("c")]]
    assert html_table(cells, []) == (
        '<table>\n<tbody>\n<tr><th rowspan="2">a</th><th>b</th></tr>\n<tr><td>c</td></tr>\n'
        "</tbody>\n</table>"
    )


def test_html_has_caption_formatted_cells_and_blocks_but_no_line_of_its_own_for_them():
    cells = [[head("a\nb"), head("c")], [cell("d"), cell("e")]]
    rich = [strong(0, 1, 1), {"row": 1, "place": 0, "html": "<p>d</p>\n\n<p>x</p>"}]
    assert html_table(cells, [], rich, "1 < 2") == (
        "<table>\n<caption>1 &lt; 2</caption>\n<thead>\n"
        "<tr><th>a<br>b</th><th><strong>c</strong></th></tr>\n</thead>\n<tbody>\n"
        "<tr><td><p>d</p> <p>x</p></td><td>e</td></tr>\n</tbody>\n</table>"
    )
    image = {"row": 0, "place": 0, "html": '<img src="a.png" alt="">'}
    assert 'src="a.png"' in html_table([[cell("")]], [], [image], images="link")


@given(st.lists(st.lists(texts, min_size=1, max_size=3), min_size=1, max_size=3))
def test_an_html_parser_reads_the_cells_back_and_no_line_is_blank(rows):
    shown = html_table([[cell(text) for text in row] for row in rows], [])
    lines = shown.split("\n")
    assert not shown or all(line.strip() for line in lines)
    page = LexborHTMLParser(shown.replace("<br>", "\n"))
    found = [[tidy(td.text()) for td in tr.css("td")] for tr in page.css("tr")]
    if shown:
        assert found == [[tidy(text) for text in row] for row in rows]


def test_running_text_has_a_line_a_row_without_what_is_blank():
    cells = [[cell("a\nb"), cell(""), cell("c")], [cell(" ")], [cell("d")]]
    assert lines_of(cells, "blank") == "a b, c\nd"


SALES = [["Item", "n"], ["bolt", 12], [None, "1,5"]]


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("markdown", "S\n\n| Item | n |\n| --- | --- |\n| bolt | 12 |\n|  | 1,5 |"),
        ("plain", "S\n\nItem    n\n----  ---\nbolt   12\n      1,5"),
        ("records", "S\n\nItem: bolt\nn: 12\n\nItem:\nn: 1,5"),
        ("csv", 'Item,n\nbolt,12\n,"1,5"'),
        ("lines", "S\n\nItem, n\nbolt, 12\n1,5"),
    ],
)
def test_one_table_in_every_style(style, expected):
    assert format_table(SALES, style, caption="S") == expected


def test_a_template_may_have_cells_of_any_sort():
    row = ["a", cell("b"), Cell("c"), {"text": "d", "header": True}, {"text": None}, 5, None]
    assert format_table([row], "csv") == "a,b,c,d,,5,"
    assert "<caption>x</caption>" in format_table([row], "html", caption="x")
    rich = [{"row": 0, "place": 0, "html": "<p>a</p>"}]
    assert format_table([row], rich=rich).startswith("<table>")
    assert "## " not in format_table([row], caption="## x").replace("\\#", "")


def test_merged_cells_stand_once_but_in_each_record():
    cells = [["a", {"text": "b", "col_span": 2}], ["c", "d", "e"]]
    assert format_table(cells).startswith("| a | b |  |")
    assert format_table(cells, "csv") == "a,b,b\nc,d,e"
    assert format_table(cells, "csv", merged_cells="blank") == "a,b,\nc,d,e"


def test_an_unknown_style_or_value_is_refused():
    with pytest.raises(FormatError, match="records"):
        format_table([], "record")
    with pytest.raises(FormatError, match="repeat"):
        format_table([], merged_cells="again")


@pytest.mark.parametrize("style", TABLE_STYLES)
def test_a_table_without_words_is_nothing(style):
    assert format_table([[""], [" "]], style) == ""


@pytest.mark.parametrize("style", TABLE_STYLES)
def test_a_hostile_table_is_written_in_time(style):
    wide = [[cell("x1")] * 500 for _ in range(400)]
    spanned = [[cell("a", columns=10**9), cell("b", rows=10**9)]]
    start = time.process_time()
    assert len(format_table(wide, style)) > 400 * 500
    assert len(format_table(spanned, style)) < 200
    assert time.process_time() - start < 5
