r"""Windows: the parts of a long text that are looked at one after the other, so that memory stays flat.

What is found does not depend on where a window ends. It ends behind white space that holds a line end,
where what is before has no bearing on what follows; else behind two runs of white space within a line;
else in a word, between letters. Only a run of white space, or of marks, is never cut.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from tore_export.chunks.places import Laid, Part
from tore_export.chunks.sentences import FARTHEST_BACK
from tore_export.chunks.structure import Structure

__all__ = ["WINDOW", "windows_of"]

WINDOW = 250_000
"""Characters that are looked at together: what memory depends on."""

AHEAD = 8  # characters behind a place that say what it is: the hashes of a heading and a space
SEEN = regex.compile(r"[^\p{White_Space}]")
WORDS = regex.compile(
    r"(?r)[^\p{White_Space}]\p{White_Space}++[^\p{White_Space}]++\p{White_Space}++[^\p{White_Space}]"
)
WITHIN = regex.compile(
    rf"(?r)[^\p{{White_Space}}]{{{FARTHEST_BACK}}}[\p{{L}}\p{{N}}][^\p{{White_Space}}]"
)


def windows_of(document: Structure, size: int) -> Iterator[Laid]:
    """Yield a document's text in parts of about `size` characters, each with what it needs around it."""
    text = document.text
    low, before = 0, "\n"
    while low < len(text):
        high, within = _end(text, low, size)
        behind = text[high : high + AHEAD]
        laid = Laid(f"{before}{text[low:high]}{behind}\n", [Part(document, low, high, len(before))])
        yield laid
        before = _before(laid, high, within) if behind else ""
        low = high


def _end(text: str, low: int, size: int) -> tuple[int, bool | None]:
    """Return where the window that begins at `low` ends, and whether that is within a word.

    None for behind white space with a line end.
    """
    while low + size < len(text):
        least, most = low + size // 4, low + size
        line_end = max(text.rfind("\n", least, most), text.rfind("\r", least, most))
        if line_end >= 0:
            seen = SEEN.search(text, line_end)
            return (seen.start() if seen else len(text)), None
        words = WORDS.search(text, least, most)
        if words:
            return words.end() - 1, False
        word = WITHIN.search(text, least, most)
        if word:
            return word.end() - 1, True
        size *= 2
    return len(text), None


def _before(laid: Laid, high: int, within: bool | None) -> str:
    """Return what stands for all that is before a window, behind `laid`.

    Whether a line begins there; within a line, what is just before the white space; within a word,
    whether it begins a line and with what, and its last characters.
    """
    if within is None:
        return "\n"
    end = laid.last
    if not within:
        return " " + laid.text[end - 2 : end]
    spaces = laid.spaces
    run = int(spaces.ends.searchsorted(end, side="right")) - 1
    begins_line = "\n" if spaces.n_line_ends[run] else " "
    return begins_line + laid.text[spaces.ends[run]] + laid.text[end - FARTHEST_BACK : end]
