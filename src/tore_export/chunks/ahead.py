"""What it costs to end a chunk at a place, with the chunks that follow it: of all places at once.

A chunk costs what it leaves of its budget, and by how much its end is worse than that of a section. The
least cost of the next few chunks is found from the last of them backwards. Each step is over columns and
asks for the least of a window of places for each place, so time grows with the places and no faster.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tore_export.chunks.strength import LOWEST_LEVEL, Strength

if TYPE_CHECKING:
    import numpy.typing as npt

    from tore_export.chunks.units import Units

    Numbers = npt.NDArray[np.int64]

__all__ = ["LEAST_FILL", "WORSE", "Costs", "costs_of", "costs_of_ends"]

N_AHEAD = 4
PARTS = 16  # of a token; costs are whole numbers of them
LEAST_FILL = 0.25
"""Share of a budget up to which no chunk ends, where it can end behind it."""

WORSE = {
    Strength.CODE_POINT: 10.0,
    Strength.GRAPHEME: 10.0,
    Strength.WORD: 10.0,
    Strength.LINE: 9.5,
    Strength.SENTENCE: 0.3,
    Strength.ROW: 0.25,
    Strength.STANZA: 0.15,
    Strength.BLOCK: 0.06,
    Strength.SECTION: 0.04,
}
"""How much worse an end is than that of a document, where 1 is what `min_fill` leaves of a budget."""


class Costs(NamedTuple):
    """Of one text: what it costs to end a chunk at each place; only differences say something.

    Those of the first `n_certain` places are the same whatever follows the last one.
    """

    values: memoryview
    n_certain: int


def costs_of(units: Sequence[Units], max_tokens: int, min_fill: float) -> list[Costs | None]:
    """Return what it costs to end a chunk at each place of each text; None where the latest is best."""
    if min_fill == 1 or not units:
        return [None] * len(units)
    scale = max_tokens * PARTS
    sizes = [len(unit.places) for unit in units]
    lasts = np.cumsum(sizes) - 1
    tokens = np.concatenate([np.asarray(unit.tokens, np.int64) for unit in units])
    # texts lie so far apart that no chunk reaches the next one
    lengths = tokens[lasts] + 2 * max_tokens + 1
    tokens += np.repeat(np.cumsum(lengths) - lengths, sizes)
    is_last = np.zeros(len(tokens), np.bool_)
    is_last[lasts] = True
    follows = np.minimum(np.arange(1, len(tokens) + 1), len(tokens) - 1)
    follows[lasts] = lasts
    high = np.searchsorted(tokens, tokens + max_tokens, side="right") - 1
    high = np.maximum(high, follows)
    low = np.searchsorted(tokens, tokens + int(max_tokens * LEAST_FILL), side="left")
    low = np.clip(low, follows, high)
    ends = is_last[high]
    # the last chunk of a text is full by chance; half of what it leaves counts
    rest = np.maximum(scale - (tokens[high] - tokens) * PARTS, 0) // 2
    rest[lasts] = 0
    strengths = np.frombuffer(b"".join(unit.strengths for unit in units), np.uint8)
    filled = tokens * PARTS
    own = costs_of_ends(round((1 - min_fill) * scale))[strengths] - filled
    windows = _Windows(low, high)
    costs, farthest = own, high
    for _ in range(N_AHEAD):
        costs = own + np.where(ends, rest, scale + filled + windows.least(costs))
        farthest = high[farthest]
    certain = np.concatenate([[0], np.cumsum(~is_last[farthest])])
    found: list[Costs | None] = []
    for last, size in zip(lasts.tolist(), sizes, strict=True):
        begin = last + 1 - size
        n_certain = int(certain[last + 1] - certain[begin])
        found.append(Costs(costs[begin : last + 1].data, n_certain))
    return found


def costs_of_ends(unit: int) -> Numbers:
    """Return the cost of an end of each strength, in parts of a token; `unit` is that of 1 in WORSE."""
    found = np.zeros(256, np.int64)
    for strength, factor in WORSE.items():
        found[strength] = round(unit * factor)
    lowest = found[Strength.SECTION]
    for level in range(LOWEST_LEVEL):
        found[Strength.SECTION + level] = lowest * (LOWEST_LEVEL - level) // LOWEST_LEVEL
    return found


class _Windows:
    """Windows of a column, of which the least values are asked for.

    Each is two of a power of two, which may share values; those of a power come from the power before.
    """

    def __init__(self, low: Numbers, high: Numbers) -> None:
        self.low = low
        level = np.frexp((high - low + 1).astype(np.float64))[1] - 1
        self.second = high + 1 - (1 << level.astype(np.int64))
        self.of_level = [np.flatnonzero(level == i) for i in range(int(level.max()) + 1)]

    def least(self, values: Numbers) -> Numbers:
        """Return the least value of each window."""
        found = np.empty_like(values)
        for i, asked in enumerate(self.of_level):
            if i:
                half = 1 << (i - 1)
                values = np.minimum(values[:-half], values[half:])
            found[asked] = np.minimum(values[self.low[asked]], values[self.second[asked]])
        return found
