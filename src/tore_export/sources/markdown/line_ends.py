"""Line breaks within a text, one at a time: a blank line would part what is one paragraph."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any

__all__ = ["tidied"]

_BREAK = re.compile(r"[ \t]*\n[ \t\n]*")
_UNTIDY = re.compile(r"[ \t]\n|\n[ \t\n]")


def tidied(text: str, spans: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    r"""Return a text whose line breaks have no space beside them and no other one; and its spans.

    One of several breaks is a hard one if any of them was.

    >>> tidied("a \n\n b", [{"start": 2, "end": 3, "kind": "break"}])
    ('a\nb', [{'start': 1, 'end': 2, 'kind': 'break'}])
    """
    if not _UNTIDY.search(text):
        return text, spans
    starts, ends, places = [0], [0], [0]
    parts: list[str] = []
    size = done = 0
    for found in _BREAK.finditer(text):
        start, end = found.span()
        size += start - done
        starts.append(start)
        ends.append(end)
        places.append(size)
        parts += (text[done:start], "\n")
        size += 1
        done = end
    parts.append(text[done:])

    def moved(place: int, *, after: bool) -> int:
        number = bisect_right(starts, place) - 1
        if place >= ends[number]:
            return place - ends[number] + places[number] + (number > 0)
        return places[number] + after

    kept: list[dict[str, Any]] = []
    broken: set[int] = set()
    for span in spans:
        if span["kind"] == "break":
            start = moved(span["start"], after=False)
            if start not in broken:
                broken.add(start)
                kept.append({**span, "start": start, "end": start + 1})
            continue
        start, end = moved(span["start"], after=True), moved(span["end"], after=False)
        if start < end or span["kind"] == "image":
            kept.append({**span, "start": start, "end": max(start, end)})
    return "".join(parts), kept
