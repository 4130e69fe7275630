"""Rows without fault against what trainers publish of their rules, written down a second time.

**Source** OpenAI Cookbook, "Data preparation and analysis for chat model fine-tuning", format
validation; LLaMA-Factory, `data/converter.py`, sharegpt; TRL, `data_utils.is_conversational` and
`apply_chat_template`.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.records.shapes.rows import ALL_SHAPES, dialogue_sample, samples
from tests.unit.records.shapes.test_round_trips import WELL, WILD
from tore_export.records.dialogue import Turn


def openai_takes(messages: list[dict[str, Any]]) -> bool:
    keys = {"role", "content", "name", "function_call", "weight"}
    return (
        bool(messages)
        and all({"role", "content"} <= message.keys() <= keys for message in messages)
        and all(m["role"] in {"system", "user", "assistant", "function"} for m in messages)
        and all(isinstance(m["content"], str) and m["content"] for m in messages)
        and any(message["role"] == "assistant" for message in messages)
    )


def llama_factory_takes(turns: list[dict[str, Any]], who: str, names: dict[str, str]) -> bool:
    spoken = [names.get(turn[who], turn[who]) for turn in turns]
    if spoken[:1] == ["system"]:
        del spoken[0]
    odd, even = spoken[::2], spoken[1::2]
    return (
        len(spoken) > 0
        and len(odd) == len(even)
        and set(odd) <= {"human", "observation"}
        and set(even) <= {"gpt", "function_call"}
    )


def trl_takes(row: dict[str, Any]) -> bool:
    """Whether it is conversational by whichever column it is told, and a prompt ends with a user."""
    columns = [row[name] for name in ("prompt", "completion", "messages") if name in row]
    are_messages = all(
        isinstance(column, list) and column and {"role", "content"} <= column[0].keys()
        for column in columns
    )
    return are_messages and ("prompt" not in row or row["prompt"][-1]["role"] == "user")


LLAMA = {"user": "human", "assistant": "gpt", "tool": "observation"}
ACCEPTS = {
    "messages": lambda row: (
        openai_takes(row["messages"])
        and llama_factory_takes(row["messages"], "role", LLAMA)
        and trl_takes(row)
    ),
    "conversational": lambda row: (
        openai_takes(row["prompt"] + row["completion"]) and trl_takes(row)
    ),
    "sharegpt": lambda row: llama_factory_takes(row["conversations"], "from", {}),
}


@pytest.mark.parametrize("name", list(ACCEPTS))
@settings(max_examples=60, deadline=None)
@given(many=st.lists(WELL | WILD, max_size=4))
def test_every_row_that_is_written_is_one_that_trainers_take(
    name: str, many: list[list[Turn]]
) -> None:
    table, faults = ALL_SHAPES[name].write(samples(*map(dialogue_sample, many)))
    for row, fault in zip(table.to_pylist(), faults, strict=True):
        assert fault is not None or ACCEPTS[name](row)


@pytest.mark.parametrize("name", ["messages", "sharegpt"])
@settings(max_examples=100, deadline=None)
@given(turns=WELL | WILD)
def test_every_row_that_trainers_refuse_has_a_fault(name: str, turns: list[Turn]) -> None:
    rows: dict[str, dict[str, Any]] = {
        "messages": {"messages": [{"role": t.role, "content": t.content} for t in turns]},
        "sharegpt": {
            "conversations": [
                {"from": LLAMA.get(t.role, t.role), "value": t.content} for t in turns
            ]
        },
    }
    row = rows[name]
    if not ACCEPTS[name](row):
        assert list(ALL_SHAPES[name].faults(row))
