"""Shapes by name."""

from __future__ import annotations

from tore_export.errors import ConfigError, nearest
from tore_export.records.shapes.shape import Shape
from tore_export.records.shapes.text import Text

__all__ = ["SHAPES", "shape_named"]

SHAPES = ("text",)
"""The names of all shapes."""


def shape_named(
    name: str, *, conversational: bool = False, system_prompt: str | None = None
) -> Shape:
    """Return a shape by its name.

    `conversational` chooses lists of messages where a shape can be either; `system_prompt` is the first
    message of each record that has no system message of its own.

    **Raises** ConfigError for an unknown name, and for an option that would do nothing.
    """
    if name not in SHAPES:
        raise ConfigError(
            "no shape is known by this name",
            where="shape",
            found=repr(name),
            allowed=", ".join(SHAPES),
            hint=nearest(name, SHAPES),
        )
    if system_prompt is not None:
        raise ConfigError(f"shape {name} has no place for a system message", where="system_prompt")
    return Text()
