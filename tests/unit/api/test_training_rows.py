"""Training rows: what is one, what each costs, and which rows are none."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import SHARED
from tore_export.api.training_rows import facts_of_rows, shape_of
from tore_export.sources.unit import InputFile, Limits
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.shapes import tokens_of_rows

USER = {"role": "user", "content": "hello world"}
ROWS: dict[str, dict[str, Any]] = {
    "messages": {"id": "m1", "messages": [USER, {"role": "assistant", "content": None}]},
    "sharegpt": {"conversations": [{"from": "human", "value": "hello world"}]},
    "alpaca": {"instruction": "Add.", "input": "1 2", "output": "3"},
    "prompt_completion": {"prompt": "hello", "completion": " world"},
}
GPT4 = TokenizerManager().get("gpt-4")


def file_of(path: Path, data: bytes) -> InputFile:
    path.write_bytes(data)
    return InputFile(str(path), path.name, len(data))


def lines(*rows: object) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def facts_of(file: InputFile, shape: str, limits: Limits | None = None) -> list[dict[str, Any]]:
    tables = list(facts_of_rows(file, shape, [GPT4], limits or Limits()))
    return [row for table in tables for row in table.to_pylist()]


def test_one_row_on_standard_input_is_a_row(tmp_path: Path) -> None:
    assert shape_of(file_of(tmp_path / "stdin", lines(ROWS["messages"]))) == "messages"
    document = lines({"doc_id": "a", "text": "hello"})
    assert shape_of(file_of(tmp_path / "stdin", document)) is None


@pytest.mark.parametrize("shape", ROWS)
def test_each_shape_is_told_by_its_columns_in_lines_and_in_parquet(
    shape: str, tmp_path: Path
) -> None:
    assert shape_of(file_of(tmp_path / "a.jsonl", lines(ROWS[shape]))) == shape
    assert shape_of(file_of(tmp_path / "a.jsonl.gz", gzip.compress(lines(ROWS[shape])))) == shape
    pq.write_table(pa.Table.from_pylist([ROWS[shape]]), tmp_path / "a.parquet")
    assert shape_of(file_of(tmp_path / "a.parquet", (tmp_path / "a.parquet").read_bytes())) == shape


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jsonl", lines({"text": "x", "messages": []})),
        ("a.jsonl", lines({"elements": [], "prompt": "x", "completion": "y"})),
        ("a.jsonl", lines({"question": "x", "answer": "y"})),
        ("a.jsonl", b""),
        ("a.jsonl", b"[1]"),
        ("a.txt", lines(ROWS["messages"])),
        ("a.parquet", b"PAR1 and no more"),
        ("a.jsonl.gz", b"\x1f\x8b and no more"),
    ],
)
def test_anything_else_is_left_to_those_who_read_documents(
    name: str, data: bytes, tmp_path: Path
) -> None:
    assert shape_of(file_of(tmp_path / name, data)) is None


@pytest.mark.parametrize("shape", ROWS)
def test_a_row_costs_what_its_shape_says(shape: str, tmp_path: Path) -> None:
    table = pa.Table.from_pylist([ROWS[shape]])
    wanted = tokens_of_rows(table, shape, GPT4).to_pylist()
    pq.write_table(table, tmp_path / "a.parquet")
    parquet = file_of(tmp_path / "a.parquet", (tmp_path / "a.parquet").read_bytes())
    for file in (file_of(tmp_path / "a.jsonl", lines(ROWS[shape])), parquet):
        (row,) = facts_of(file, shape)
        assert [row["counts"]["cl100k_base"]] == wanted
        assert row["n_elements"] == len(
            ROWS[shape].get("messages", ROWS[shape].get("conversations", ()))
        )


def test_a_row_is_named_by_its_id_or_by_its_place(tmp_path: Path) -> None:
    file = file_of(tmp_path / "a.jsonl", lines(ROWS["messages"], {"messages": []}))
    first, second = facts_of(file, "messages")
    assert (first["doc_id"], first["source"], first["place"]) == ("m1", "a.jsonl", 0)
    assert second["place"] == len(lines(ROWS["messages"]))
    assert len(second["doc_id"]) == 24


def test_a_row_of_another_shape_fails_alone(tmp_path: Path) -> None:
    bad = [
        {"messages": "x"}, {"messages": [3]}, {"messages": [{"content": "no role"}]}, {"other": 1}, 7,
        {"messages": [{"role": "user", "content": [{"type": "image"}]}]},
    ]  # fmt: skip
    data = lines(ROWS["messages"], *bad) + b'{"messages": [\n\n' + lines({"messages": [USER]})
    rows = facts_of(file_of(tmp_path / "a.jsonl", data), "messages")
    assert [row["failed"] for row in rows] == [None, *[True] * 7, None]
    assert [row["rule"] for row in rows[1:7]] == ["no_content"] * 6
    assert rows[7]["rule"] == "invalid_json"
    assert all(row["detail"].startswith(f"a.jsonl at {row['place']}: ") for row in rows[1:8])
    assert rows[8]["counts"]["cl100k_base"] == 9


def test_a_row_that_is_too_long_is_never_held(tmp_path: Path) -> None:
    long = {"messages": [{"role": "user", "content": "x" * 5000}]}
    file = file_of(tmp_path / "a.jsonl", lines(long, {"messages": [USER]}))
    first, second = facts_of(file, "messages", Limits(max_document_bytes=1000))
    assert (first["rule"], second["counts"]) == ("too_large", {"cl100k_base": 9})


def test_many_rows_come_in_tables_of_a_thousand(tmp_path: Path) -> None:
    file = file_of(tmp_path / "a.jsonl", lines(ROWS["prompt_completion"]) * 2_500)
    tables = list(facts_of_rows(file, "prompt_completion", [GPT4], Limits()))
    assert [table.num_rows for table in tables] == [1000, 1000, 500]


def test_columns_of_another_type_fail_all_rows_of_a_parquet(tmp_path: Path) -> None:
    pq.write_table(pa.table({"messages": pa.array([[1], [2]])}), tmp_path / "a.parquet")
    file = file_of(tmp_path / "a.parquet", (tmp_path / "a.parquet").read_bytes())
    rows = facts_of(file, "messages")
    assert [(row["failed"], row["rule"]) for row in rows] == [(True, "no_content")] * 2


def test_real_instructions_cost_what_their_template_does(tmp_path: Path) -> None:
    folder = SHARED / "corpora" / "sft" / "llamafactory"
    if not folder.is_dir():
        pytest.skip("no shared corpora here")
    values = json.loads((folder / "identity.json").read_text("utf-8"))
    file = file_of(tmp_path / "a.jsonl", lines(*values))
    shape = shape_of(file)
    assert shape == "alpaca"
    wanted = tokens_of_rows(pa.Table.from_pylist(values), shape, GPT4).to_pylist()
    assert [row["counts"]["cl100k_base"] for row in facts_of(file, shape)] == wanted
