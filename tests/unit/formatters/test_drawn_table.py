import time

from hypothesis import given
from hypothesis import strategies as st

from tore_export.formatters.drawn_table import draw_table, drawn_table
from tore_export.formatters.terminal import width_of


def cell(text, rows=1, columns=1, header=False):
    return (text, rows, columns, header)


def test_columns_are_aligned_and_no_line_ends_in_spaces():
    drawn = draw_table([["a", "b", "c"], ["long", "longer", "x"]], 1, ["center", "right", None])
    assert drawn == " a         b  c\n----  ------  -\nlong  longer  x"
    wide = draw_table([["表", "b"], ["long", "表格x"]], 1, ["center", "right"])
    assert wide == " 表       b\n----  -----\nlong  表格x"


def test_numbers_stand_to_the_right_if_nothing_else_is_said():
    rows = [["Item", "n", "m"], ["a", "1", "1"], ["b", "20", "20"]]
    assert draw_table(rows, 1, [None, None, "left"]) == (
        "Item   n  m\n----  --  --\na      1  1\nb     20  20"
    )


def test_a_table_of_head_only_or_without_head_has_no_rule():
    assert draw_table([["a", "b"]], 1, []) == "a  b"
    assert draw_table([["a"], ["b"]], 0, []) == "a\nb"


def test_the_rule_stands_below_all_rows_of_the_head():
    cells = [[cell("a", columns=2, header=True)], [cell("b", header=True)] * 2, [cell("c")] * 2]
    assert drawn_table(cells) == "a\nb  b\n-  -\nc  c"
    lines = [[cell("a\nb", header=True)], [cell("", header=True)], [cell("c")]]
    assert drawn_table(lines) == "a\nb\n-\nc"


def test_an_unmarked_first_row_is_the_head_if_it_reads_so():
    assert drawn_table([[cell("Item"), cell("n")], [cell("a"), cell("1")]]).count("-") == 5
    assert drawn_table([[cell("b"), cell("2")], [cell("a"), cell("1")]]) == "b  2\na  1"
    assert drawn_table([[cell("b", header=True), cell("x")], [cell("a"), cell("y")]]) == (
        "b  x\na  y"
    )


def test_rows_and_columns_that_say_nothing_are_left_out():
    cells = [[cell("a"), cell(""), cell("b")], [], [cell(""), cell(" ")], [cell("c"), cell("")]]
    assert drawn_table(cells, ["left", "left", "right"]) == "a  b\nc"
    assert drawn_table([[cell(" ")]]) == ""


def test_tabs_and_line_ends_of_other_systems_do_not_break_the_columns():
    assert drawn_table([[cell("a\tb"), cell("c")], [cell("d\r\ne"), cell("f")]]) == (
        "a b  c\n---  -\nd    f\ne"
    )


def test_columns_that_are_too_wide_are_broken_into_lines():
    rows = [["Item", "n"], ["one two three four five", "表格表格"]]
    assert draw_table(rows, 1, [], 20) == (
        "Item        n\n----------  --------\none two     表格表格\nthree four\nfive"
    )


def test_where_no_columns_fit_each_row_is_a_record():
    cells = [
        [cell("Name", header=True), cell("Address", header=True)],
        [cell("pump-0001-a"), cell("https://a.example/pump and so on")],
        [cell("b"), cell("")],
    ]
    assert drawn_table(cells, line_width=24) == (
        "Name: pump-0001-a\nAddress:\n  https://a.example/pump\n  and so on\n\nName: b\nAddress:"
    )


def test_one_long_text_does_not_fill_the_table_with_spaces():
    drawn = draw_table([["word " * 5_000, "a"], *[["x", "b\nc"]] * 50], 1, [])
    assert len(drawn) < 30_000
    assert drawn.endswith("x  b c")


unicode_cells = st.text(
    st.one_of(
        st.characters(exclude_categories=("Cs", "Zs", "Zl", "Zp", "Cc")), st.sampled_from("a \n")
    ),
    max_size=8,
)
grids = st.integers(1, 4).flatmap(
    lambda n: st.lists(st.lists(unicode_cells, min_size=n, max_size=n), min_size=1, max_size=4)
)


@given(grids)
def test_columns_of_any_script_begin_at_the_same_cell_of_the_terminal(rows):
    drawn = drawn_table([[cell(f"|{text.strip()}") for text in row] for row in rows], ["left"] * 4)
    places = {
        tuple(width_of(line[:at]) for at, character in enumerate(line) if character == "|")
        for line in drawn.split("\n")
        if line.startswith("|") and line.count("|") == len(rows[0])
        if not any("|" in text for row in rows for text in row)
    }
    assert len(places) <= 1


@given(grids, st.integers(20, 40))
def test_every_word_is_drawn_at_any_width(rows, width):
    cells = [[cell(text) for text in row] for row in rows]
    drawn = drawn_table(cells, line_width=width)
    for row in rows:
        for text in row:
            for character in "".join(text.split()):
                assert character in drawn


@given(
    st.lists(
        st.lists(st.text("ab \n表", max_size=30), min_size=3, max_size=3), min_size=1, max_size=4
    ),
    st.integers(20, 60),
)
def test_no_line_is_wider_than_asked_but_for_a_word(rows, width):
    for line in drawn_table([[cell(t) for t in row] for row in rows], line_width=width).split("\n"):
        assert width_of(line) <= width or " " not in line.strip()


def test_a_table_of_five_hundred_columns_is_drawn_in_time():
    cells = [[cell("x1")] * 500 for _ in range(200)]
    start = time.process_time()
    assert len(drawn_table(cells)) == 200 * (500 * 4 - 2) + 199
    assert drawn_table(cells, line_width=80).count("\n") == 200 * 501 - 2
    assert time.process_time() - start < 5
