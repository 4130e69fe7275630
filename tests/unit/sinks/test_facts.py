"""Facts tell of each document how many elements of each kind it has."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.documents.columns import DocumentRows, ElementColumns
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.sinks.facts import facts_of, kinds_of
from tore_export.stages.stage import put

lists_of_kinds = st.lists(st.lists(st.sampled_from(Kind), max_size=6), min_size=1, max_size=6)


def documents(kinds: list[list[Kind]], n_failed: int = 0) -> pa.Table:
    made = DocumentRows(0)
    for number in range(len(kinds)):
        made.add(f"d{number}", "s")
    for number in range(n_failed):
        made.fail(f"f{number}", "s", rule="invalid_json", detail="d")
    lists = [[Element(kind, "text") for kind in of_one] for of_one in kinds] + [[]] * n_failed
    return put(made.to_table(), "elements", ElementColumns.from_elements(lists).to_arrow())


@settings(deadline=None)  # the first example loads Arrow
@given(lists_of_kinds)
def test_each_kind_is_counted_for_each_document(kinds: list[list[Kind]]) -> None:
    found = kinds_of(documents(kinds)).to_pylist()
    wanted = [{kind.name.lower(): of_one.count(kind) for kind in Kind} for of_one in kinds]
    assert found == wanted


def test_a_document_that_could_not_be_read_has_no_elements() -> None:
    found = kinds_of(documents([[Kind.TABLE]], n_failed=1)).to_pylist()
    assert [sum(one.values()) for one in found] == [1, 0]


@settings(deadline=None)
@given(lists_of_kinds, st.data())
def test_facts_of_a_part_are_a_part_of_the_facts(
    kinds: list[list[Kind]], data: st.DataObject
) -> None:
    table = documents(kinds)
    at = data.draw(st.integers(0, len(kinds)))
    parts = [facts_of(table.slice(0, at)), facts_of(table.slice(at))]
    assert pa.concat_tables(parts).equals(facts_of(table))


def test_no_documents_have_facts_of_the_same_columns() -> None:
    table = documents([[Kind.TITLE]])
    assert facts_of(table.slice(0, 0)).schema == facts_of(table).schema


def test_kinds_add_up_to_the_number_of_elements() -> None:
    facts = facts_of(documents([[Kind.TITLE, Kind.TABLE, Kind.TABLE], []]))
    sums = [sum(one.values()) for one in facts["kinds"].to_pylist()]
    assert sums == facts["n_elements"].to_pylist() == [3, 0]
    assert facts["kinds"][0]["table"].as_py() == 2
