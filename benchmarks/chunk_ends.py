"""A judge of where chunks end, that knows nothing of the chunkers: it sees a text and a place in it.

A chunk ends well at the end of a block (before a blank line, another block or the end of the text; at
the end of a table's row, a line of code, a heading) or of a sentence (after its terminal mark, those of
Chinese, Japanese, Arabic and Hindi too, and what closes it). An abbreviation's full stop counts as
the end of a sentence, for everybody.

Chunks are found in the text by their characters other than white space, in order, since most chunkers
do not keep white space at the ends.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise

__all__ = ["Judge"]

FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
BEGINS_A_BLOCK = re.compile(r"\s*(#{1,6}\s|[-*+]\s|\d{1,9}[.)]\s|>|\||`{3,}|~{3,}|<\w|!\[|\$\$)")
ROW = re.compile(r"\s*\|.*\|\s*$|.*</t[rdh]>\s*$|\s*</?(table|thead|tbody|tr)\b.*>\s*$")
HEADING = re.compile(r"\s{0,3}#{1,6}\s")
CJK_TERMINALS = "。！？｡…"
SENTENCE = re.compile(r"(?P<mark>[.!?…。！？｡؟।۔])[\])}>\"'”’»›」』）】〉》*_`~]*$")
NUMBER = re.compile(r"\s*(?:[-*+>]\s*)*\d{1,9}\.$")


class Judge:
    r"""Says of chunks, given in order, how they end in a text.

    >>> judge = Judge("One. Two three.\n\nFour")
    >>> [judge.ends_well(chunk) for chunk in ("One.", "Two", "three.", "Four")]
    [True, False, True, True]
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.compact = "".join(text.split())
        self.places = [i for i, letter in enumerate(text) if not letter.isspace()]
        self.starts = [0]
        for line in text.split("\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.is_whole = self._whole_lines()
        self.cursor = 0
        self.n_not_found = 0

    def ends_well(self, chunk: str) -> bool:
        """Tell whether the next chunk ends at the end of a block or of a sentence."""
        end = self._end_of(chunk)
        if end is None:
            # such a chunk was written anew, as with a table's head before its rows: see its last line
            line = chunk.rstrip().rpartition("\n")[2]
            end = self._end_of(line)
            if end is None:
                self.n_not_found += 1
                return bool(ROW.match(line) or SENTENCE.search(line))
        return self.is_block_end(end) or self.is_sentence_end(end)

    def is_block_end(self, end: int) -> bool:
        """Tell whether a block, a row or a line of code ends before the character at `end`."""
        number = bisect_right(self.starts, end - 1) - 1
        line_end = self.starts[number + 1] - 1
        if self.text[end:line_end].strip():
            return False
        if line_end >= len(self.text.rstrip()) or self.is_whole[number]:
            return True
        following = self.text[self.starts[number + 1] : self.starts[number + 2] - 1]
        return not following.strip() or bool(BEGINS_A_BLOCK.match(following))

    def is_sentence_end(self, end: int) -> bool:
        """Tell whether a sentence ends before the character at `end`."""
        before = self.text[max(0, end - 40) : end]
        found = SENTENCE.search(before)
        if found is None or NUMBER.match(before.rpartition("\n")[2]):
            return False
        follows = self.text[end : end + 1]
        return not follows or follows.isspace() or found["mark"] in CJK_TERMINALS

    def _end_of(self, chunk: str) -> int | None:
        compact = "".join(chunk.split())
        if not compact:
            return self.places[self.cursor - 1] + 1 if self.cursor else None
        at = self.compact.find(compact, self.cursor)
        if at < 0:
            return None
        self.cursor = at + len(compact)
        return self.places[self.cursor - 1] + 1

    def _whole_lines(self) -> list[bool]:
        """Tell of each line whether it is a unit of its own: a row, a line of code, a heading."""
        found = []
        fence = None
        for start, end in pairwise(self.starts):
            line = self.text[start : end - 1]
            mark = FENCE.match(line)
            if fence is None:
                # the fence that opens a block of code ends nothing
                found.append(bool(ROW.match(line) or HEADING.match(line)))
                fence = mark[1] if mark else None
                continue
            found.append(True)
            if mark and mark[1].startswith(fence) and line.strip() == mark[1]:
                fence = None
        return found
