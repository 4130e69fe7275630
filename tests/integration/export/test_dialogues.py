"""Dialogues from file to dataset: read, written in each shape, read back, and equal or refused."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SHARED
from tests.corpora import needs_corpora
from tests.unit.cli.commands import in_own_process
from tore_export.api.documents import as_table
from tore_export.api.training import dataset_run
from tore_export.config import TrainingConfig
from tore_export.documents.columns import ElementColumns
from tore_export.records.dialogue import Dialogue, Turn
from tore_export.records.shapes.registry import shape_named

CORPUS = SHARED / "corpora" / "sft"
SHAPES = [
    ("messages", False),
    ("chatml", False),
    ("sharegpt", False),
    ("alpaca", False),
    ("prompt_completion", False),
    ("prompt_completion", True),
]
ONE_EXCHANGE = [("alpaca", False), ("prompt_completion", False)]


@cache
def dialogues_of(path: Path) -> dict[str, Dialogue]:
    """Return the dialogues that are read, by document."""
    table = as_table(path)
    found = {}
    documents = ElementColumns.from_arrow(table["elements"]).to_elements()
    for doc_id, elements in zip(table["doc_id"].to_pylist(), documents, strict=True):
        if any("role" in element.meta for element in elements):
            turns = (Turn(e.meta["role"], e.text, e.meta.get("name")) for e in elements)
            found[doc_id] = Dialogue(tuple(turns))
    return found


def rows_of(output: Path) -> list[dict[str, Any]]:
    files = sorted(output.glob("data/*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_bytes().splitlines()]


def rejects_of(output: Path) -> list[dict[str, Any]]:
    files = sorted(output.glob("rejects/*"))
    return [json.loads(line) for file in files for line in file.read_bytes().splitlines()]


@needs_corpora
class TestRealSets:
    """LLaMA-Factory's, Axolotl's and GSM8K's files."""

    def test_every_file_of_dialogues_is_read(self) -> None:
        table = as_table(CORPUS)
        rules = Counter(
            (source, reject and reject["rule"])
            for source, reject in zip(
                table["source"].to_pylist(), table["reject"].to_pylist(), strict=True
            )
            if not source.endswith(("LICENSE", "README.md", "dataset_info.json"))
        )
        assert rules == {
            ("axolotl/alpaca/alpaca.json", None): 2,
            ("axolotl/conversation.json", None): 1,
            ("axolotl/conversation.missingturns.json", "empty_content"): 1,
            ("axolotl/conversation.tokenized.json", "tokenized"): 1,
            ("axolotl/conversation.tokenized_llama2chat.json", "tokenized"): 1,
            ("grade-school-math/test.jsonl", None): 1_319,
            ("llamafactory/identity.json", None): 91,
        }

    @pytest.mark.parametrize(("shape", "conversational"), SHAPES)
    def test_what_is_written_is_read_back_equal_or_was_refused_with_the_reason(
        self, tmp_path: Path, shape: str, conversational: bool
    ) -> None:
        given = dialogues_of(CORPUS)
        config = TrainingConfig(
            engine="inline",
            task=("dialogue",),
            shape=shape,
            conversational=conversational,
            shard_format="jsonl",
            check_leaks=False,
        )
        dataset_run([str(CORPUS)], str(tmp_path / "out"), config).execute()
        reader = shape_named(shape, conversational=conversational)
        rows = {row["doc_id"]: row for row in rows_of(tmp_path / "out")}
        assert [list(reader.faults(row)) for row in rows.values()] == [[]] * len(rows)
        found = {doc_id: reader.read(row) for doc_id, row in rows.items()}
        refused = given.keys() - found.keys()
        assert found == {doc_id: given[doc_id] for doc_id in found}
        many = {doc_id for doc_id, dialogue in given.items() if len(dialogue.turns) > 2}
        assert refused == (many if (shape, conversational) in ONE_EXCHANGE else set())
        reasons = {row["doc_id"]: row["detail"] for row in rejects_of(tmp_path / "out")}
        assert all("no_place_for_turns" in reasons[doc_id] for doc_id in refused)

    @pytest.mark.parametrize("name", ["axolotl/alpaca/alpaca.json", "llamafactory/identity.json"])
    def test_rows_of_alpaca_are_written_to_alpaca_column_by_column(
        self, tmp_path: Path, name: str
    ) -> None:
        config = TrainingConfig(
            engine="inline",
            task=("dialogue",),
            shape="alpaca",
            splits={"train": 1.0},
            shard_format="jsonl",
            include_metadata=False,
        )
        dataset_run([str(CORPUS / name)], str(tmp_path / "out"), config).execute()
        assert rows_of(tmp_path / "out") == json.loads((CORPUS / name).read_bytes())

    def test_what_was_written_is_input_again(self, tmp_path: Path) -> None:
        source = CORPUS / "llamafactory" / "identity.json"
        for number, shape in enumerate(("sharegpt", "chatml", "messages")):
            config = TrainingConfig(
                engine="inline",
                task=("dialogue",),
                shape=shape,
                shard_format="jsonl",
                splits={"train": 1.0},
                include_metadata=False,
            )
            output = tmp_path / str(number)
            dataset_run([str(source)], str(output), config).execute()
            source = output / "data" / "train-00000-of-00001.jsonl"
        again = list(dialogues_of(source).values())
        assert again == list(dialogues_of(CORPUS / "llamafactory" / "identity.json").values())


HOSTILE = [
    " \r\n spaces \t\r\n",
    "\0 NUL \x07 bell \x85 \u2028",
    "e\u0301 \u00a0 \u200b \ufeff ﬁ \U0001f984",
    '"}]} \\" \\u0000 </s> [INST]',
    "### Response:\n\n| a | b |\n|---|---|",
    "```python\nprint('<|endoftext|>')\n```",
    "Close the valve. " * 300,
]


@pytest.mark.parametrize("shape", ["messages", "chatml"])
def test_from_the_command_line_hostile_texts_come_through_to_the_last_byte(
    tmp_path: Path, shape: str
) -> None:
    dialogues = [
        Dialogue((Turn("user", asked), Turn("assistant", answered), Turn("user", "And?"), last))
        for asked in HOSTILE
        for answered in HOSTILE
        for last in [Turn("assistant", "So it is, and so it was.")]
    ]
    rows = [
        {
            "id": str(number),
            "messages": [{"role": turn.role, "content": turn.content} for turn in dialogue.turns],
        }
        for number, dialogue in enumerate(dialogues)
    ]
    rows.insert(3, {"id": "marks", "messages": [*rows[0]["messages"][:1], {"role": "assistant"}]})
    source = tmp_path / "in.jsonl"
    source.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    done = in_own_process(
        "training", str(source), "--task", "dialogue", "--shape", shape, "--engine", "inline",
        "--shard-format", "jsonl", "--no-filter", "--output", str(tmp_path / "out"),
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    reader = shape_named(shape)
    found = {row["doc_id"]: reader.read(row) for row in rows_of(tmp_path / "out")}
    assert found == {str(number): dialogue for number, dialogue in enumerate(dialogues)}
    (rejected,) = rejects_of(tmp_path / "out")
    assert (rejected["doc_id"], rejected["rule"]) == ("marks", "missing_key")
    assert "messages[1].content is not as it has to be" in rejected["detail"]


def test_a_text_with_marks_is_refused_in_chatml_alone(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    asked = {"role": "user", "content": "What does <|im_end|> mean?"}
    answered = {"role": "assistant", "content": "That a turn ends there, as in ChatML."}
    source.write_text(json.dumps({"id": "a", "messages": [asked, answered]}), encoding="utf-8")
    for shape, kept in (("chatml", 0), ("messages", 1)):
        config = TrainingConfig(engine="inline", task=("dialogue",), shape=shape)
        summary = dataset_run([str(source)], str(tmp_path / shape), config).execute()
        assert summary.documents == {"in": 1, "kept": kept, "dropped": 1 - kept, "failed": 0}
    (rejected,) = rejects_of(tmp_path / "chatml")
    assert "dialogue.mark_in_content 1" in rejected["detail"]


def test_a_dialogue_is_no_running_text_and_a_text_no_dialogue(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    rows = [
        {"id": "said", "prompt": "Which pump is loud?", "completion": "P-101 is the loud one."},
        {"id": "text", "text": "P-101 is the loud one, since its bearing is worn."},
    ]
    source.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    for task, shape, left, why in (
        ("text", "text", "said", "text.is_dialogue 1"),
        ("dialogue", "alpaca", "text", "dialogue.no_dialogue"),
    ):
        config = TrainingConfig(engine="inline", task=(task,), shape=shape)
        dataset_run([str(source)], str(tmp_path / task), config).execute()
        (rejected,) = rejects_of(tmp_path / task)
        assert (rejected["doc_id"], rejected["rule"]) == (left, "no_records")
        assert rejected["detail"].endswith(why)
