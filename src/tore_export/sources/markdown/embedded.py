"""Data URIs within a text that is to be parsed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

__all__ = ["Embedded"]


class Embedded:
    """Data URIs of a text, taken out of it before it is parsed: they are long and say no words.

    >>> embedded = Embedded()
    >>> text = embedded.taken_out("![a](data:image/png;base64," + "A" * 300 + ")")
    >>> len(text), len(embedded.put_back(text))
    (31, 328)
    """

    _URI = re.compile(r"(data:[\w.+/;=-]{0,200}?;base64,)([A-Za-z0-9+/=_-]{256,})", re.I)
    _MARK = re.compile("base64,\ue000([0-9]{1,9})\ue000", re.I)

    __slots__ = ("_found",)

    def __init__(self) -> None:
        self._found: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def taken_out(self, text: str) -> str:
        """Return the text with a short mark in the place of each longer piece of data."""
        return self._URI.sub(self._mark, text) if ";base64," in text else text

    def put_back(self, text: str, spans: Iterable[dict[str, Any]] = ()) -> str:
        """Return a piece of the text as it was; `spans` over it are moved with its words."""
        if not self._found or "\ue000" not in text:
            return text
        parts: list[str] = []
        done = 0
        grown: list[tuple[int, int]] = []
        for found in self._MARK.finditer(text):
            number = int(found[1])
            if number < len(self._found):
                data = f"base64,{self._found[number]}"
                parts += (text[done : found.start()], data)
                done = found.end()
                grown.append((done, len(data) - len(found[0])))
        for span in spans:
            for name in ("start", "end"):
                place = span[name]
                span[name] += sum(growth for end, growth in grown if end <= place)
        return "".join([*parts, text[done:]])

    def _mark(self, found: re.Match[str]) -> str:
        self._found.append(found[2])
        return f"{found[1]}\ue000{len(self._found) - 1}\ue000"
