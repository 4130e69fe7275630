r"""Text and spans of a line in the making, from pieces of serialised HTML.

It does what `inline.Inline` does, but all at once when the line is whole: most lines of a page hold
hardly any mark-up, and a call for each of their pieces would cost more than everything else.
"""

from __future__ import annotations

import re
from typing import Any

__all__ = ["LINE_BREAK", "MARK", "Line", "Spans", "unescaped"]

MARK = "\0"
"""Where a span begins or ends in the text that is collected; a parser leaves no NUL in a text."""

LINE_BREAK = "\x01"
"""Stands for `<br>` in the text that is collected."""

Spans = list[dict[str, Any]]

# Ideographs, kana, bopomofo, their punctuation and full-width forms: where such a text is wrapped, no
# space is meant. Hangul is written with spaces.
_WIDE = (
    "\u2e80-\u2fdf\u2ff0-\u303e\u3041-\u312f\u3190-\u4dbf\u4e00-\ua4cf\uf900-\ufaff\ufe30-\ufe4f"
    "\uff01-\uff9f\uffe0-\uffe6\U0001b000-\U0001b2ff\U00020000-\U0003ffff"
)
_WRAPPED_WIDE = re.compile(rf"([{_WIDE}]\0*+)[ \t]*+\n[ \t\n]*+(?=\0*+[{_WIDE}])")
_SPACES_AROUND_MARKS = re.compile(r" ((?:\0++ )+)")
_SPACES_AT_BREAK = re.compile(rf"(?<![ \0])[ \0]*+{LINE_BREAK}[ \0]*+")
_NOTHING = f" \t\n\f\r{MARK}{LINE_BREAK}"


class Line:
    r"""Collects `parts` of a line, `MARK` for each of its `events`, and `opened`, the spans around.

    An event is a span's template (its kind, and url or title) where it begins, None where it ends.
    `opened` has an entry for each tag that may be a span, None for those that are none.

    >>> line = Line()
    >>> line.parts += ["see  ", MARK, "the\n docs ", MARK, " &amp; more"]
    >>> line.events += [{"kind": "strong"}, None]
    >>> line.take()
    ('see the docs & more', [{'start': 4, 'end': 12, 'kind': 'strong'}])
    """

    __slots__ = ("events", "opened", "parts")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.events: list[dict[str, Any] | None] = []
        self.opened: list[dict[str, Any] | None] = []

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to show so far."""
        return not any(part.strip(_NOTHING) for part in self.parts) and not any(
            event is not None and event["kind"] == "image" for event in self.events
        )

    def put(self, template: dict[str, Any], text: str) -> None:
        """Append a span that is whole; `text` is escaped as in HTML."""
        self.parts += (MARK, text, MARK)
        self.events += (template, None)

    def end_line(self) -> bool:
        """Append a line break; return False where it is the second one, which parts paragraphs."""
        parts = self.parts
        last = len(parts) - 1
        while last >= 0 and (parts[last] == MARK or parts[last].isspace()):
            last -= 1
        if last >= 0 and parts[last] == LINE_BREAK:
            return False
        parts.append(LINE_BREAK)
        return True

    def take(self) -> tuple[str, Spans]:
        """Return the line's text and spans, and begin another one within the spans still open."""
        raw = "".join(self.parts)
        self.parts.clear()
        if not self.events:
            text = _collapsed(raw)
            if "&" in text:
                text = unescaped(text)
            if LINE_BREAK not in text:
                return text, []
            text = _SPACES_AT_BREAK.sub("\n", text).strip("\n")
            return text, _breaks(text)
        events = self.events
        still_open = [template for template in self.opened if template is not None]
        self.parts += [MARK] * len(still_open)
        self.events = [*still_open]
        return _with_spans(raw, events)


def unescaped(text: str) -> str:
    """Return a serialised text or attribute as what it says; a serialiser escapes no more than this."""
    if "&" not in text:
        return text
    for name, character in (("&nbsp;", "\xa0"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"')):
        if name in text:
            text = text.replace(name, character)
    return text.replace("&amp;", "&")


def _collapsed(raw: str) -> str:
    """Return a text with its white space as HTML takes it; a no-break space is none."""
    if raw.isascii():
        return " ".join(raw.split())
    if "\n" in raw:
        raw = _WRAPPED_WIDE.sub(r"\1", raw)
    # bytes are split at ASCII's white space only
    return b" ".join(raw.encode().split()).decode()


def _with_spans(raw: str, events: list[dict[str, Any] | None]) -> tuple[str, Spans]:
    text = _collapsed(raw)
    if " \0 " in text or " \0\0" in text:
        text = _SPACES_AROUND_MARKS.sub(lambda found: " " + found[1].replace(" ", ""), text)
    if LINE_BREAK in text:
        text = _SPACES_AT_BREAK.sub(
            lambda found: found[0].replace(" ", "").replace(LINE_BREAK, "\n"), text
        )
    words = text.strip(MARK)
    if not words or words[0] in " \n" or words[-1] in " \n":
        words = text.lstrip(" \n\0")
        first = text[: len(text) - len(words)].count(MARK)
        core = words.rstrip(" \n\0")
        text = f"{MARK * first}{core}{MARK * words[len(core) :].count(MARK)}"
    segments = (unescaped(text) if "&" in text else text).split(MARK)
    text = "".join(segments)
    found: list[tuple[list[int], dict[str, Any]]] = []
    begun: list[list[int]] = []
    place = 0
    for segment, event in zip(segments, events, strict=False):
        place += len(segment)
        if event is not None:
            extent = [place, len(text)]
            begun.append(extent)
            found.append((extent, event))
        elif begun:
            begun.pop()[1] = place
    spans: Spans = []
    for (begin, stop), template in found:
        start, end = begin, stop
        if template["kind"] != "image":
            if start == end:
                continue
            if text[start].isspace() or text[end - 1].isspace():
                # Markdown cannot mark a space as strong
                words = text[start:end]
                start += len(words) - len(words.lstrip())
                end = start + len(words.strip())
                if start >= end:
                    continue
        spans.append({"start": start, "end": end, **template})
    if "\n" in text or any(template["kind"] == "image" for _, template in found):
        spans += _breaks(text)
        spans.sort(key=lambda span: (span["start"], -span["end"]))
    return text, spans


def _breaks(text: str) -> Spans:
    return [
        {"start": place, "end": place + 1, "kind": "break"}
        for place, character in enumerate(text)
        if character == "\n"
    ]
