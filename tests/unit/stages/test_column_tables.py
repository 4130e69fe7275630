"""Tables written at a stroke are what each of them is by itself."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tore_export.documents.cells import cells_to_arrow
from tore_export.formatters.care import CELL_CARE
from tore_export.formatters.column_form import CellForm
from tore_export.formatters.escape import escape_cell
from tore_export.formatters.table import pipe_table
from tore_export.stages.column_tables import pipe_tables

FORM = CellForm(CELL_CARE, escape_cell)

cells = st.tuples(
    st.sampled_from(
        [
            "",
            "a",
            "b c",
            "*d*",
            "e|f",
            "g\nh",
            " i",
            "j\r",
            "_k_",
            "\u00a0",
            "\x1c",
            "l\\",
            "\u8868",
        ]
    )
    | st.none(),
    st.sampled_from([1, 1, 1, 1, 0, 2]),
    st.sampled_from([1, 1, 1, 1, 0, 2]),
    st.booleans(),
)
plain = st.tuples(
    st.sampled_from(["a", "b c", "*d*", "e|f"]), st.just(1), st.just(1), st.booleans()
)
tables = st.lists(st.lists(cells, max_size=3), max_size=3) | st.lists(
    st.lists(plain, min_size=1, max_size=4), min_size=1, max_size=4
)


def both(given_tables):
    simple, written = pipe_tables(cells_to_arrow(given_tables), FORM)
    return simple.tolist(), written.to_pylist()


@settings(max_examples=300, deadline=None)
@given(st.lists(tables, max_size=6))
@example([[[("a", 1, 1, False)]], [[("\x1c", 1, 1, False)]]])
def test_simple_tables_are_written_as_they_are_one_by_one(given_tables):
    simple, written = both(given_tables)
    alone = [pipe_table(table, (), "blank") for table in given_tables]
    assert written == [text for text, is_one in zip(alone, simple, strict=True) if is_one]
    assert all(written)


@given(st.lists(st.lists(plain, min_size=2, max_size=3), min_size=1, max_size=3))
def test_most_tables_are_simple(table):
    assert both([table])[0] == [True]


def test_what_depends_on_more_than_a_cell_is_not_simple():
    a = ("a", 1, 1, False)
    one_long_row = [[a] * 100, *[[a]] * 99]
    odd = [
        [],
        [[]],
        [[a], []],
        [[("", 1, 1, False), (None, 1, 1, False)]],
        [[("a", 2, 1, False)]],
        [[("a", 1, 2, False)]],
        [[a, ("b ", 1, 1, False)]],
        one_long_row,
    ]
    assert both(odd) == ([False] * len(odd), [])
