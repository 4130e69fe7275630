"""Calls of tools in messages: what OpenAI asks of them.

**Source** OpenAI API reference, chat messages of assistant, tool and function; "Fine-tuning" guide, tool
calling examples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tore_export.records.fault import Fault, shown

__all__ = ["TOOL_KEYS", "tool_faults"]

TOOL_KEYS = ("tool_calls", "tool_call_id", "function_call", "refusal")
"""What messages with tools have beside their text."""


def tool_faults(messages: Sequence[Mapping[str, Any]], column: str) -> Iterator[Fault]:
    """Yield what is wrong with calls, and the results that answer none.

    >>> [str(fault) for fault in tool_faults([{"role": "tool", "content": "4"}], "messages")]
    ['tool_without_call: messages[0].tool_call_id is null, allowed is the id of a call right before']
    """
    waiting: set[str] = set()
    for at, message in enumerate(messages):
        place = f"{column}[{at}]"
        role = message["role"]
        if role == "tool":
            called = message.get("tool_call_id")
            if not isinstance(called, str) or called not in waiting:
                allowed = "the id of a call right before"
                yield Fault("tool_without_call", f"{place}.tool_call_id", shown(called), allowed)
            continue
        if role == "function":
            named = message.get("name")
            if not isinstance(named, str) or named not in waiting:
                allowed = "the name of a call right before"
                yield Fault("tool_without_call", f"{place}.name", shown(named), allowed)
            continue
        waiting = set()
        for key in ("tool_calls", "function_call"):
            if message.get(key) and role != "assistant":
                yield Fault("tool_call", f"{place}.{key}", f"of {role}", "of assistant")
        calls = message.get("tool_calls")
        if calls:
            if not isinstance(calls, list | tuple):
                yield Fault("tool_call", f"{place}.tool_calls", shown(calls), "a list of calls")
                continue
            for number, call in enumerate(calls):
                inside = f"{place}.tool_calls[{number}]"
                if not isinstance(call, Mapping) or not isinstance(call.get("id"), str):
                    yield Fault("tool_call", inside, shown(call), "an object with id and function")
                    continue
                waiting.add(call["id"])
                yield from _function_faults(call.get("function"), f"{inside}.function")
        call = message.get("function_call")
        if call:
            yield from _function_faults(call, f"{place}.function_call")
            if isinstance(call, Mapping) and isinstance(call.get("name"), str):
                waiting.add(call["name"])


def _function_faults(function: Any, place: str) -> Iterator[Fault]:
    if not isinstance(function, Mapping) or not all(
        isinstance(function.get(name), str) for name in ("name", "arguments")
    ):
        yield Fault("tool_call", place, shown(function), "an object with name and arguments, texts")
