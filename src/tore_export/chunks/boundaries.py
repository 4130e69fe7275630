"""Where a text may be cut and how well, found in all of it at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tore_export.chunks.characters import Character, breaks_between
from tore_export.chunks.sentences import sentence_ends
from tore_export.chunks.spaces import Spaces
from tore_export.chunks.strength import LOWEST_LEVEL, Strength

if TYPE_CHECKING:
    import numpy.typing as npt

    Places = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]
    Strengths = npt.NDArray[np.int8]

__all__ = ["PROSE", "RAW", "ROWS", "STANZAS", "RawLines", "line_strengths", "weak_places"]

RAW, PROSE, ROWS, STANZAS = range(4)
"""What lines are: of unknown structure, of running text, rows, or lines with stanzas."""


@dataclass
class RawLines:
    """What the lines of unknown structure before a text say of its own: all that they say."""

    region: int = -1
    fenced: bool = False
    opening: bool = False
    n_hashes: int = 0
    """Of a heading, 0 where the last line is none."""


def line_strengths(
    codes: npt.NDArray[np.uint32],
    classes: npt.NDArray[np.uint8],
    spaces: Spaces,
    modes: npt.NDArray[np.int8],
    regions: Places,
    own: Flags,
    lines: RawLines,
) -> tuple[Places, Strengths, Places, Strengths]:
    """Return the places between words, lines and sentences: of white space, then without any.

    `modes` says of each run of white space what its lines are, `regions` by a number which text of
    unknown structure it lies in, `own` whether it is asked for; `lines` is brought forward to behind
    them. **Rows** of the first pair: one per run; WORD where it is no more.
    """
    strengths = np.full(len(spaces.cuts), Strength.WORD, np.int8)
    is_line = spaces.n_line_ends > 0
    is_blank = spaces.n_line_ends > 1
    strengths[is_line] = Strength.LINE
    strengths[is_line & (modes >= ROWS)] = Strength.ROW
    strengths[is_blank & (modes == PROSE)] = Strength.ROW
    strengths[is_blank & (modes == STANZAS)] = Strength.STANZA
    ends, spaced = sentence_ends(codes, classes, spaces.ends, spaces.n_line_ends)
    at = np.searchsorted(spaces.begins, ends[spaced])
    at = at[modes[at] <= PROSE]
    strengths[at] = np.maximum(strengths[at], Strength.SENTENCE)
    raw = np.flatnonzero(is_line & (modes == RAW) & own)
    if len(raw):
        strengths[raw] = _raw_lines(
            codes, classes, spaces, raw, regions[raw], is_blank[raw], strengths[raw], lines
        )
    wide = ends[~spaced]
    return spaces.cuts, strengths, wide, np.full(len(wide), Strength.SENTENCE, np.int8)


def _raw_lines(
    codes: npt.NDArray[np.uint32],
    classes: npt.NDArray[np.uint8],
    spaces: Spaces,
    raw: Places,
    regions: Places,
    blank: Flags,
    strengths: Strengths,
    lines: RawLines,
) -> Strengths:
    """Return the strengths where lines of unknown structure begin: that of Markdown is seen."""
    last = len(codes) - 1
    first = spaces.ends[raw]  # of a line, its first character that is seen
    code = [codes[np.minimum(first + i, last)] for i in range(LOWEST_LEVEL + 1)]
    kind = [classes[np.minimum(first + i, last)] for i in range(4)]
    spaced = [(k == Character.SPACE) | (k == Character.LINE_END) for k in kind]
    mark = _is_one_of(code[0], "-*+•–") & spaced[1]
    digits = kind[0] == Character.DIGIT
    for i in (1, 2):
        mark |= digits & _is_one_of(code[i], ".)") & spaced[i + 1]
        digits &= kind[i] == Character.DIGIT
    row = mark | _is_one_of(code[0], "|>")
    fence = _is_one_of(code[0], "`~") & (code[1] == code[0]) & (code[2] == code[0])
    inside = _is_fenced(fence, regions, lines)
    n_hashes = np.zeros(len(raw), np.int64)
    going = np.ones(len(raw), np.bool_)
    for i in range(LOWEST_LEVEL):
        going &= code[i] == ord("#")
        n_hashes += going
    behind = codes[np.minimum(first + n_hashes, last)]
    heading = (n_hashes > 0) & _is_one_of(behind, " \t") & ~inside
    after_heading = np.concatenate([[lines.n_hashes > 0], heading[:-1]])
    found = np.where(row, np.maximum(strengths, Strength.ROW), strengths)
    found = np.where(blank, Strength.BLOCK, found)
    found = np.where(inside & ~fence, np.where(blank, Strength.STANZA, Strength.ROW), found)
    opening, closing = fence & inside, fence & ~inside
    after_opening = np.concatenate([[lines.opening], opening[:-1]])
    found = np.where(after_heading | after_opening | closing, Strength.WORD, found)
    section = Strength.SECTION + LOWEST_LEVEL - n_hashes
    deeper = after_heading & (n_hashes > np.concatenate([[lines.n_hashes], n_hashes[:-1]]))
    found = np.where(heading & ~deeper, section, found)
    lines.region, lines.fenced = int(regions[-1]), bool(inside[-1])
    lines.opening, lines.n_hashes = bool(opening[-1]), int(n_hashes[-1] * heading[-1])
    return found.astype(np.int8)


def _is_one_of(codes: npt.NDArray[np.uint32], characters: str) -> Flags:
    found: Flags = codes == ord(characters[0])
    for character in characters[1:]:
        found |= codes == ord(character)
    return found


def _is_fenced(fence: Flags, regions: Places, lines: RawLines) -> Flags:
    """Tell which lines stand in a fence or open one; fences pair up within a region of lines."""
    n_before: Places = np.cumsum(fence) - fence
    firsts = np.flatnonzero(np.append(True, regions[1:] != regions[:-1]))
    bases = n_before[firsts]
    bases[0] += lines.fenced and regions[0] == lines.region
    base: Places = np.repeat(bases, np.diff(np.append(firsts, len(regions))))
    inside: Flags = (n_before + fence - base) % 2 == 1
    return inside


def weak_places(classes: npt.NDArray[np.uint8], spaces: Spaces, strengths: Strengths) -> Places:
    """Return where words begin that no line and no sentence begins with, ascending."""
    words: Places = spaces.cuts[strengths == Strength.WORD]
    # only scripts from Katakana on write words without white space
    if not (classes >= Character.IDEOGRAPH).any():
        return words
    pairs = classes[:-1] * np.uint8(16) + classes[1:]
    both = np.concatenate([words, np.flatnonzero(breaks_between()[pairs]) + 1])
    both.sort(kind="stable")
    once: Places = both[np.diff(both, prepend=-1) > 0]
    return once
