"""Where keys lie in [0, 1), and the splits that lie there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["GROUP_KEY", "positions_of", "sides_of"]

GROUP_KEY = b"group\0"
"""What stands before a group's name in its key, so that no text has the key of a group."""


def positions_of(seed: int, keys: Iterable[bytes]) -> npt.NDArray[np.float64]:
    """Return where keys lie in [0, 1).

    >>> positions_of(0, [b"some text", b"another"]).round(3).tolist()
    [0.212, 0.781]
    """
    import numpy as np

    before = b"%d\0" % seed
    digests = b"".join([sha256(before + key).digest()[:8] for key in keys])
    # 53 bits, all that a float holds: the quotient is exact and below 1
    bits = np.frombuffer(digests, ">u8") >> np.uint64(11)
    positions: npt.NDArray[np.float64] = bits / (1 << 53)
    return positions


def sides_of(
    positions: npt.NDArray[np.float64], shares: Sequence[float]
) -> npt.NDArray[np.signedinteger]:
    """Return the number of the split that each position falls into; a split takes its lower bound.

    >>> import numpy
    >>> sides_of(numpy.array([0.0, 0.5, 0.74, 0.75]), [0.5, 0.25, 0.25]).tolist()
    [0, 1, 1, 2]
    """
    import numpy as np

    return np.searchsorted(list(accumulate(shares))[:-1], positions, side="right")
