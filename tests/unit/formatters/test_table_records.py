import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from tore_export.formatters.table_records import csv_of, record_lines, records_of


def cell(text, rows=1, columns=1, header=False):
    return (text, rows, columns, header)


def head(text, **spans):
    return cell(text, header=True, **spans)


def test_rows_of_a_head_are_joined_to_one_name_a_column():
    cells = [
        [head("Pump", rows=2), head("2019", columns=2)],
        [head("Q1"), head("Q2")],
        [cell("P1"), cell("3"), cell("4")],
    ]
    assert records_of(cells) == [{"Pump": "P1", "2019 / Q1": "3", "2019 / Q2": "4"}]
    assert records_of(cells, "blank") == records_of(cells)


def test_a_merged_value_belongs_to_each_of_its_rows():
    cells = [[head("a"), head("b")], [cell("x", rows=2), cell("1")], [cell("2")]]
    assert records_of(cells) == [{"a": "x", "b": "1"}, {"a": "x", "b": "2"}]
    assert records_of(cells, "blank") == [{"a": "x", "b": "1"}, {"a": "", "b": "2"}]


def test_without_marks_the_first_row_names_the_columns_if_it_reads_so():
    assert records_of([[cell("Item"), cell("n")], [cell("a"), cell("1")]]) == [
        {"Item": "a", "n": "1"}
    ]
    assert records_of([[cell("a"), cell("1")], [cell("b"), cell("2")]]) == [
        {"1": "a", "2": "1"},
        {"1": "b", "2": "2"},
    ]


def test_named_rows_give_a_record_a_column():
    cells = [[head("Item"), cell("a"), cell("b")], [head("n"), cell("1"), cell("2")]]
    assert records_of(cells) == [{"Item": "a", "n": "1"}, {"Item": "b", "n": "2"}]


def test_a_table_of_head_only_keeps_its_words():
    assert records_of([[head("a"), head("b")]]) == [{"1": "a", "2": "b"}]
    assert records_of([[head("a"), head("b")], [], [cell("")]]) == [{"1": "a", "2": "b"}]
    assert records_of([[head("a"), cell("")], [head("b"), cell("")]]) == [{"1": "a"}, {"1": "b"}]


def test_names_that_are_missing_or_come_twice_are_numbered():
    cells = [[head(""), head("a"), head("a")], [cell("1"), cell("2"), cell("3")]]
    assert records_of(cells) == [{"1": "1", "a": "2", "a (3)": "3"}]


def test_columns_and_rows_that_say_nothing_are_left_out():
    cells = [[head("a"), head(""), head("b")], [cell("1"), cell(" ")], [cell("")], []]
    assert records_of(cells) == [{"a": "1", "b": ""}]
    assert records_of([[cell("")]]) == []


def test_in_lines_a_value_without_name_stands_alone():
    cells = [[head(""), head("a\nb")], [cell("1"), cell("2\n3")]]
    assert record_lines(cells) == "1\na b: 2 3"


@given(
    st.integers(1, 3).flatmap(
        lambda n: st.lists(
            st.lists(st.text('ab,"\n \u4e00', max_size=4), min_size=n, max_size=n), min_size=1
        )
    )
)
def test_a_csv_reader_reads_the_cells_back(rows):
    written = csv_of([[cell(text) for text in row] for row in rows])
    if any(text.strip() for row in rows for text in row):
        assert list(csv.reader(io.StringIO(written + "\n", newline=""))) == rows
