from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tore_export.documents.columns import Cells
from tore_export.sources.table_cells import MAX_AREA, cells_of_lists, fitted, span


def plain(*rows: list[str]) -> Cells:
    return [[(text, 1, 1, False) for text in row] for row in rows]


def test_rows_of_strings_are_cells() -> None:
    assert cells_of_lists([["a", "b"], ["c"]]) == plain(["a", "b"], ["c"])


def test_numbers_and_nulls_are_their_text() -> None:
    assert cells_of_lists([[1, 2.5, None, True]]) == plain(["1", "2.5", "", "True"])


def test_headers_are_a_row_or_rows_above() -> None:
    assert cells_of_lists([["1"]], ["h"]) == [[("h", 1, 1, True)], [("1", 1, 1, False)]]
    assert cells_of_lists(None, [["h"], ["i"]]) == [[("h", 1, 1, True)], [("i", 1, 1, True)]]
    assert cells_of_lists([["h"], ["1"]], first_is_header=True) == cells_of_lists([["1"]], ["h"])


@pytest.mark.parametrize(
    "cell",
    [
        {"text": "a", "row_span": 2, "col_span": 2, "is_header": True},
        {"content": "a", "rowspan": "2", "colspan": "2", "header": True},
        {"value": "a", "row_span": 2, "col_span": 2, "header": True},
    ],
)
def test_a_cell_may_be_an_object(cell: dict[str, Any]) -> None:
    assert cells_of_lists([[cell], ["", ""], ["x", "y"]]) == [
        [("a", 2, 2, True)],
        [("", 1, 1, False), ("", 1, 1, False)],
        [("x", 1, 1, False), ("y", 1, 1, False)],
    ]


@pytest.mark.parametrize(
    ("rows", "headers"),
    [("ab", None), (["ab"], None), ([[["a"]]], None), ([[{"text": []}]], None), ([["a"]], "h")],
)
def test_what_is_no_table_is_none(rows: Any, headers: Any) -> None:
    assert cells_of_lists(rows, headers) is None


@pytest.mark.parametrize(
    "spans",
    [
        [{"row": 0, "col": 0, "row_span": 2, "col_span": 2}],
        [{"row": 0, "column": 0, "rowspan": 2, "colspan": 2}],
        {"0,0": [2, 2]},
        {"(0, 0)": {"row_span": 2, "col_span": 2}},
    ],
)
def test_spans_by_place_swallow_the_blank_cells_they_cover(spans: Any) -> None:
    grid = [["a", "", "c"], ["", "a", "d"]]
    assert cells_of_lists(grid, None, spans) == [
        [("a", 2, 2, False), ("c", 1, 1, False)],
        [("d", 1, 1, False)],
    ]


def test_a_text_under_a_span_stays() -> None:
    assert cells_of_lists([["a", "b"]], None, {"0,0": [1, 2]}) == [
        [("a", 1, 2, False), ("b", 1, 1, False)]
    ]


@pytest.mark.parametrize(
    "spans",
    [7, [None, {"row": 9, "col": 0}, {"row": "0", "col": 0}], {"x": 1, "0,0": 3, "9" * 50: [1, 1]}],
)
def test_spans_of_nowhere_are_passed_over(spans: Any) -> None:
    assert cells_of_lists([["a"]], None, spans) == plain(["a"])


def test_spans_by_place_stop_at_the_largest_area() -> None:
    grid = [[""] * 800 for _ in range(400)]
    spans = [{"row": 0, "col": 0, "row_span": 400, "col_span": 800}] * 5
    assert cells_of_lists(grid, None, spans) is not None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (3, 3),
        ("3", 3),
        (0, 1),
        (-5, 1),
        (None, 1),
        (True, 1),
        (2.5, 1),
        ("x", 1),
        ("9" * 19, 10_000),
    ],
)
def test_a_span_is_a_number_that_can_be_worked_with(said: Any, expected: int) -> None:
    assert span(said) == expected


def test_spans_are_cut_to_the_table() -> None:
    assert fitted([[("a", 9, 1, False), ("b", 1, 99, False)], *plain(["c", "d"])]) == [
        [("a", 2, 1, False), ("b", 1, 2, False)],
        *plain(["c", "d"]),
    ]
    assert fitted([[("a", 10_000, 10_000, False)]]) == plain(["a"])


def test_a_span_beyond_a_thousand_columns_reaches_to_the_end_or_nowhere() -> None:
    assert fitted([[("a", 1, 9_999, False)], *plain(["b", "c", "d"])]) == [
        [("a", 1, 3, False)],
        *plain(["b", "c", "d"]),
    ]
    assert fitted([[("a", 1, 9_999, False), ("b", 1, 1, False)]]) == plain(["a", "b"])


def test_a_table_that_covers_too_much_is_none() -> None:
    assert fitted([[("a", 1, 1, False)] * 1_001] * 1_000) is None
    assert fitted([[("a", 1_000, 1_000, False)] for _ in range(1_000)]) is None
    assert fitted([[("a", 1, 900, False)] * 10 for _ in range(2_000)]) is None
    assert fitted([[("a", 600, 2, False)] * 600 for _ in range(600)]) is None


@given(
    st.lists(
        st.lists(
            st.tuples(st.just("x"), st.integers(1, 9), st.integers(1, 9), st.booleans()), max_size=5
        ),
        max_size=6,
    )
)
def test_fitting_keeps_every_cell_and_bounds_what_they_cover(rows: Cells) -> None:
    found = fitted(rows)
    assert found is not None
    assert [[(c[0], c[3]) for c in row] for row in found] == [
        [(c[0], c[3]) for c in row] for row in rows
    ]
    for number, row in enumerate(found):
        assert all(1 <= down <= len(found) - number for _, down, _, _ in row)
    assert sum(cell[1] * cell[2] for row in found for cell in row) <= MAX_AREA
    assert fitted(found) == found
