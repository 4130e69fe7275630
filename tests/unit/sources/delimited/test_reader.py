from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.corpora import CORPORA, needs_corpora
from tests.unit.sources.reading import input_file, read, rows, rules
from tests.unit.sources.reading import tables as arrow_tables
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.errors import DocumentError
from tore_export.sources.delimited import cells as delimited_cells
from tore_export.sources.delimited.cells import grid_of, sniffed
from tore_export.sources.delimited.reader import has_header
from tore_export.sources.unit import Unit


def tables(folder: Path, data: bytes, name: str = "a.csv") -> list[Element]:
    (row,) = read(folder, name, data)
    assert rules([row]) == [None]
    found: list[Element] = row["elements"]
    assert {element.kind for element in found} <= {Kind.TABLE}
    return found


def texts(table: Element) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.cells or ()]


def headers(table: Element) -> list[bool]:
    """Return which rows are headers as a whole."""
    return [all(cell.header for cell in row) for row in table.cells or ()]


def test_a_file_is_a_document_of_one_table(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "a.csv", b"name,born\r\nAda,1815\r\n\r\nAlan,1912")
    assert (row["title"], row["place"], row["warnings"]) == (None, None, 0)
    (table,) = row["elements"]
    assert (table.kind, table.text, table.meta) == (Kind.TABLE, "", {})
    assert texts(table) == [["name", "born"], ["Ada", "1815"], ["Alan", "1912"]]
    assert headers(table) == [True, False, False]
    assert all(c.row_span == c.col_span == 1 for r in table.cells or () for c in r)


def test_cells_in_quotes_hold_delimiters_newlines_and_quotes(tmp_path: Path) -> None:
    (table,) = tables(tmp_path, b'a,"b, c"\n"d\r\ne","say ""hi"""\n"",""""\n')
    assert texts(table) == [["a", "b, c"], ["d\ne", 'say "hi"'], ["", '"']]


def test_a_quote_within_a_cell_that_has_none_around_it_is_a_sign(tmp_path: Path) -> None:
    (table,) = tables(tmp_path, b'size,for\n5" disk,"a, b"\n6"" disk,c\n')
    assert texts(table) == [["size", "for"], ['5" disk', "a, b"], ['6"" disk', "c"]]


def test_rows_are_as_long_as_they_are(tmp_path: Path) -> None:
    (table,) = tables(tmp_path, b"a,b,c\n1\n1,2,3,4\n,\n")
    assert texts(table) == [["a", "b", "c"], ["1"], ["1", "2", "3", "4"], ["", ""]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_fits(tmp_path: Path, delimiter: str) -> None:
    data = delimiter.join("abc") + "\n" + f'1{delimiter}"x; y, z | w"{delimiter}2,5\n' * 3
    data = data.replace("2,5", "25" if delimiter == "," else "2,5")
    (table,) = tables(tmp_path, data.encode())
    assert {len(row) for row in texts(table)} == {3}


@pytest.mark.parametrize(
    ("data", "preferred", "delimiter"),
    [
        (b"1,5;2,5\n3,5;4,5\n", None, ";"),
        (b"a b\n", None, ","),
        (b"a\tb,c\nd\te\n", "\t", "\t"),
        (b"a,b\nc,d\n", "\t", ","),
        (b"a\nb, or not\n", "\t", "\t"),
        (b"a;b\nc;d\n" + b'"x, y, z"\n' * 2, None, ";"),
        (b"a|b\n" * 40_000 + b"c,d\n", None, "|"),
        (b"only one, here\n" + b"a;b\n" * 40_000, None, ";"),
        (b'"a;b";c\n"' + b"x,y\n" * 40_000, None, ";"),
    ],
)
def test_it_is_told_from_all_rows(data: bytes, preferred: str | None, delimiter: str) -> None:
    assert sniffed(data, preferred) == delimiter


def test_a_first_line_may_say_it(tmp_path: Path) -> None:
    (table,) = tables(tmp_path, b"sep=;\na;b,c\n1;2,3\n")
    assert texts(table) == [["a", "b,c"], ["1", "2,3"]]


def test_a_file_that_only_says_its_delimiter_is_an_empty_document(tmp_path: Path) -> None:
    assert tables(tmp_path, b"sep=;\n") == []


def test_a_table_of_a_full_batch_is_handed_over(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "a.csv", b"a,b\n1,2\n", batch_rows=1)
    assert len(row["elements"]) == 1


def test_the_names_of_tables_are_csv_tsv_and_tab(tmp_path: Path) -> None:
    for name in ("a.tsv", "a.tab", "a.CSV"):
        assert texts(tables(tmp_path, b"a\tb\n1\t2,5\n", name)[0]) == [["a", "b"], ["1", "2,5"]]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"name,born\nAda,1815\n", True),
        (b"word,other\nx,y\n", True),
        (b"1,2,3\na,b,c\n", True),
        (b"name,2019,2020\nAda,5,6\n", False),
        (b"Ada,1815\nAlan,1912\n", False),
        (b"1,2\n3,4\n", False),
        (b"Title,,\na,b,c\n", False),
        (b"a,b\n", False),
        (b"price,day\n$ 5.00,2024-01-31\n-3 %,31.1.2024\n", True),
        (b",\n,\n", False),
    ],
)
def test_the_first_row_is_a_header_by_its_looks(data: bytes, expected: bool) -> None:
    assert has_header(grid_of(data, ",")) is expected


def rows_of_tables(folder: Path, data: bytes) -> list[pa.ListArray]:
    """Return the rows of each table of a file, as Arrow has them: a million objects cost seconds."""
    (folder / "a.csv").write_bytes(data)
    found = arrow_tables(Unit(0, "files", (input_file(folder / "a.csv"),)))
    cells = pa.concat_tables(found)["elements"].combine_chunks().flatten().field("cells")
    return [cells[number].values for number in range(len(cells))]


def test_a_large_file_is_several_tables_with_the_header_on_each(tmp_path: Path) -> None:
    found = rows_of_tables(tmp_path, b"a,b\n" + b"1,2\n" * 700_000)
    assert len(found) == 2
    assert all(2 * len(table) <= 1_000_000 for table in found)
    assert sum(map(len, found)) == 700_000 + len(found)
    for table in found:
        first = [[(cell["text"], cell["header"]) for cell in row] for row in table[:2].to_pylist()]
        assert first == [[("a", True), ("b", True)], [("1", False), ("2", False)]]


def test_a_row_of_too_many_cells_is_a_table_of_its_own(tmp_path: Path) -> None:
    found = rows_of_tables(tmp_path, b"1" + b",1" * 1_200_000 + b"\n2\n")
    assert [len(table) for table in found] == [1, 1]
    assert [table.value_lengths().to_pylist() for table in found] == [[1_200_001], [1]]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b'a,b\n1,2\n3,"4\n5,6\n', "line 3 are broken, found a quote that is never closed"),
        (b'a,b\n"1"x,2\n', "line 2 are broken"),
    ],
)
def test_broken_quotes_name_their_line(tmp_path: Path, data: bytes, told: str) -> None:
    (row,) = read(tmp_path, "a.csv", data)
    assert rules([row]) == ["invalid_csv"]
    assert told in row["reject"]["detail"]


def test_a_table_of_too_many_cells_is_refused_before_it_costs_memory(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "a.csv", b"," * 20_000_001)
    assert rules([row]) == ["too_large"]
    assert "20,000,002 cells" in row["reject"]["detail"]


def test_text_in_another_encoding_is_refused_and_an_empty_file_is_none(tmp_path: Path) -> None:
    assert rules(read(tmp_path, "a.csv", b"a,caf\xe9")) == ["not_utf8"]
    assert rules(read(tmp_path, "a.csv", b" \n\n")) == ["empty_file"]
    assert rules(read(tmp_path, "a.csv", b"PK\x03\x04")) == ["unsupported_format"]


CELL = st.text(st.sampled_from('ab ",;\n\r1é🙂\0'), max_size=5)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=6))
def test_what_the_csv_module_writes_is_read_back(grid: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(grid)
    found = grid_of(out.getvalue().encode(), ",")
    assert found.rows(10) == [row for row in grid if row != [""]]


@settings(max_examples=250, deadline=None)
@given(st.text(st.sampled_from('ab",\n'), max_size=24), st.integers(0, 30))
def test_whatever_the_csv_module_reads_is_read_as_it_does(text: str, block: int) -> None:
    """In blocks of any size."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited_cells, "_BLOCK_BYTES", block)
        check_against_csv_module(text)


def check_against_csv_module(text: str) -> None:
    try:
        expected = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        with pytest.raises(DocumentError, match="quotes of line"):
            grid_of(text.encode(), ",")
    else:
        found = grid_of(text.encode(), ",").rows(100)
        assert found == [row for row in expected if row not in ([], [""])]


def test_hostile_quotes_cost_time_in_proportion(tmp_path: Path) -> None:
    start = time.process_time()
    for data in (b'"' * 500_001, b'""' * 250_000, b'a"b,' * 100_000, b"\n" * 500_000 + b"a"):
        read(tmp_path, "a.csv", data)
    assert time.process_time() - start < 5


@needs_corpora
def test_published_tables_have_the_cells_that_docling_finds() -> None:
    folder = CORPORA / "docling" / "docling" / "csv"
    files = sorted((folder / "sources").glob("*.csv"))
    found = rows(Unit(0, "files", tuple(input_file(path) for path in files)))
    assert len(found) == 9
    for path, row in zip(files, found, strict=True):
        (table,) = row["elements"]
        data = json.loads((folder / "groundtruth" / f"{path.name}.json").read_bytes())
        expected = data["tables"][0]["data"]
        ours = {(r, c): text for r, line in enumerate(texts(table)) for c, text in enumerate(line)}
        theirs = {
            (cell["start_row_offset_idx"], cell["start_col_offset_idx"]): cell["text"]
            for cell in expected["table_cells"]
        }
        assert ours == theirs, path.name
        assert headers(table)[0], path.name


@needs_corpora
def test_a_table_in_utf16_is_the_table_in_utf8() -> None:
    folder = CORPORA / "unstructured" / "example-docs"
    names = ("stanley-cups.csv", "stanley-cups-utf-16.csv", "stanley-cups-with-emoji.csv")
    found = rows(Unit(0, "files", tuple(input_file(folder / name) for name in names)))
    plain, utf16, emoji = (texts(row["elements"][0]) for row in found)
    assert plain == utf16
    assert plain[1] == ["Team", "Location", "Stanley Cups"]
    assert (len(plain), len(emoji)) == (5, 6)
