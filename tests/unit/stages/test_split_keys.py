"""SplitKeys: each strategy gets what it decides by, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

import pyarrow as pa
import pytest

from tests.unit.stages.contract import check_contract
from tore_export.documents.schema import REJECT
from tore_export.splits.dates import DATE
from tore_export.splits.topics import DIMENSIONS
from tore_export.stages.split_keys import SplitKeys

REJECTED = {"failed": False, "stage": "x", "rule": "y"}
TEXT_HASH = {"text_hash": pa.binary(16)}


def documents() -> pa.Table:
    return pa.table(
        {
            "doc_id": ["d0", "d1", "d2", "d3"],
            "source": ["a/x.json", "a/y.json", "b/z.json", "z.json"],
            "title": pa.array(["T", None, "T", None]),
            "language": pa.array(["en", "de", None, "en"]),
            "created_at": pa.array(["2024-03-14", "someday", None, "31.1.2024"]),
            "meta": pa.array(['{"team":"red","n":7}', None, '{"team":null}', "{}"]),
            "text": pa.array(["one text", "another text", None, "a third"]),
            "reject": pa.array([None, None, REJECTED, None], REJECT),
        }
    )


@pytest.mark.parametrize(
    ("stage", "more"),
    [
        (SplitKeys("random"), {}),
        (SplitKeys("balanced", "folder"), {"group_of": pa.string()}),
        (SplitKeys("stratified"), {"stratum": pa.string()}),
        (SplitKeys("temporal"), {"date": DATE}),
        (SplitKeys("content_based"), {"topics": pa.binary(DIMENSIONS)}),
    ],
)
def test_the_contract_of_stages_is_kept(stage: SplitKeys, more: dict[str, pa.DataType]) -> None:
    columns = {**TEXT_HASH, **more, "reject": REJECT}
    found = check_contract(stage, documents(), columns)
    assert all(found[name][2].as_py() is None for name in {**TEXT_HASH, **more})
    assert found["text_hash"][0].as_py() == sha256(b"one text").digest()[:16]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("source", ["a/x.json", "a/y.json", None, "z.json"]),
        ("folder", ["a", "a", None, ""]),
        ("doc_id", ["d0", "d1", None, "d3"]),
        ("title", ["T", None, None, None]),
        ("language", ["en", "de", None, "en"]),
        ("team", ["red", None, None, None]),
        ("n", ["7", None, None, None]),
    ],
)
def test_groups_and_strata_are_columns_or_fields_of_the_document(
    name: str, values: list[str | None]
) -> None:
    found = SplitKeys("stratified", name, name)(documents())
    assert found["group_of"].to_pylist() == values
    assert found["stratum"].to_pylist() == values


def test_by_time_a_document_without_a_clear_date_is_dropped_and_the_reason_told() -> None:
    found = SplitKeys("temporal")(documents())
    assert found["date"].to_pylist() == [
        datetime(2024, 3, 14, tzinfo=UTC),
        None,
        None,
        datetime(2024, 1, 31, tzinfo=UTC),
    ]
    rejects = found["reject"].to_pylist()
    assert [reject and reject["rule"] for reject in rejects] == [None, "no_date", "y", None]
    assert rejects[1] == {
        "failed": False,
        "stage": "split",
        "rule": "no_date",
        "value": None,
        "threshold": None,
        "detail": "created_at is 'someday'",
    }
    undated = documents().set_column(4, "created_at", pa.nulls(4, pa.string()))
    assert SplitKeys("temporal")(undated)["reject"][0]["detail"].as_py() == (
        "created_at is not there"
    )


def test_other_strategies_ask_for_no_date() -> None:
    assert SplitKeys("random")(documents())["reject"].null_count == 3
