"""What units have done so far, summed up as their receipts come, so that telling it costs the same."""

from __future__ import annotations

from collections.abc import Iterable

from tore_export.sources.unit import Unit
from tore_export.storage.receipts import Books, Receipt

__all__ = ["Tally"]


class Tally:
    """The last receipt of each unit, by number, and what these come to."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._sizes = {unit.number: unit.n_bytes for unit in units}
        self.receipts: dict[int, Receipt] = {}
        self.books = Books()
        self.tokens = 0
        self.n_bytes = 0

    def add(self, receipt: Receipt) -> None:
        """Count a receipt; that of a second pass instead of the first one's.

        >>> tally = Tally([Unit(0, "files", (), n_bytes=50)])
        >>> for n_tokens in (7, 9):
        ...     tally.add(Receipt(0, "", Books(1, 1), {}, {}, {"train": n_tokens}, []))
        >>> tally.books.seen, tally.tokens, tally.n_bytes
        (1, 9, 50)
        """
        before = self.receipts.get(receipt.unit)
        if before is None:
            self.n_bytes += self._sizes.get(receipt.unit, 0)
        else:
            self.books -= before.documents
            self.tokens -= sum(before.tokens.values())
        self.books += receipt.documents
        self.tokens += sum(receipt.tokens.values())
        self.receipts[receipt.unit] = receipt
