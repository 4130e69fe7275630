"""Shapes by name, and by what a row looks like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tore_export.errors import ConfigError, nearest
from tore_export.records.shapes.alpaca import Alpaca
from tore_export.records.shapes.chatml import ChatML, looks_like_chatml
from tore_export.records.shapes.messages import Messages
from tore_export.records.shapes.prompt_completion import (
    ConversationalPromptCompletion,
    PromptCompletion,
)
from tore_export.records.shapes.shape import Shape
from tore_export.records.shapes.sharegpt import ShareGPT
from tore_export.records.shapes.text import Text

__all__ = ["SHAPES", "shape_named", "shape_of_row"]

SHAPES = ("text", "prompt_completion", "messages", "chatml", "alpaca", "sharegpt")
"""The names of all shapes."""


def shape_named(
    name: str, *, conversational: bool = False, system_prompt: str | None = None
) -> Shape:
    """Return a shape by its name.

    `conversational` chooses lists of messages where a shape can be either; `system_prompt` is the first
    message of each record that has no system message of its own.

    **Raises** ConfigError for an unknown name, and for an option that would do nothing.

    >>> shape_named("prompt_completion", conversational=True).schema.names
    ['prompt', 'completion']
    """
    if name not in SHAPES:
        raise ConfigError(
            "no shape is known by this name",
            where="shape",
            found=repr(name),
            allowed=", ".join(SHAPES),
            hint=nearest(name, SHAPES),
        )
    if conversational and name != "prompt_completion":
        raise ConfigError(
            "only shape prompt_completion has both forms", where="conversational", found=name
        )
    if name == "messages":
        return Messages(system_prompt)
    if name == "chatml":
        return ChatML(system_prompt)
    if name == "sharegpt":
        return ShareGPT(system_prompt)
    if conversational:
        return ConversationalPromptCompletion(system_prompt)
    if system_prompt is not None:
        raise ConfigError(
            f"shape {name} has no place for a system message",
            where="system_prompt",
            allowed="messages, chatml, sharegpt, or prompt_completion with conversational",
        )
    if name == "alpaca":
        return Alpaca()
    return PromptCompletion() if name == "prompt_completion" else Text()


def shape_of_row(row: Mapping[str, Any]) -> Shape | None:
    """Return the shape that a decoded row looks like; None for one that is none.

    >>> [shape.name for row in ({"messages": []}, {"prompt": [], "completion": []}, {"text": "a"})
    ...  if (shape := shape_of_row(row))]
    ['messages', 'prompt_completion', 'text']
    """
    if "messages" in row:
        return Messages()
    if "conversations" in row:
        return ShareGPT()
    if "prompt" in row and "completion" in row:
        is_text = isinstance(row["prompt"], str) or isinstance(row["completion"], str)
        return PromptCompletion() if is_text else ConversationalPromptCompletion()
    if "instruction" in row and "output" in row:
        return Alpaca()
    if "text" in row:
        text = row["text"]
        return ChatML() if isinstance(text, str) and looks_like_chatml(text) else Text()
    return None
