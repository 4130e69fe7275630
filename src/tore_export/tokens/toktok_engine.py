"""Counting by toktok: exact, two to four times as fast as tiktoken, small in memory."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["TOKTOK_ENCODINGS", "ToktokEngine"]

# o200k_harmony differs from o200k_base only in its special tokens, which are text here
TOKTOK_ENCODINGS = {
    "cl100k_base": "cl100k_base",
    "o200k_base": "o200k_base",
    "o200k_harmony": "o200k_base",
}
"""What toktok calls the encodings it is used for."""


class ToktokEngine:
    """Counts the texts of one encoding.

    >>> ToktokEngine("cl100k_base").count_texts(["hello world", ""])
    [2, 0]
    """

    name = "toktok"
    is_wrong_on_long_s = True

    def __init__(self, encoding: str) -> None:
        self._encoding = TOKTOK_ENCODINGS[encoding]

    def count_texts(self, texts: list[str]) -> list[int]:
        """Return the number of tokens of each text; texts hold no lone surrogates."""
        from toktok import batch_count

        # without a number of threads it takes all cores, which other workers are using
        counts: list[int] = batch_count(texts, self._encoding, threads=1)
        return counts

    def count_slices(
        self,
        data: npt.NDArray[np.uint8],
        offsets: npt.NDArray[np.int64],
        goes_on: npt.NDArray[np.bool_] | None = None,
    ) -> list[int]:
        """Return the number of tokens of each text that lies in UTF-8 `data` between two offsets.

        Each is counted by itself, whether it goes on or not.
        """
        view, places = data.data, offsets.tolist()
        return self.count_texts([str(view[a:b], "utf-8") for a, b in pairwise(places)])
