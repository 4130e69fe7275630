"""Progress as plain values: what a terminal, a log or a window shows of a running job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["OnProgress", "Progress"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. `phase` is `start`, `documents`, `shards`, `leaks` or `done`.

    Of a run in two passes `documents` is the first; then come `decisions` and `writing`, when all input
    was read.

    `n_bytes` of `total_bytes` of the input are done, of which `resumed_bytes` by an earlier run.
    `approximate` says that a tokenizer counts `tokens` that stands in for another.
    """

    phase: str
    documents: int = 0
    tokens: int = 0
    rejected: int = 0
    units: int = 0
    total_units: int = 0
    n_bytes: int = 0
    total_bytes: int = 0
    resumed_bytes: int = 0
    seconds: float = 0.0
    approximate: bool = False

    @property
    def bytes_per_second(self) -> float:
        """Input bytes a second since this run began."""
        return (self.n_bytes - self.resumed_bytes) / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """An estimate, None before there is anything to go by."""
        rate = self.bytes_per_second
        return (self.total_bytes - self.n_bytes) / rate if rate else None


OnProgress = Callable[[Progress], None]
