import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tore_export.formatters.grid import (
    are_numbers,
    column_starts,
    grid_of,
    header_rows,
    looks_like_head,
    with_texts,
)


def cell(text, rows=1, columns=1, header=False):
    return (text, rows, columns, header)


def head(text):
    return cell(text, header=True)


def test_cells_move_right_of_those_that_reach_down_to_their_row():
    cells = [[cell("a", rows=2), cell("b")], [cell("c")], [cell("d"), cell("e")]]
    assert grid_of(cells, "blank") == [["a", "b"], ["", "c"], ["d", "e"]]
    assert grid_of(cells, "repeat") == [["a", "b"], ["a", "c"], ["d", "e"]]


def test_a_block_of_merged_cells_covers_all_its_places():
    cells = [[cell("a", 2, 2), cell("b")], [cell("c")], [cell("d", columns=3)]]
    assert grid_of(cells, "repeat") == [["a", "a", "b"], ["a", "a", "c"], ["d", "d", "d"]]
    assert grid_of(cells, "blank") == [["a", "", "b"], ["", "", "c"], ["d", "", ""]]


def test_where_two_cells_claim_a_place_the_upper_one_has_it():
    cells = [[cell("a"), cell("b", rows=2)], [cell("c", columns=3)], [cell("d")]]
    assert grid_of(cells, "repeat") == [["a", "b", ""], ["c", "b", "c"], ["d", "", ""]]


def test_a_row_may_consist_of_what_reaches_down_into_it():
    cells = [[cell("a"), cell("b", rows=3)], [], [cell("c")]]
    assert grid_of(cells, "repeat") == [["a", "b"], ["", "b"], ["c", "b"]]


def test_spans_of_zero_or_less_are_one_and_none_reaches_below_the_table():
    assert grid_of([[cell("a", rows=0, columns=-3), cell("b")]], "repeat") == [["a", "b"]]
    assert grid_of([[cell("a", rows=9)], [cell("b")]], "repeat") == [["a", ""], ["a", "b"]]


@pytest.mark.parametrize("merged_cells", ["blank", "repeat"])
def test_a_span_that_would_blow_the_table_up_is_left_unread(merged_cells):
    cells = [[cell("a", columns=10**9), cell("b")]]
    assert grid_of(cells, merged_cells) == [["a", "b"]]
    assert column_starts(cells) is None


def test_a_long_text_is_not_repeated_ten_thousand_times():
    cells = [[cell("long " * 2_000, columns=5_000)]]
    assert sum(len(text) for row in grid_of(cells, "repeat") for text in row) == 10_000


def test_rows_are_padded_unless_that_would_blow_the_table_up():
    assert grid_of([[cell("a")], [cell("b"), cell("c")]], "blank") == [["a", ""], ["b", "c"]]
    ragged = grid_of([[cell("a")] * 2 for _ in range(500)] + [[cell("b")] * 10_000], "blank")
    assert [len(row) for row in ragged] == [10_000, *[2] * 499, 10_000]


def test_a_table_that_says_nothing_has_no_grid():
    assert grid_of([[cell(" "), cell(None)], []], "blank") == []


spans = st.integers(1, 4)
tables = st.lists(
    st.lists(st.tuples(st.sampled_from("abc"), spans, spans, st.booleans()), max_size=4),
    min_size=1,
    max_size=5,
)


@given(tables)
def test_every_text_stands_once_in_the_grid_at_the_column_its_cell_begins_in(cells):
    rows = grid_of(cells, "blank")
    starts = column_starts(cells) or [list(range(len(row))) for row in cells]
    hidden = 0
    for at, row in enumerate(cells):
        for column, (text, *_) in zip(starts[at], row, strict=True):
            hidden += rows[at][column] != text
    assert not hidden
    assert len({len(row) for row in rows}) <= 1
    said = sorted(text for row in rows for text in row if text)
    assert said == sorted(text for row in cells for text, *_ in row)


def test_the_head_is_the_rows_at_the_top_in_which_all_is_marked():
    assert header_rows([[head("a")], [head("b")], [cell("c")]]) == 2
    assert header_rows([[head("a"), cell("")], [head("b"), cell("c")]]) == 1
    assert header_rows([[head("a")]]) == 1


def test_cells_that_name_their_rows_are_no_head_and_neither_is_a_row_without_marks():
    assert header_rows([[head("a"), cell("b")]]) == 0
    assert header_rows([[cell("a")], [cell("b")]]) == 0
    assert header_rows([[cell("")], [head("b")]]) == 0
    assert header_rows([[], [head("b")]]) == 0


@pytest.mark.parametrize(
    "texts",
    [["1", "2"], ["1,234.5", "-"], ["(12)", ""], ["3 %", "≈ 4%"], ["$ 1.20"], ["1e-5"], ["12/31"]],
)
def test_a_column_of_figures_is_one_of_numbers(texts):
    assert are_numbers(texts)


@pytest.mark.parametrize("texts", [["a"], ["1", "one"], ["", "-"], ["3 kg"], ["1" * 50], []])
def test_words_gaps_and_endless_figures_are_no_numbers(texts):
    assert not are_numbers(texts)


@pytest.mark.parametrize(
    ("rows", "is_head"),
    [
        ([["Item", "n"], ["bolt", "1"]], True),
        ([["", "2019"], ["sales", "1"]], True),
        ([["bolt", "1"], ["nut", "2"]], False),
        ([["a", "a"], ["b", "c"]], False),
        ([["a", ""], ["b", "c"]], False),
        ([[""], ["b"]], False),
        ([["a", "b"]], False),
    ],
)
def test_an_unmarked_row_reads_like_a_head_if_it_names_every_column(rows, is_head):
    assert looks_like_head(rows) is is_head


def test_other_texts_leave_the_given_cells_as_they_are():
    cells = [[cell("a"), cell("b")]]
    assert with_texts(cells, {(0, 0): "x", (0, 1): "y"}) == [[cell("x"), cell("y")]]
    assert cells == [[cell("a"), cell("b")]]


def test_ten_thousand_rows_that_reach_down_cost_no_more_than_their_places():
    cells = [[cell("a", rows=10_000)] * 100, *[[cell("b")]] * 9_999]
    start = time.process_time()
    grid_of(cells, "repeat")
    assert time.process_time() - start < 5
