import pytest

from tore_export.formatters.table import (
    grid_of,
    header_rows,
    html_table,
    lines_of,
    pipe_table,
)


def cell(text, rows=1, columns=1, header=False):
    return (text, rows, columns, header)


def test_cells_move_right_of_those_that_reach_down_to_their_row():
    cells = [[cell("a", rows=2), cell("b")], [cell("c")], [cell("d"), cell("e")]]
    assert grid_of(cells, "blank") == [["a", "b"], ["", "c"], ["d", "e"]]
    assert grid_of(cells, "repeat") == [["a", "b"], ["a", "c"], ["d", "e"]]


def test_spans_of_zero_or_less_are_one():
    assert grid_of([[cell("a", rows=0, columns=-3), cell("b")]], "repeat") == [["a", "b"]]


@pytest.mark.parametrize("merged_cells", ["blank", "repeat"])
def test_a_span_that_would_blow_the_table_up_is_left_unread(merged_cells):
    cells = [[cell("a", columns=10**9), cell("b")]]
    assert grid_of(cells, merged_cells) == [["a", "b"]]


def test_a_long_text_is_not_repeated_ten_thousand_times():
    cells = [[cell("long " * 2_000, columns=5_000)]]
    assert sum(len(text) for row in grid_of(cells, "repeat") for text in row) == 10_000


def test_rows_are_padded_unless_that_would_blow_the_table_up():
    assert grid_of([[cell("a")], [cell("b"), cell("c")]], "blank") == [["a", ""], ["b", "c"]]
    ragged = grid_of([[cell("a")] * 2 for _ in range(500)] + [[cell("b")] * 10_000], "blank")
    assert [len(row) for row in ragged] == [10_000, *[2] * 499, 10_000]


def test_the_head_is_the_marked_rows_else_the_first():
    assert header_rows([[cell("a")], [cell("b")]]) == 1
    assert header_rows([[cell("a", header=True)], [cell("b", header=True)], [cell("c")]]) == 2
    assert (
        header_rows([[cell("a", header=True), cell("")], [cell("b", header=True), cell("c")]]) == 1
    )
    assert header_rows([[cell("a", header=True), cell("b")]]) == 0
    assert header_rows([[cell("a", header=True)]]) == 1


def test_a_table_without_head_has_none_in_html():
    cells = [[cell("a", header=True), cell("b")]]
    assert (
        html_table(cells, [])
        == "<table>\n<tbody>\n<tr><th>a</th><td>b</td></tr>\n</tbody>\n</table>"
    )


def test_clean_cells_are_written_as_they_are():
    assert pipe_table([[cell("a_b" if n else "x y") for n in range(2)]], [], "blank") == (
        "| x y | a_b |\n| --- | --- |"
    )


def test_running_text_has_a_line_a_row_without_what_is_blank():
    cells = [[cell("a\nb"), cell(""), cell("c")], [cell(" ")], [cell("d")]]
    assert lines_of(cells, "blank") == "a b, c\nd"
