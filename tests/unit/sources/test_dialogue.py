"""Rows that are dialogues already become documents of messages."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from tests.unit.sources.reading import read, rules
from tore_export.documents.schema import Kind
from tore_export.sources.identity import document_id
from tore_export.sources.unit import Limits

ASKED, ANSWERED = " Which\r\npump?\t", "\0P-101 \n"
MESSAGES = [{"role": "user", "content": ASKED}, {"role": "assistant", "content": ANSWERED}]
ROWS: dict[str, dict[str, Any]] = {
    "messages": {"messages": MESSAGES},
    "conversations": {
        "conversations": [{"from": "human", "value": ASKED}, {"from": "gpt", "value": ANSWERED}]
    },
    "prompt and completion": {"prompt": ASKED, "completion": ANSWERED},
    "prompt and completion, lists": {"prompt": MESSAGES[:1], "completion": MESSAGES[1:]},
    "alpaca": {"instruction": ASKED, "input": "", "output": ANSWERED},
    "question and answer": {"question": ASKED, "answer": ANSWERED},
    "chatml": {
        "text": f"<|im_start|>user\n{ASKED}<|im_end|>\n<|im_start|>assistant\n{ANSWERED}<|im_end|>\n"
    },
}


def said(row: dict[str, Any]) -> list[tuple[str, str]]:
    assert row["reject"] is None, row["reject"]
    assert {element.kind for element in row["elements"]} <= {Kind.MESSAGE}
    return [(element.meta["role"], element.text) for element in row["elements"]]


def lines(*rows: Any) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_texts_are_kept_to_the_last_byte_however_the_row_comes(
    tmp_path: Path, row: dict[str, Any]
) -> None:
    parquet = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([row]), parquet)
    plain = lines(row, row)
    files = {
        "a.jsonl": plain,
        "a.ndjson.gz": gzip.compress(plain),
        "a.jsonl.zst": zstandard.compress(plain),
        "a.parquet": parquet.getvalue(),
        "a.json": json.dumps(row, indent=1).encode(),
    }
    if "text" not in row:
        # a list of rows with a text is a list of elements
        files["list.json"] = json.dumps([row, row], indent=1).encode()
        files["list.json.gz"] = gzip.compress(json.dumps([row]).encode())
    for name, data in files.items():
        found = read(tmp_path, name, data)
        assert found
        for document in found:
            assert said(document) == [("user", ASKED), ("assistant", ANSWERED)], name


def test_ids_titles_and_other_fields_are_those_of_any_document(tmp_path: Path) -> None:
    row = {"id": 7, "title": "Pumps", "lang": "en", "source": "x", "messages": MESSAGES}
    (found,) = read(tmp_path, "a.jsonl", lines(row))
    assert (found["doc_id"], found["title"], found["language"]) == ("7", "Pumps", "en")
    assert found["meta"] == '{"source":"x"}'


def test_what_a_dialogue_was_made_of_is_in_no_other_field(tmp_path: Path) -> None:
    rows = [
        {
            "instruction": "And why?",
            "input": "P-101",
            "output": "Its bearing.",
            "history": [["Which pump?", "P-101."]],
            "system": "Be brief.",
            "topic": "pumps",
        },
        {"system": "Be brief.", **ROWS["conversations"]},
        {"system": "unused", "conversations": [{"from": "system", "value": "Be brief."}]},
        {"instruction": "a", "output": "b", "history": "of pumps", "system": ""},
    ]
    rows[2]["conversations"] += ROWS["conversations"]["conversations"]
    alpaca, sharegpt, both, bare = read(tmp_path, "a.jsonl", lines(*rows))
    assert said(alpaca) == [
        ("system", "Be brief."),
        ("user", "Which pump?"),
        ("assistant", "P-101."),
        ("user", "And why?\n\nP-101"),
        ("assistant", "Its bearing."),
    ]
    assert alpaca["elements"][3].meta == {"role": "user", "instruction_end": 8}
    assert alpaca["meta"] == '{"topic":"pumps"}'
    assert said(sharegpt)[0] == said(both)[0] == ("system", "Be brief.")
    assert sharegpt["meta"] is None
    assert bare["meta"] == '{"history":"of pumps","system":""}'


def test_names_are_kept(tmp_path: Path) -> None:
    row = {"messages": [MESSAGES[0] | {"name": "Ada"}, MESSAGES[1]]}
    (found,) = read(tmp_path, "a.jsonl", lines(row))
    assert found["elements"][0].meta == {"role": "user", "name": "Ada"}


def test_a_row_with_elements_or_text_stays_a_document(tmp_path: Path) -> None:
    element = {"type": "Title", "text": "Pumps"}
    rows = [
        {"text": "A text.", "messages": MESSAGES},
        {"elements": [element], "messages": MESSAGES},
        {"text": "What <|im_start|>user\n means"},
    ]
    found = read(tmp_path, "a.jsonl", lines(*rows))
    assert [[e.kind for e in row["elements"]] for row in found] == [
        [Kind.RAW],
        [Kind.TITLE],
        [Kind.RAW],
    ]


def test_a_file_may_mix_dialogues_and_documents(tmp_path: Path) -> None:
    rows = [*ROWS.values(), {"text": "A text."}, {"elements": []}, {"content": "A text."}]
    found = read(tmp_path, "a.jsonl", lines(*rows))
    kinds = [[element.kind for element in row["elements"]] for row in found]
    assert kinds == [[Kind.MESSAGE] * 2] * len(ROWS) + [[Kind.RAW], [], [Kind.RAW]]


def test_parquet_may_mix_them_with_nulls(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    pq.write_table(
        pa.table(
            {
                "messages": pa.array(
                    [MESSAGES, None, None],
                    pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())])),
                ),
                "prompt": [None, "a", None],
                "completion": [None, "b", None],
                "text": [None, None, "A text."],
                "id": ["x", "y", "z"],
            }
        ),
        buffer,
    )
    first, second, third = read(tmp_path, "a.parquet", buffer.getvalue())
    assert said(first) == [("user", ASKED), ("assistant", ANSWERED)]
    assert said(second) == [("user", "a"), ("assistant", "b")]
    assert third["elements"][0].kind == Kind.RAW
    assert [row["doc_id"] for row in (first, second, third)] == ["x", "y", "z"]


@pytest.mark.parametrize(
    ("row", "rule", "detail"),
    [
        ({"messages": []}, "empty_dialogue", "messages is not as it has to be"),
        (
            {"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": ""}]},
            "empty_content",
            "conversations[1].value",
        ),
        ({"messages": MESSAGES[:1]}, "no_assistant", "messages[0].role"),
        ({"messages": [MESSAGES[0], *MESSAGES]}, "turn_order", "messages[1].role"),
        (
            {"messages": [*MESSAGES, {"role": "system", "content": "a"}]},
            "system_in_the_middle",
            "messages[2].role",
        ),
        ({"messages": [{"role": "boss", "content": "a"}]}, "unknown_role", "messages[0].role"),
        ({"question": "a", "answer": " "}, "empty_content", "answer is not as it has to be"),
        ({"question": None, "answer": "a"}, "wrong_type", "question is not as it has to be"),
        ({"instruction": "a", "output": None}, "wrong_type", "output is not as it has to be"),
        (
            {"text": "<|im_start|>user\na<|im_end|>\n"},
            "no_assistant",
            "text, turn 1, role is not as it has to be",
        ),
        ({"input_ids": [1, 2], "labels": [1]}, "tokenized", "give the dataset it was made of"),
        (
            {"prompt": "a", "chosen": "b", "rejected": "c"},
            "preference_pair",
            "a pair of answers to choose from",
        ),
        ({"prompt": None, "completion": None}, "no_content", "no content"),
        ({"messages": MESSAGES, "tools": [{}]}, "unsupported_field", "tools would be lost"),
    ],
)
def test_a_bad_dialogue_costs_only_itself(
    tmp_path: Path, row: dict[str, Any], rule: str, detail: str
) -> None:
    first, bad, last = read(tmp_path, "a.jsonl", lines(ROWS["messages"], row, ROWS["alpaca"]))
    assert rules([first, bad, last]) == [None, rule, None]
    assert bad["reject"]["detail"].startswith(f"a.jsonl at {bad['place']:,}: ")
    assert detail in bad["reject"]["detail"]


def test_tokenized_rows_and_pairs_in_parquet_are_told_by_their_columns(tmp_path: Path) -> None:
    for columns, rule in (
        ({"input_ids": [[1, 2]]}, "tokenized"),
        ({"chosen": ["a"], "rejected": ["b"]}, "preference_pair"),
        ({"a": [1]}, "no_content"),
    ):
        buffer = io.BytesIO()
        pq.write_table(pa.table(columns), buffer)
        assert rules(read(tmp_path, "a.parquet", buffer.getvalue())) == [rule]


def test_a_dialogue_has_at_most_as_many_messages_as_a_document_elements(tmp_path: Path) -> None:
    row = {"messages": MESSAGES * 3}
    assert rules(read(tmp_path, "a.jsonl", lines(row), Limits(max_elements=5))) == [
        "too_many_elements"
    ]
    assert rules(read(tmp_path, "a.jsonl", lines(row), Limits(max_elements=6))) == [None]


class TestLists:
    """A JSON list of dialogues is one document an item."""

    def test_each_item_has_its_place_and_fault(self, tmp_path: Path) -> None:
        items = [json.dumps(row).encode() for row in (ROWS["alpaca"], 3, {"a": 1})]
        data = b"[ " + b" ,\n".join([*items, b"{nothing}"]) + b"]"
        found = read(tmp_path, "a.json", data)
        places = [data.index(item) for item in items]
        assert [row["place"] for row in found] == [*places, data.index(b"{nothing")]
        assert [row["doc_id"] for row in found] == [
            document_id(None, "a.json", row["place"]) for row in found
        ]
        assert rules(found) == [None, "not_a_document", "no_content", "invalid_json"]

    def test_what_comes_before_a_break_is_read(self, tmp_path: Path) -> None:
        data = json.dumps([ROWS["alpaca"], ROWS["messages"]]).encode()
        found = read(tmp_path, "a.json", data[:-30])
        assert rules(found) == [None, "invalid_json"]
        packed = gzip.compress(json.dumps([ROWS["alpaca"]] * 50_000).encode())
        found = read(tmp_path, "a.json.gz", packed[: len(packed) // 2])
        assert rules(found)[-2:] == [None, "truncated"]

    def test_an_item_that_is_too_large_costs_only_itself(self, tmp_path: Path) -> None:
        large = ROWS["alpaca"] | {"output": "x" * 1_000}
        data = json.dumps([ROWS["alpaca"], large, ROWS["alpaca"]]).encode()
        found = read(tmp_path, "a.json", data, Limits(max_document_bytes=500))
        assert rules(found) == [None, "too_large", None]

    def test_a_first_item_that_is_larger_than_a_file_s_head_tells_what_the_file_is(
        self, tmp_path: Path
    ) -> None:
        row = {"conversations": ROWS["conversations"]["conversations"] * 5_000}
        found = read(tmp_path, "a.json", json.dumps([row, row]).encode())
        assert [len(document["elements"]) for document in found] == [10_000, 10_000]

    def test_a_list_of_elements_stays_one_document(self, tmp_path: Path) -> None:
        element = {"type": "Title", "text": "Pumps", "messages": []}
        for data in (b"[]", json.dumps([element]).encode()):
            assert len(read(tmp_path, "a.json", data)) == 1

    def test_tables_are_taken_when_they_are_full(self, tmp_path: Path) -> None:
        data = json.dumps([ROWS["alpaca"]] * 25).encode()
        assert rules(read(tmp_path, "a.json", data, batch_rows=10)) == [None] * 25
