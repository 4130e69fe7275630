"""Spans as they come, made such that they can be written: none crosses another, none is empty."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

__all__ = ["ATOMS", "PlacedSpan", "nested"]

PlacedSpan = tuple[int, int, str, Mapping[str, Any]]
"""Start, end and kind of a span, and the span."""

ATOMS = frozenset({"code", "math", "image", "footnote", "break"})
"""Kinds that hold words and no other spans."""

_KEPT = frozenset({"code", "math", "image", "break"})
"""Kinds whose white space at the ends is theirs."""

_ALIKE = frozenset(
    {"strong", "emphasis", "strike", "underline", "subscript", "superscript", "code", "math"}
)
"""Kinds of which two side by side say no more than one."""

_SPACES = re.compile(r"\s+")
_BLANK_LINES = re.compile(r"\n[ \t]*\n[ \t\n]*")


def nested(
    text: str,
    spans: Iterable[Any],
    meant: Callable[[Mapping[str, Any]], bool],
    *,
    paragraphs: bool = False,
) -> list[PlacedSpan]:
    """Return the spans that are `meant`, sorted, each within another or apart from it.

    One that crosses another's end is cut there; one within another of its kind, or within an atom,
    is left out; two of a kind that touch are one, since their marks would merge; emphasis and links
    begin and end with a word. With `paragraphs` a span over several paragraphs becomes one in each.

    >>> spans = [{"start": s, "end": e, "kind": k} for s, e, k in [(4, 9, "code"), (0, 6, "strong")]]
    >>> [span[:3] for span in nested("ab  cd ef", spans, lambda span: True)]
    [(0, 6, 'strong'), (4, 6, 'code')]
    """
    size = len(text)
    found: list[PlacedSpan] = []
    for span in spans:
        if not isinstance(span, dict):
            continue
        start, end, kind = span.get("start"), span.get("end"), span.get("kind")
        if not isinstance(start, int) or not isinstance(end, int) or not isinstance(kind, str):
            continue
        if meant(span):
            found.append((max(start, 0), min(end, size), kind, span))
    found = _within(_Trim(text, found).all(found))
    trim = _Trim(text, found)  # code that was cut keeps less white space
    found = _within(trim.all(found))
    if paragraphs and "\n" in text:
        gaps = [gap.span() for gap in _BLANK_LINES.finditer(text)]
        if gaps:
            found = _within(trim.all(_parted(found, gaps)))
    return found


def _within(spans: list[PlacedSpan]) -> list[PlacedSpan]:
    """Return sorted spans, cut, left out and made one as `nested` says."""
    kept: list[PlacedSpan] = []
    around: list[int] = []  # places in `kept`
    last_in: dict[int, int] = {}  # from the place of a span to that of the last one inside
    for start, claimed, kind, span in spans:
        while around and kept[around[-1]][1] <= start:
            around.pop()
        if around and (
            kept[around[-1]][2] in ATOMS or any(kept[outer][2] == kind for outer in around)
        ):
            continue
        parent = around[-1] if around else -1
        end = min(claimed, kept[parent][1]) if around else claimed
        place = last_in.get(parent, -1)
        if place >= 0 and kind in _ALIKE and kept[place][1:3] == (start, kind):
            kept[place] = (kept[place][0], end, kind, span)
        else:
            place = len(kept)
            kept.append((start, end, kind, span))
        around.append(place)
        last_in[parent] = place
    return kept


def _parted(spans: list[PlacedSpan], gaps: list[tuple[int, int]]) -> Iterator[PlacedSpan]:
    """Cut spans out of the gaps between paragraphs."""
    ends = [end for _, end in gaps]
    for begin, end, kind, span in spans:
        if begin == end:
            yield begin, end, kind, span
        start, at = begin, bisect_right(ends, begin)
        while at < len(gaps) and gaps[at][0] < end:
            if start < gaps[at][0]:
                yield start, gaps[at][0], kind, span
            start = gaps[at][1]
            at += 1
        if start < end:
            yield start, end, kind, span


class _Trim:
    """Takes white space from the ends of spans, but for what lies in code: that keeps its own."""

    def __init__(self, text: str, spans: Iterable[PlacedSpan]) -> None:
        self._text = text
        self._kept = sorted((start, end) for start, end, kind, _ in spans if kind in _KEPT)
        self._runs: list[tuple[int, int]] | None = None

    def all(self, spans: Iterable[PlacedSpan]) -> list[PlacedSpan]:
        """Return the spans that are not empty, sorted."""
        text = self._text
        trimmed = []
        for begin, stop, kind, span in spans:
            start, end = begin, stop
            if kind not in _KEPT:
                if start < end and text[start].isspace():
                    start = self._run(start)[1]
                if start < end and text[end - 1].isspace():
                    end = self._run(end - 1)[0]
            if start < end or (kind == "image" and start == end):
                trimmed.append((start, end, kind, span))
        trimmed.sort(key=lambda one: (one[0], -one[1]))
        return trimmed

    def _run(self, place: int) -> tuple[int, int]:
        """Return the white space around a place, as far as it lies outside of code."""
        if self._runs is None:
            # looked for once, and only if asked: a text may be one long run
            self._runs = [found.span() for found in _SPACES.finditer(self._text)]
        start, end = self._runs[bisect_right(self._runs, (place, len(self._text))) - 1]
        at = bisect_right(self._kept, (place, len(self._text)))
        if at and self._kept[at - 1][1] > place:
            return place + 1, place
        if at:
            start = max(start, self._kept[at - 1][1])
        if at < len(self._kept):
            end = min(end, self._kept[at][0])
        return start, end
