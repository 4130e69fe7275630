"""Where a text holds code points that the fast engines do not count as tiktoken does.

tiktoken's patterns know the letters, marks and numbers of Unicode 16, the fast engines those of Unicode
17: in the code points that came in between they cut differently. And in o200k_base tiktoken, as
gigatoken, takes an apostrophe and a long s (U+017F, which is an s in capitals) for the ending of a
word, as in "it's"; toktok does not. Nothing else was found with all code points in contexts in which a
cut changes the count, and with millions of arbitrary strings.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["GUARDED", "guarded_places", "guarded_rows"]

GUARDED = (
    (0x088F, 0x088F),
    (0x0C5C, 0x0C5C),
    (0x0CDC, 0x0CDC),
    (0x1ACF, 0x1ADD),
    (0x1AE0, 0x1AEB),
    (0xA7CE, 0xA7CF),
    (0xA7D2, 0xA7D2),
    (0xA7D4, 0xA7D4),
    (0xA7F1, 0xA7F1),
    (0x10940, 0x10959),
    (0x10EC5, 0x10EC7),
    (0x10EFA, 0x10EFB),
    (0x11B60, 0x11B67),
    (0x11DB0, 0x11DDB),
    (0x11DE0, 0x11DE9),
    (0x16EA0, 0x16EB8),
    (0x16EBB, 0x16ED3),
    (0x16FF2, 0x16FF6),
    (0x187F8, 0x187FF),
    (0x18D09, 0x18D1E),
    (0x18D80, 0x18DF2),
    (0x1E6C0, 0x1E6DE),
    (0x1E6E0, 0x1E6F5),
    (0x1E6FE, 0x1E6FF),
    (0x2B73A, 0x2B73F),
    (0x2CEA2, 0x2CEAD),
    (0x323B0, 0x33479),
)
"""First and last of each range of letters, marks and numbers new in Unicode 17."""


BLOCK = 1 << 19
"""Bytes looked at together, so that they stay in the caches of a processor core."""


def guarded_places(data: npt.NDArray[np.uint8], *, long_s: bool = True) -> npt.NDArray[np.intp]:
    r"""Return where in UTF-8 bytes a guarded code point begins; `long_s` says whether that is one.

    >>> import numpy
    >>> guarded_places(numpy.frombuffer("a\U000323b0".encode(), numpy.uint8)).tolist()
    [1]
    """
    import numpy as np

    begins = range(0, len(data), BLOCK)
    places = np.concatenate(
        [np.zeros(0, np.intp), *(_rare_places(data[i : i + BLOCK], long_s) + i for i in begins)]
    )
    if not len(places):
        return places
    last = len(data) - 1
    first, second, third, fourth = (
        data[np.minimum(places + i, last)].astype(np.int32) & mask
        for i, mask in enumerate((0xFF, 0x3F, 0x3F, 0x3F))
    )
    three = (first & 0x0F) << 12 | second << 6 | third
    four = (first & 0x07) << 18 | second << 12 | third << 6 | fourth
    bounds = np.array(list(chain.from_iterable((a, b + 1) for a, b in GUARDED)), np.int32)
    inside = np.searchsorted(bounds, np.where(first < 0xF0, three, four), side="right") & 1 == 1
    ending = (first == 0xC5) & (second == 0x3F) & (data[places - 1] == ord("'")) & (places > 0)
    found: npt.NDArray[np.intp] = places[np.where(first == 0xC5, ending, inside)]
    return found


def guarded_rows(
    data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64], *, long_s: bool = True
) -> list[int]:
    """Return which of the texts that lie in UTF-8 `data` between two offsets hold one."""
    import numpy as np

    rows = np.searchsorted(offsets, guarded_places(data, long_s=long_s), side="right") - 1
    found: list[int] = np.unique(rows).tolist()
    return found


def _rare_places(data: npt.NDArray[np.uint8], long_s: bool) -> npt.NDArray[np.intp]:
    """Return where the first byte of what is guarded is: three are rare, one begins a long s."""
    import numpy as np

    rare = data >= 0xF0
    rare |= data == 0xEA
    rare |= (data & 0xFE) == 0xE0  # E0, E1
    if long_s:
        rare |= data == 0xC5
    return np.flatnonzero(rare)
