from __future__ import annotations

import pytest

from tore_export.sources.text.tables import table_of


def cells(drawing: str) -> list[list[tuple[str, int, int, bool]]] | None:
    """Return what a drawing is read as, None where it is no table."""
    found = table_of(drawing.strip("\n").split("\n"))
    return None if found is None else found[0]


def words(drawing: str) -> list[list[str]] | None:
    found = cells(drawing)
    return None if found is None else [[cell[0] for cell in row] for row in found]


def headers(drawing: str) -> list[bool]:
    return [all(cell[3] for cell in row) for row in cells(drawing) or []]


GRID = """
+-----+-------+
| a   | b     |
+=====+=======+
| one | two   |
| 1   |       |
+-----+-------+
| both        |
+-----+-------+
"""

DATABASE = """
+----+------+
| id | name |
+----+------+
|  1 | Ada  |
|  2 | Alan |
+----+------+
"""


def test_a_row_within_frames_may_have_several_lines_and_a_cell_several_columns() -> None:
    assert cells(GRID) == [
        [("a", 1, 1, True), ("b", 1, 1, True)],
        [("one\n1", 1, 1, False), ("two", 1, 1, False)],
        [("both", 1, 2, False)],
    ]


def test_a_line_of_a_databases_table_is_a_row() -> None:
    assert words(DATABASE) == [["id", "name"], ["1", "Ada"], ["2", "Alan"]]
    assert headers(DATABASE) == [True, False, False]
    assert headers("+---+\n| 1 |\n| 2 |\n+---+") == [False, False]


def test_wide_characters_take_two_columns_of_a_frame() -> None:
    drawing = "+------+---+\n| 日本 | b |\n+------+---+\n| x    | y |\n+------+---+"
    assert words(drawing) == [["日本", "b"], ["x", "y"]]


def test_pipes_in_equal_number_are_a_table() -> None:
    assert words("| a | b |\n| 1 | 2 |") == [["a", "b"], ["1", "2"]]
    assert headers("| a | b |\n| 1 | 2 |") == [False, False]
    found = table_of(["|a|b|c|d|", "|:-:|--:|:--|---|", "|1|2|3|4|"])
    assert found is not None
    assert found[1] == ["center", "right", "left", None]
    assert table_of(["|a|b|", "|---|---|", "|1|2|"]) == (
        [[("a", 1, 1, True), ("b", 1, 1, True)], [("1", 1, 1, False), ("2", 1, 1, False)]],
        None,
    )


def test_psqls_tables_are_read_without_their_count() -> None:
    for count in ("", "(2 rows)", "(2 Zeilen)"):
        drawing = f" a |  b  \n---+-----\n 1 | x y \n 2 |     \n{count}"
        assert words(drawing.rstrip("\n")) == [["a", "b"], ["1", "x y"], ["2", ""]]
        assert headers(drawing) == [True, False, False]


SIMPLE = """
=====  ===== =======
A      B     A or B
=====  ===== =======
False  False
True   False True,
             really
=====  ===== =======
"""


def test_columns_between_lines_of_equals_signs_are_a_table() -> None:
    assert words(SIMPLE) == [
        ["A", "B", "A or B"],
        ["False", "False", ""],
        ["True", "False", "True,\nreally"],
    ]
    assert headers(SIMPLE) == [True, False, False]
    assert headers("== ==\na  b\n== ==") == [False]


@pytest.mark.parametrize(
    "drawing",
    [
        "words",
        "| a | b |",
        "| a | b |\n| 1 |",
        "| a |\n| b |",
        "| a | b |\n|---|---|\n| 1 | 2 |\n|---|---|",
        "+---+---+\n| a | b |",
        "+---+---+\n| a | b |\n+---+ x",
        "+---+---+\n| a | b |\n+---+-x-+\n| a | b |\n+---+---+",
        "+---+---+\nwords\n+---+---+",
        "+---+---+\n| a | b | c | d |\n+---+---+",
        "+---+---+\n+---+---+\n+---+---+",
        "+---+---+\n| a | b |\n|  both |\n+===+===+\n| a | b |\n+---+---+",
        "a | b\n---+---\n1",
        "a\n---+---\n1 | 2",
        "== ==\na  b",
        "== ==\n== ==\n== ==",
        "== ==\nabcd\n== ==",
        "== ==\na  b\n== ==\nc  d\n== ==\ne  f\n== ==",
    ],
)
def test_lines_that_do_not_fit_are_no_table(drawing: str) -> None:
    assert cells(drawing) is None
