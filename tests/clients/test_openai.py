"""Messages without metadata hold to what OpenAI's format check asks of each line.

**Source** OpenAI Cookbook, "Data preparation and analysis for chat model fine-tuning", format
validation: the checks and their names; a check that finds nothing is passed.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from cases import Case, chosen

KEYS = {"role", "content", "name", "function_call", "weight"}
ROLES = {"system", "user", "assistant", "function"}
LEAST_EXAMPLES = 10


def errors_of(row: Any) -> Counter[str]:
    """Count what the published check finds wrong with a line."""
    found: Counter[str] = Counter()
    if not isinstance(row, dict):
        return Counter(data_type=1)
    messages = row.get("messages")
    if not messages:
        return Counter(missing_messages_list=1)
    for message in messages:
        found["message_missing_key"] += not {"role", "content"} <= set(message)
        found["message_unrecognized_key"] += not set(message) <= KEYS
        found["unrecognized_role"] += message.get("role") not in ROLES
        content = message.get("content")
        is_said = bool(content) and isinstance(content, str)
        found["missing_content"] += not is_said and not message.get("function_call")
    found["example_missing_assistant_message"] += not any(
        message.get("role") == "assistant" for message in messages
    )
    return +found


def uploaded(case: Case) -> list[Path]:
    """The files that the card says to upload: as they are, or as its code writes them."""
    if not case.include_metadata and case.shard_format == "jsonl":
        assert "the files are uploaded as they are" in case.card
        return sorted((case.folder / "data").glob("*.jsonl"))
    names: dict[str, Any] = {}
    code = case.code()
    exec(code[0], names)
    exec(code[-1], names)
    return sorted(Path.cwd().glob("*.jsonl"))


@pytest.mark.parametrize("case", chosen("messages", is_folder=True), ids=str)
def test_no_line_of_what_is_uploaded_has_an_error(case: Case) -> None:
    files = uploaded(case)
    rows = [json.loads(line) for file in files for line in file.open(encoding="utf-8")]
    assert len(rows) == sum(case.records.values())
    assert all(set(row) == {"messages"} for row in rows)
    assert sum((errors_of(row) for row in rows), Counter()) == {}


def test_the_check_finds_what_it_is_published_to_find() -> None:
    asked = {"role": "user", "content": "Who?"}
    assert errors_of([]) == {"data_type": 1}
    assert errors_of({"messages": []}) == {"missing_messages_list": 1}
    assert errors_of({"messages": [asked]}) == {"example_missing_assistant_message": 1}
    said = {"role": "assistant", "content": "", "mood": "glad"}
    assert errors_of({"messages": [asked, said]}) == {
        "message_unrecognized_key": 1,
        "missing_content": 1,
    }
    assert errors_of({"messages": [{"role": "tool", "content": "1"}, {"role": "assistant"}]}) == {
        "unrecognized_role": 1,
        "message_missing_key": 1,
        "missing_content": 1,
    }
