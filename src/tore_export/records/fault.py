"""What is wrong with a training row, found by the rule of a shape."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Fault"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule of one row. `place` leads to the value: `messages[2].content`.

    >>> str(Fault("empty_content", "messages[1].content", "''", "some text"))
    "empty_content: messages[1].content is '', allowed is some text"
    """

    rule: str
    place: str
    found: str
    allowed: str

    def to_dict(self) -> dict[str, Any]:
        """Return the fault as plain data."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.rule}: {self.place} is {self.found}, allowed is {self.allowed}"
