"""Shape `messages`: {"messages": [{"role", "content"}]}, as OpenAI and most trainers read dialogues.

==================  ==============================================================================
rule                broken by
==================  ==============================================================================
`missing_column`    a row without `messages`
`wrong_type`        `messages` that is no list, a message that is no object, a text that is none
`empty_dialogue`    a list without messages
`missing_key`       a message without `role` or `content`
`unknown_key`       a key that OpenAI does not know
`unknown_role`      a role that is none of system, user, assistant, tool and function
`empty_content`     content that is null, or nothing but white space, where no tool is called
`weight`            a weight that is neither 0 nor 1, or one of another than the assistant
`tool_call`         a call without id, name or arguments, or by another than the assistant
`tool_without_call` a tool's result whose `tool_call_id` no message right before it has
==================  ==============================================================================

and by those of turns.py, which LLaMA-Factory has for this shape too.

**Source** OpenAI Cookbook, "Data preparation and analysis for chat model fine-tuning" (keys, roles,
content, an assistant); OpenAI, "Fine-tuning" guide and API reference (weight, tool calls);
LLaMA-Factory, `data/converter.py`; TRL, "Dataset formats and types", conversational.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from tore_export.records.dialogue import Dialogue, Turn
from tore_export.records.fault import Fault, shown
from tore_export.records.shapes.samples import missing, refuse_more, turns_of, written
from tore_export.records.shapes.tools import TOOL_KEYS, tool_faults
from tore_export.records.shapes.turns import turn_faults

__all__ = ["MESSAGES", "Messages", "list_faults", "message_faults", "turns_read"]

MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))

_ROLES = ("system", "user", "assistant", "tool", "function")
_KEYS = ("role", "content", "name", "weight", *TOOL_KEYS)
_MORE = ("tools", "functions", "images", "videos", "audios")
"""Columns beside `messages` without which they are not what they are."""


@dataclass(frozen=True, slots=True)
class Messages:
    """Dialogues as lists of messages. Names and the results of tools have no place in them."""

    system_prompt: str | None = None

    name: ClassVar[str] = "messages"
    schema: ClassVar[pa.Schema] = pa.schema([pa.field("messages", MESSAGES)])

    def write(self, samples: pa.Table) -> tuple[pa.Table, list[Fault | None]]:
        """Return dialogues, and the faults of samples that are none."""
        return written(samples, self.schema, self._row, self.faults)

    def faults(self, row: Mapping[str, Any]) -> Iterator[Fault]:
        """Yield what is wrong with a row, by the rules above."""
        found = False
        for fault in list_faults(row, "messages"):
            found = True
            yield fault
        if not found:
            yield from message_faults(row["messages"], "messages")

    def read(self, row: Mapping[str, Any]) -> Dialogue:
        """Return the dialogue. **Raises** DocumentError for a row with a fault, a tool or a weight 0."""
        for fault in self.faults(row):
            raise fault.as_error()
        refuse_more(row, _MORE)
        return Dialogue(turns_read(row["messages"], "messages"))

    def _row(self, sample: dict[str, Any]) -> dict[str, Any] | Fault:
        turns = turns_of(sample, self.system_prompt)
        if isinstance(turns, Fault):
            return turns
        return {"messages": [{"role": turn.role, "content": turn.content} for turn in turns]}


def list_faults(row: Mapping[str, Any], column: str) -> Iterator[Fault]:
    """Yield the fault of a column that is no list of something."""
    if column not in row:
        yield missing(row, column, "a list of messages")
    elif not isinstance(row[column], list | tuple):
        yield Fault("wrong_type", column, shown(row[column]), "a list of messages")
    elif not len(row[column]):
        yield Fault("empty_dialogue", column, shown(row[column]), "a list of messages")


def message_faults(messages: Sequence[Any], column: str, first: int = 0) -> Iterator[Fault]:
    """Yield what is wrong with messages, and where each of them is well with their order."""
    is_well = True
    for at, message in enumerate(messages):
        for fault in _faults_of_one(message, f"{column}[{at}]"):
            is_well = is_well and fault.rule == "empty_content"
            yield fault
    if is_well:
        yield from tool_faults(messages, column)
        roles = ["tool" if m["role"] == "function" else m["role"] for m in messages]
        yield from turn_faults(roles, lambda at: f"{column}[{at}].role", tools_in_a_row=True)


def turns_read(messages: Sequence[Mapping[str, Any]], column: str) -> tuple[Turn, ...]:
    """Return messages without fault as turns. **Raises** DocumentError where they are more than that."""
    for at, message in enumerate(messages):
        lost = {key: message.get(key) for key in TOOL_KEYS}
        if message.get("weight") == 0:
            lost["weight"] = 0
        refuse_more(lost, tuple(lost), f"{column}[{at}].")
    return tuple(Turn(m["role"], m["content"], m.get("name")) for m in messages)


def _faults_of_one(message: Any, place: str) -> Iterator[Fault]:
    if not isinstance(message, Mapping):
        yield Fault("wrong_type", place, shown(message), "an object with role and content")
        return
    for key, value in message.items():
        if key not in _KEYS and value is not None:
            allowed = "role, content, name, weight, or keys of tool calls"
            yield Fault("unknown_key", f"{place}.{str(key)[:60]}", shown(value), allowed)
    role, content, name = (message.get(key) for key in ("role", "content", "name"))
    if role is None:
        yield Fault("missing_key", f"{place}.role", "missing", ", ".join(_ROLES))
    elif role not in _ROLES:
        yield Fault("unknown_role", f"{place}.role", shown(role), ", ".join(_ROLES))
    calls = any(message.get(key) for key in ("tool_calls", "function_call"))
    if content is None and "content" not in message and not calls:
        yield Fault("missing_key", f"{place}.content", "missing", "a string")
    elif content is not None and not isinstance(content, str):
        yield Fault("wrong_type", f"{place}.content", shown(content), "a string")
    elif not (content or "").strip() and not calls:
        yield Fault("empty_content", f"{place}.content", shown(content), "some text")
    if name is not None and not (isinstance(name, str) and name):
        yield Fault("wrong_type", f"{place}.name", shown(name), "a string that is not empty")
    weight = message.get("weight")
    if weight is not None and (
        role != "assistant" or isinstance(weight, bool) or weight not in (0, 1)
    ):
        found = f"{shown(weight)} of {shown(role)}"
        yield Fault("weight", f"{place}.weight", found, "0 or 1, of the assistant")
