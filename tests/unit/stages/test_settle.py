"""Settled: decisions are written into documents, and what is dropped is rejected."""

from __future__ import annotations

import pyarrow as pa

from tore_export.documents.schema import REJECT
from tore_export.stages.settle import settled


def decisions(splits: list[str | None], rules: list[str | None]) -> pa.Table:
    n = len(splits)
    return pa.table(
        {
            "split": pa.array(splits, pa.string()),
            "rule": pa.array(rules, pa.string()),
            "detail": pa.array([rule and f"because of {rule}" for rule in rules], pa.string()),
            "together_with": pa.array(["d0"] * n, pa.string()),
        }
    )


def test_each_document_gets_its_split_and_those_that_have_none_are_rejected() -> None:
    old = {"failed": True, "stage": "source", "rule": "unreadable"}
    documents = pa.table({"doc_id": ["a", "b", "c"], "reject": pa.array([None, None, old], REJECT)})
    found = settled(documents, decisions(["train", None, None], [None, "between_splits", None]))
    assert found["split"].to_pylist() == ["train", None, None]
    assert found["together_with"].to_pylist() == ["d0"] * 3
    rejects = found["reject"].to_pylist()
    assert rejects[0] is None
    assert (rejects[1]["stage"], rejects[1]["rule"], rejects[1]["failed"]) == (
        "split",
        "between_splits",
        False,
    )
    assert rejects[1]["detail"] == "because of between_splits"
    assert rejects[2]["rule"] == "unreadable"


def test_no_documents_stay_none_and_keep_their_columns() -> None:
    documents = pa.table({"reject": pa.nulls(0, REJECT)})
    found = settled(documents, decisions([], []))
    assert found.column_names == ["reject", "split", "together_with"]
