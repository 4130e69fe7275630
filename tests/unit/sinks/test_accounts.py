"""The sink proves that it saw the whole unit, and counts the books itself."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tore_export.documents.columns import DocumentRows
from tore_export.errors import BooksError
from tore_export.sinks.accounts import Account
from tore_export.sinks.facts import facts_of
from tore_export.stages.stage import reject


def rows(unit: int, n_kept: int, n_failed: int, *, mark: int | None) -> pa.Table:
    made = DocumentRows(unit)
    for number in range(n_kept):
        made.add(f"k{number}", "s", warnings=1)
    for number in range(n_failed):
        made.fail(f"f{number}", "s", rule="invalid_json", detail="d")
    if mark is not None:
        made.mark_end(mark)
    return made.to_table()


def walked(*tables: pa.Table) -> Account:
    account = Account()
    for _ in account.walk(tables):
        pass
    return account


def test_every_document_is_kept_dropped_or_failed() -> None:
    dropped = {"stage": "filter_quality", "rule": "top_2_gram", "value": 0.4, "threshold": 0.2}
    table = reject(rows(0, 3, 2, mark=5), [dropped, *[None] * 5])
    account = walked(table)
    assert account.books.to_dict() == {"in": 5, "kept": 2, "dropped": 1, "failed": 2}
    assert account.reasons == {"source.invalid_json": 2, "filter_quality.top_2_gram": 1}
    assert account.warnings == 3


def test_an_empty_unit_is_known_by_its_mark() -> None:
    account = walked(rows(7, 0, 0, mark=0))
    assert (account.unit, account.books.seen) == (7, 0)


def test_tables_without_rows_are_passed_over() -> None:
    table = rows(1, 2, 0, mark=2)
    assert walked(table.slice(0, 0), table).books.seen == 2


def test_the_mark_is_found_wherever_it_stands_and_is_no_document() -> None:
    table = rows(1, 2, 0, mark=2)
    for order in ([0, 1, 2], [0, 2, 1], [2, 0, 1]):
        assert walked(table.take(order)).books.seen == 2


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ([rows(0, 2, 0, mark=None)], "has no end"),
        ([rows(0, 2, 0, mark=3)], r"read 3 documents, found 2 at the sink"),
        ([rows(0, 1, 0, mark=None), rows(1, 1, 0, mark=2)], "rows of other units"),
        ([rows(0, 1, 0, mark=1), rows(0, 1, 0, mark=1)], "rows of other units"),
        ([], "has no end"),
    ],
)
def test_a_unit_that_is_not_whole_is_refused(tables: list[pa.Table], told: str) -> None:
    with pytest.raises(BooksError, match=told):
        walked(*tables)


def test_facts_say_what_became_of_each_document_without_its_text() -> None:
    facts = facts_of(rows(0, 1, 1, mark=None))
    assert "text" not in facts.column_names
    assert facts.select(["doc_id", "failed", "stage", "rule", "n_elements"]).to_pylist() == [
        {"doc_id": "k0", "failed": None, "stage": None, "rule": None, "n_elements": 0},
        {
            "doc_id": "f0",
            "failed": True,
            "stage": "source",
            "rule": "invalid_json",
            "n_elements": 0,
        },
    ]
