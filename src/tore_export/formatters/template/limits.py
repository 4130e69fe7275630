"""What rendering one template may cost: steps, bytes made, the size of a value written out, time.

A template is a program of somebody else's. It runs in this process, without signals or threads, so
that it can run anywhere; therefore everything it may do is counted here before it is done.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

from tore_export.errors import TemplateError

__all__ = ["ACTIVE", "Budget", "tick"]

MAX_OUTPUT_BYTES = 50_000_000
"""Of one document; what is made on the way, in macros and filters, may be `MADE` times that."""

MADE = 4
MAX_STEPS = 1_000_000
STEPS_PER_ELEMENT = 100
BYTES_PER_ELEMENT = 1_000
MAX_SECONDS = 10.0
SECONDS_PER_ELEMENT = 0.000_1
MAX_VALUE = 50_000_000
"""Bytes that a list or a mapping may have when it is written out; what it shares counts each time."""
REMEMBERED = 20_000

_CONTAINERS = (list, tuple, dict, set, frozenset)

ACTIVE: ContextVar[Budget] = ContextVar("budget")
"""The budget of what is being rendered."""


class Budget:
    """Counts what one rendering costs. **Raises** TemplateError where that is too much.

    Steps and bytes come first, since they are the same on every machine; processor time is for what
    they do not see. `document` is what is rendered, of `n_elements`.
    """

    __slots__ = (
        *("_held", "_look", "_max_seconds", "_max_steps", "_started"),
        *("document", "made", "max_bytes", "steps"),
    )

    def __init__(self, document: Any = None, n_elements: int = 0) -> None:
        self.document = document
        self.steps = 0
        self.made = 0
        self.max_bytes = MAX_OUTPUT_BYTES * MADE + BYTES_PER_ELEMENT * n_elements
        self._max_steps = MAX_STEPS + STEPS_PER_ELEMENT * n_elements
        self._started = time.thread_time()
        self._max_seconds = MAX_SECONDS + SECONDS_PER_ELEMENT * n_elements
        self._look = time.monotonic() + self._max_seconds
        self._held: dict[int, tuple[Any, int]] = {}

    def tick(self, n_bytes: int = 0) -> bool:
        """Count a step, and what it will write for certain; return True."""
        self.steps += 1
        self.made += n_bytes
        if self.steps > self._max_steps:
            raise TemplateError(
                "the template does not come to an end",
                found=f"{self.steps:,} steps",
                allowed=f"{self._max_steps:,} for this document",
            )
        if self.made > self.max_bytes:
            self._too_much(self.made)
        if time.monotonic() > self._look:
            self._look_at_the_clock()
        return True

    def _look_at_the_clock(self) -> None:
        used = time.thread_time() - self._started
        if used > self._max_seconds:
            raise TemplateError(
                "the template takes too long",
                found=f"{used:.1f} s",
                allowed=f"{self._max_seconds:.1f} s for this document",
            )
        # the processor was busy with others
        self._look = time.monotonic() + self._max_seconds - used

    def text(self, made: str) -> str:
        """Return a text that was made, after counting it."""
        self.room(len(made) if made.isascii() else 4 * len(made))
        return made

    def room(self, n_bytes: int) -> None:
        """Count what is about to be made."""
        self.made += n_bytes
        if self.made > self.max_bytes:
            self._too_much(self.made)

    def _too_much(self, found: int) -> None:
        raise TemplateError(
            "the template makes too much",
            found=f"{found / 1e6:,.0f} MB",
            allowed=f"{self.max_bytes / 1e6:,.0f} MB with what is made on the way",
        )

    def held(self, value: Any) -> Any:
        """Return a value that was made, after counting it if it is a text or holds others."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, _CONTAINERS):
            self.room(64 + 8 * len(value))
            self.size(value)
        return value

    def size(self, value: Any) -> int:
        """Return how many bytes a container is when it is written out, at the least.

        A container that holds another twice counts it twice. What is built step by step is known
        from the step before, so that this costs what is new.
        """
        known = self._held.get(id(value))
        if known is not None:
            return known[1]
        total = 0
        stack = [value]
        while stack:
            one = stack.pop()
            if isinstance(one, _CONTAINERS):
                known = self._held.get(id(one)) if one is not value else None
                if known is not None:
                    total += known[1]
                else:
                    total += 2
                    stack.extend(one)
                    if isinstance(one, dict):
                        stack.extend(one.values())
            else:
                total += _length(one) + 2 if isinstance(one, str) else 8
            if total > MAX_VALUE or len(stack) * 2 > MAX_VALUE:
                self._too_large()
        return self.known(value, total)

    def known(self, value: Any, size: int) -> int:
        """Remember the size of a container that follows from those it was made of; return it."""
        if size > MAX_VALUE:
            self._too_large()
        if len(self._held) >= REMEMBERED:
            self._held.clear()
        # keeps the value, so that its id stays its own
        self._held[id(value)] = (value, size)
        return size

    def _too_large(self) -> None:
        raise TemplateError(
            "a list or mapping of the template is too large",
            allowed=f"{MAX_VALUE / 1e6:,.0f} MB when written out",
        )

    def pieces(self, text: str, parting: str = " \n\t") -> None:
        """Count what a text becomes when it is cut at each of some characters."""
        self.room(64 * (1 + sum(map(text.count, parting))))

    def joined(self, values: Iterable[str]) -> str:
        """Return texts as one; how long it becomes is counted before it is made."""
        parts = list(values)
        self.room(sum(map(len, parts)))
        return "".join(parts)


def _length(text: str) -> int:
    """Return how long a text may become where it is written with its quotes."""
    return len(text) * (1 if text.isprintable() else 10)


def tick(n_bytes: int = 0) -> bool:
    """Count a step of what is being rendered."""
    return ACTIVE.get().tick(n_bytes)
