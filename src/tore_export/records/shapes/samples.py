"""Samples as shapes see them."""

from __future__ import annotations

__all__ = ["asked"]


def asked(instruction: str, about: str | None) -> str:
    r"""Return a prompt as one text: the instruction, and below it what it is about.

    >>> asked("Which pump is the loudest?", None), asked("Which?", "| a |")
    ('Which pump is the loudest?', 'Which?\n\n| a |')
    """
    return f"{instruction}\n\n{about}" if about else instruction
