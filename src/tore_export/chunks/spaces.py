"""The white space of a text, and where it may be cut there.

White space within a line goes with the word behind it, line ends with the line they end: so cut
OpenAI's own patterns, and the tokens of the parts are those of the whole (`is_safe`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tore_export.chunks.characters import Character

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Places = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

__all__ = ["ADDS_UP", "Spaces"]

ADDS_UP = frozenset({"cl100k_base", "o200k_base", "o200k_harmony"})
"""Encodings of which `Spaces.is_safe` proves where counts of the parts of a text add up."""


@dataclass(frozen=True)
class Spaces:
    """The runs of white space of a text that begins and ends with a line end.

    A run may be cut at one place, `cuts`: behind its last line end, or before it where it has none.
    """

    begins: Places
    ends: Places
    cuts: Places
    n_line_ends: Places

    @classmethod
    def of(cls, codes: npt.NDArray[np.uint32], classes: npt.NDArray[np.uint8]) -> Spaces:
        """Find them."""
        import numpy as np

        is_space = (classes - np.uint8(Character.SPACE)) < 2
        edges = np.flatnonzero(is_space[1:] != is_space[:-1]) + 1
        begins = np.concatenate([[0], edges[1::2]])
        ends = np.append(edges[0::2], len(codes))
        line_ends = np.flatnonzero(classes == Character.LINE_END)
        last = np.searchsorted(line_ends, ends)
        n_line_ends = last - np.searchsorted(line_ends, begins)
        cuts = np.where(n_line_ends > 0, line_ends[last - 1] + 1, begins)
        cuts[-1] = len(codes) - 1
        # a carriage return and a line feed are one line end
        pairs = line_ends[1:][
            (codes[line_ends[1:]] == ord("\n"))
            & (codes[line_ends[:-1]] == ord("\r"))
            & (np.diff(line_ends) == 1)
        ]
        if len(pairs):
            n_line_ends -= np.searchsorted(pairs, ends) - np.searchsorted(pairs, begins)
        return cls(begins, ends, cuts, n_line_ends)

    def is_safe(
        self,
        places: Places,
        codes: npt.NDArray[np.uint32],
        classes: npt.NDArray[np.uint8],
    ) -> Flags:
        r"""Tell at which places cl100k_base and o200k_base count both sides as the whole.

        Before white space behind a word: every pattern ends a piece there, whatever follows. Behind the
        last line end of a run of white space: so do they, `\s*[\r\n]` being greedy, but that o200k_base
        takes a slash with the line end. Nothing looks back, and at the end of a text white space up to
        its last line end is one piece, too.
        """
        import numpy as np

        before, behind = classes[places - 1], classes[places]
        run = np.searchsorted(self.begins, places, side="right") - 1
        word = (before > Character.LINE_END) | (before == Character.OTHER)
        line = (
            (before == Character.LINE_END)
            & (behind != Character.LINE_END)
            & (codes[places] != ord("/"))
            & ((behind != Character.SPACE) | (self.cuts[run] == places))
        )
        safe: Flags = (word & (behind == Character.SPACE)) | line
        return safe
