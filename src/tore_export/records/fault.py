"""What is wrong with a training row, found by the rule of a shape."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from tore_export.errors import DocumentError

__all__ = ["Fault", "shown"]

_SHOWN = 60


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

    def as_error(self) -> DocumentError:
        """Return the error for a document that has the fault.

        >>> str(Fault("empty_content", "messages[1].content", "''", "some text").as_error())
        "messages[1].content is not as it has to be, found '', allowed: some text"
        """
        return DocumentError(
            f"{self.place} is not as it has to be",
            rule=self.rule,
            found=self.found,
            allowed=self.allowed,
        )

    def __str__(self) -> str:
        return f"{self.rule}: {self.place} is {self.found}, allowed is {self.allowed}"


def shown(value: object) -> str:
    """Return a value of a row, short enough for a message.

    >>> shown("x" * 100)[-6:], shown([1] * 100), shown(None)
    ('xxxxx…', 'a list of 100', 'null')
    """
    if value is None:
        return "null"
    if isinstance(value, str):
        text = repr(value[:_SHOWN])
        text = text.encode("utf-8", "backslashreplace").decode()
        return text if len(value) <= _SHOWN and len(text) <= 2 * _SHOWN else f"{text[:_SHOWN]}…"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"a list of {len(value):,}"
    if isinstance(value, dict):
        names = ", ".join(str(name)[:_SHOWN] for name in list(value)[:8])
        return f"an object of {names}" if value else "an empty object"
    return str(value)[:_SHOWN]
