"""Text and spans of a paragraph in the making, for readers that meet marks within the line."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["Inline"]

_SPACES = re.compile(r"[ \t\n\f\r]+")
_TRIMMED = frozenset({"strong", "emphasis", "strike", "underline", "link"})
"""Kinds whose span begins and ends with a word: Markdown cannot mark a space as strong."""


class Inline:
    r"""Collects what stands in a line: words, and the spans that are open around them.

    `collapse` takes white space as HTML does: a run of it is one space, none at the start of a line.

    >>> line = Inline(collapse=True)
    >>> line.write("see  ")
    >>> line.open("link", url="https://a.org")
    >>> line.write("the\n docs ")
    >>> line.close()
    >>> line.write(" now")
    >>> line.finish()
    ('see the docs now', [{'start': 4, 'end': 12, 'kind': 'link', 'url': 'https://a.org'}])
    """

    __slots__ = ("_collapse", "_n_opened", "_open", "_parts", "_size", "_spaced", "_spans")

    def __init__(self, *, collapse: bool = False) -> None:
        self._collapse = collapse
        self._parts: list[str] = []
        self._size = 0
        self._spaced = True  # whether a space more would be one too many
        # each with the turn in which it was opened: of two over the same words the first is outside
        self._open: list[tuple[int, dict[str, Any]]] = []
        self._spans: list[tuple[int, dict[str, Any]]] = []
        self._n_opened = 0

    def __bool__(self) -> bool:
        """Whether there is anything to show: words, or an image without any."""
        return any(map(str.strip, self._parts)) or any(
            span["kind"] == "image" for _, span in self._spans
        )

    def write(self, text: str, *, verbatim: bool = False) -> None:
        """Append words. `verbatim` keeps their white space where others' is collapsed."""
        if self._collapse and not verbatim:
            text = _SPACES.sub(" ", text)
            if self._spaced and text.startswith(" "):
                text = text[1:]
        if text:
            self._parts.append(text)
            self._size += len(text)
            self._spaced = text[-1] in " \n"

    def open(self, kind: str, **said: Any) -> None:
        """Begin a span of one of the kinds of `documents.element.SPAN_KINDS`."""
        self._n_opened += 1
        span = {"start": self._size, "end": self._size, "kind": kind, **said}
        self._open.append((self._n_opened, span))

    def close(self) -> None:
        """End the span that was begun last."""
        turn, span = self._open.pop()
        span["end"] = self._size
        self._spans.append((turn, span))

    def put(self, kind: str, text: str, **said: Any) -> None:
        """Append a span that is whole: code, a formula, an image, a reference."""
        self.open(kind, **said)
        self.write(text, verbatim=True)
        self.close()

    def line_break(self) -> None:
        """Append a newline that stays one."""
        if self._collapse and self._parts and self._parts[-1].endswith(" "):
            self._parts[-1] = self._parts[-1][:-1]
            self._size -= 1
            for _, span in self._open:
                span["start"] = min(span["start"], self._size)
            for _, span in self._spans:
                span["end"] = min(span["end"], self._size)
        self.put("break", "\n")

    def finish(self) -> tuple[str, list[dict[str, Any]]]:
        """Return the text, stripped, and its spans as the row contract wants them."""
        while self._open:
            self.close()
        whole = "".join(self._parts)
        text = whole.strip()
        if not self._spans:
            return text, []
        shift = len(whole) - len(whole.lstrip())
        found = []
        for turn, span in self._spans:
            start = min(max(span["start"] - shift, 0), len(text))
            end = min(max(span["end"] - shift, 0), len(text))
            if span["kind"] in _TRIMMED:
                while start < end and text[start].isspace():
                    start += 1
                while start < end and text[end - 1].isspace():
                    end -= 1
            if start < end or span["kind"] == "image":
                found.append((start, -end, turn, {**span, "start": start, "end": end}))
        found.sort(key=lambda one: one[:3])
        return text, [span for *_, span in found]
