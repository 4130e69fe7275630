"""Arrow files of documents: elements come back exactly as they were handed over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.conftest import document
from tests.unit.sources.reading import input_file, read, rules, tables
from tore_export.api.documents import as_table
from tore_export.api.workflow_input import given, write_documents
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import Kind
from tore_export.sources.unit import Limits, Unit

RICH: list[Any] = [
    Element(Kind.TITLE, "Pumps", id="a", level=2, page=3, confidence=0.5),
    Element(Kind.TABLE, "x", id="b", parent="a", cells=((Cell("x", 1, 2, True),), ())),
    Element(Kind.PARAGRAPH, "see y", meta={"spans": [{"start": 0, "end": 3, "kind": "strong"}]}),
]


def written(documents: list[Any], folder: Path) -> bytes:
    return Path(write_documents(documents, str(folder), Limits())).read_bytes()


def test_every_document_comes_back_as_it_was(tmp_path: Path) -> None:
    documents = [RICH, [], document(3)["elements"], {"doc_id": "own", "elements": []}]
    found = read(tmp_path, "documents", written(documents, tmp_path))
    assert [row["place"] for row in found] == [0, 1, 2, 3]
    assert [row["doc_id"] for row in found] == ["document-0", "document-1", "document-2", "own"]
    assert [row["source"] for row in found] == ["documents"] * 4
    assert found[0]["elements"] == RICH
    direct = as_table(documents)
    (table,) = tables(Unit(0, "files", (input_file(tmp_path / "documents"),)))
    assert table["elements"].slice(0, 4).equals(direct["elements"])


def test_tables_are_cut_at_the_size_of_a_batch(tmp_path: Path) -> None:
    written([RICH] * 7, tmp_path)
    unit = Unit(0, "files", (input_file(tmp_path / "documents"),))
    assert [table.num_rows for table in tables(unit, batch_rows=3)] == [3, 3, 2]


def test_a_document_that_could_not_be_read_stays_rejected(tmp_path: Path) -> None:
    circle = [{"type": "Text", "text": "a", "element_id": "x", "metadata": {"parent_id": "x"}}]
    found = read(tmp_path, "documents", written([RICH, circle], tmp_path))
    assert [row["reject"] and row["reject"]["rule"] for row in found] == [None, "parent_cycle"]


def test_limits_hold(tmp_path: Path) -> None:
    data = written([RICH, RICH[:1]], tmp_path)
    found = read(tmp_path, "documents", data, Limits(max_elements=2))
    assert [row["reject"] and row["reject"]["rule"] for row in found] == ["too_many_elements", None]


def test_a_damaged_file_is_one_failed_document(tmp_path: Path) -> None:
    data = written([RICH], tmp_path)
    assert rules(read(tmp_path, "cut", data[:-100])) == ["invalid_arrow"]


def test_an_arrow_file_of_other_rows_is_refused(tmp_path: Path) -> None:
    with pa.OSFile(str(tmp_path / "b"), "wb") as stream:
        other = pa.table({"a": [1]})
        with pa.ipc.new_file(stream, other.schema) as file:
            file.write_table(other)
    (row,) = read(tmp_path, "other", (tmp_path / "b").read_bytes())
    assert row["reject"]["rule"] == "unsupported_format"
    assert "an Arrow file of other rows, found the columns a" in row["reject"]["detail"]


def test_the_same_documents_make_the_same_file(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    for folder in (first, second):
        folder.mkdir()
    assert written([RICH], first) == written([RICH], second)
    stamps = [(folder / "documents").stat().st_mtime_ns for folder in (first, second)]
    assert stamps[0] == stamps[1]
    written([RICH, RICH], second)
    assert (second / "documents").stat().st_mtime_ns != stamps[0]


@pytest.mark.parametrize(
    ("data", "n_documents"),
    [(RICH, 1), ([RICH, RICH], 2), ({"elements": RICH}, 1), (iter([RICH] * 3), 3), ([], 1)],
)
def test_what_is_given_is_one_document_or_several(data: Any, n_documents: int) -> None:
    assert len(list(given(data).documents)) == n_documents
