"""A dialogue: turns, each somebody's text. What every shape that has a prompt is read to."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["ROLES", "Dialogue", "Turn"]

ROLES = ("system", "user", "assistant", "tool")
"""Who speaks, in the words of shape `messages`."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What `role`, one of ROLES, says; `name` is that of the speaker.

    Where the content is an instruction, a blank line and what the instruction is about,
    `instruction_end` is the number of characters that are the instruction. It makes no other turn of it.
    """

    role: str
    content: str
    name: str | None = None
    instruction_end: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Turns in order: perhaps a system's, then by turns a user's (or a tool's) and an assistant's.

    >>> Dialogue((Turn("user", "2 + 2?"), Turn("assistant", "4"))).turns[-1].content
    '4'
    """

    turns: tuple[Turn, ...]
