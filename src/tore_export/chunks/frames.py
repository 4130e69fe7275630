r"""Frames: what the parts of a table or of a code block need around them to be one themselves.

A pipe table's head ends with its line of delimiters, a drawn table's with its rule, and a caption above
belongs to it; an HTML table's is what comes before its first row that is no head, and what closes it; a
code block's are its fences.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass

from tore_export.documents.schema import Kind

__all__ = ["Frame", "frame_of", "raw_frames", "row_ends"]

FENCE = re.compile(r"([ \t]*(`{3,}|~{3,}))[^\n]*\n")
# possessive, so that no line takes more than its length to look at
DELIMITERS = re.compile(
    r"[ \t]*+\|?+[ \t]*+:?-++:?+[ \t]*+(?:\|[ \t]*+:?-++:?+[ \t]*+)*+\|?+[ \t]*+"
)
RULE = re.compile(r"[ \t]*+[-─━═=]++(?: ++[-─━═=]++)*+[ \t]*+")
ROW_END = re.compile(r"</tr>\s*+(?=<tr)")
RAW_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*$", re.MULTILINE)
RAW_TABLE = re.compile(
    rf"^\|[^\n]*+\n(?=\|){DELIMITERS.pattern}\n(?:\|[^\n]*+(?:\n|\Z))*+",
    re.MULTILINE,
)
_CODE, _TABLE = int(Kind.CODE), int(Kind.TABLE)

MOST_HEAD_LINES = 20
LONGEST_CLOSING = 200


@dataclass(frozen=True, slots=True)
class Frame:
    """A block from `start` to `end`, whose head ends at `head_end` and whose closing begins at `tail`.

    `closing` is what a part that is cut off before `tail` ends with.
    """

    start: int
    head_end: int
    tail: int
    end: int
    closing: str = ""


def frame_of(text: str, start: int, end: int, kind: int) -> Frame | None:
    r"""Return the frame of a block of that kind, None where it has none.

    >>> frame_of("| a |\n| --- |\n| 1 |\n| 2 |", 0, 23, Kind.TABLE).head_end
    14
    """
    if kind == _CODE:
        return _fenced(text, start, end)
    if kind != _TABLE:
        return None
    if text.startswith("<table", start):
        return _html(text, start, end)
    return _lined(text, start, end)


def raw_frames(text: str) -> list[Frame]:
    """Return the frames of the fences and pipe tables of a text of unknown structure, in order."""
    found: list[Frame] = []
    opened: re.Match[str] | None = None
    for line in RAW_FENCE.finditer(text):
        if opened is None:
            opened = line
        elif line[0].strip().startswith(opened[1]) and not line[0].strip(" `~"):
            found.append(
                Frame(opened.start(), opened.end() + 1, line.start(), line.end(), opened[1])
            )
            opened = None
    tables = []
    if "|" in text:
        at = 0
        for table in RAW_TABLE.finditer(text):
            while at < len(found) and found[at].end < table.start():
                at += 1
            if at < len(found) and found[at].start < table.start():
                continue
            frame = frame_of(text, table.start(), table.end(), Kind.TABLE)
            if frame is not None:
                tables.append(frame)
    return sorted([*found, *tables], key=lambda frame: frame.start)


def row_ends(text: str, start: int, end: int, low: int = 0, high: int = sys.maxsize) -> list[int]:
    """Return where the rows of an HTML table begin that follow another one on the same line.

    Only those behind `low`, up to `high`; white space does not reach from before `low` to behind it.
    """
    if not text.startswith("<table", start):
        return []
    first, last = max(start, low - len("</tr")), min(end, high + len("<tr"))
    ends = [found.end() for found in ROW_END.finditer(text, first, last)]
    return [place for place in ends if low < place <= high and text[place - 1] != "\n"]


def _fenced(text: str, start: int, end: int) -> Frame | None:
    found = FENCE.match(text, start, end)
    if not found:
        return None
    tail = text.rfind("\n", start, end) + 1
    closed = tail >= found.end() and text[tail:end].strip() == found[2]
    return Frame(start, found.end(), tail if closed else end, end, found[1])


def _html(text: str, start: int, end: int) -> Frame | None:
    head_end = text.find("<tr", start, end)
    head_close = text.find("</thead>", start, end)
    if 0 <= text.find("<thead", start, end) < head_end and head_close > 0:
        head_end = text.find("<tr", head_close, end)
    tail = text.rfind("</tr>", start, end) + len("</tr>")
    closing = text[tail:end].lstrip()
    if head_end < 0 or tail < head_end or len(closing) > LONGEST_CLOSING:
        return None
    return Frame(start, head_end, tail, end, closing)


def _lined(text: str, start: int, end: int) -> Frame | None:
    line_end = text.find("\n", start, end)
    for number in range(1, MOST_HEAD_LINES):
        next_end = text.find("\n", line_end + 1, end)
        if line_end < 0 or next_end < 0:
            return None
        line = text[line_end + 1 : next_end]
        is_delimiter = (number == 1 or "|" in line) and DELIMITERS.fullmatch(line)
        if is_delimiter or RULE.fullmatch(line):
            return Frame(start, next_end + 1, end, end)
        line_end = next_end
    return None
