"""What stages are made of: live rows, spread values, rejects."""

from __future__ import annotations

import pyarrow as pa

from tests.unit.sinks.test_accounts import rows
from tore_export.stages.stage import combined, is_live, put, reject, spread

BAD = {"stage": "s", "rule": "r", "value": 0.4, "threshold": 0.2}


def test_rows_that_are_rejected_are_not_live() -> None:
    assert is_live(rows(0, 2, 1, mark=3)).to_pylist() == [True, True, False, False]


def test_a_column_is_one_array_however_many_chunks_it_has() -> None:
    one, two = pa.array([1, 2]), pa.array([3])
    assert combined(pa.chunked_array([one, two])).to_pylist() == [1, 2, 3]
    assert combined(pa.chunked_array([one])).equals(one)
    assert combined(one) is one


def test_a_column_keeps_its_place_when_it_is_set_again() -> None:
    table = pa.table({"a": [1], "b": [2]})
    assert put(table, "a", pa.array([5])).to_pydict() == {"a": [5], "b": [2]}
    assert put(table, "c", pa.array(["x"])).column_names == ["a", "b", "c"]


def test_values_of_live_rows_are_spread_among_the_others() -> None:
    live = pa.array([False, True, False, True])
    assert spread(pa.array(["a", "b"]), live).to_pylist() == [None, "a", None, "b"]
    assert spread(pa.array([]), pa.array([False])).to_pylist() == [None]


def test_a_reject_is_set_once_and_the_first_reason_stays() -> None:
    table = rows(0, 2, 1, mark=None)
    again = reject(table, [BAD, None, BAD])
    assert [r and r["rule"] for r in again["reject"].to_pylist()] == ["r", None, "invalid_json"]
    assert again["reject"][0].as_py() == {"failed": False, "detail": None, **BAD}
    assert reject(again, [None, BAD, None])["reject"].to_pylist()[0]["rule"] == "r"


def test_without_an_entry_the_table_is_as_it_was() -> None:
    table = rows(0, 2, 0, mark=None)
    assert reject(table, [None, None]) is table
