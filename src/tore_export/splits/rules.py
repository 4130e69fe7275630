"""What a run says of its splits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

__all__ = ["SplitRules"]


@dataclass(frozen=True, slots=True)
class SplitRules:
    """Names and shares of the splits in order, and what decides between them.

    `near_duplicates` is the similarity from which on documents stay together, None where only exact
    copies do. `against` are the fingerprints of the datasets whose documents keep their side.

    >>> SplitRules((("train", 0.5), ("test", 0.5))).names
    ('train', 'test')
    """

    splits: tuple[tuple[str, float], ...]
    strategy: str = "random"
    group_by: str | None = None
    stratify_by: str = "language"
    exact_ratios: bool = False
    near_duplicates: float | None = None
    against: tuple[str, ...] = ()
    seed: int = 0

    version: ClassVar[int] = 1

    @property
    def names(self) -> tuple[str, ...]:
        """The splits' names, in order."""
        return tuple(name for name, _ in self.splits)

    @property
    def shares(self) -> tuple[float, ...]:
        """The splits' shares, in order."""
        return tuple(share for _, share in self.splits)

    @property
    def is_global(self) -> bool:
        """Whether a document's side depends on other documents, so that a second pass is needed."""
        return (
            self.strategy not in ("random", "group")
            or self.exact_ratios
            or self.near_duplicates is not None
            or bool(self.against)
        )
