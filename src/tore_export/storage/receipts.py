"""Receipts: a unit of work happened if, and only if, its receipt is there.

A receipt is written last, after every file it names is whole and synced. A second attempt at the same
work overwrites the first one's files with the same bytes.
"""

from __future__ import annotations

import msgspec

from tore_export.errors import StorageError
from tore_export.storage.files import join, list_files, read_bytes, write_bytes

__all__ = ["Books", "Part", "Receipt", "Receipts", "write_receipt"]


class Part(msgspec.Struct, frozen=True):
    """A file a unit wrote for later joining. `estimate` is its size in the final format."""

    name: str
    split: str
    rows: int
    size: int
    estimate: int
    sha256: str


class Books(msgspec.Struct, frozen=True):
    """The account of documents. `kept` = at least one record was written."""

    seen: int = msgspec.field(default=0, name="in")
    kept: int = 0
    dropped: int = 0
    failed: int = 0

    @property
    def balanced(self) -> bool:
        """Whether every document that came in is accounted for."""
        return self.seen == self.kept + self.dropped + self.failed

    def __add__(self, other: Books) -> Books:
        return Books(
            self.seen + other.seen,
            self.kept + other.kept,
            self.dropped + other.dropped,
            self.failed + other.failed,
        )

    def __sub__(self, other: Books) -> Books:
        return Books(
            self.seen - other.seen,
            self.kept - other.kept,
            self.dropped - other.dropped,
            self.failed - other.failed,
        )

    def to_dict(self) -> dict[str, int]:
        """Return the four numbers by their names in the output: in, kept, dropped, failed."""
        return {
            "in": self.seen,
            "kept": self.kept,
            "dropped": self.dropped,
            "failed": self.failed,
        }


class Receipt(msgspec.Struct, frozen=True):
    """What one unit did.

    `reasons` counts rejected documents by `stage.rule`, `shortened` tokens, `left_out` samples of kept
    documents by `task.rule`.
    """

    unit: int
    fingerprint: str
    documents: Books
    reasons: dict[str, int]
    records: dict[str, int]
    tokens: dict[str, int]
    parts: list[Part]
    warnings: int = 0
    seconds: float = 0.0
    shortened: dict[str, int] = {}
    left_out: dict[str, int] = {}


def receipt_path(folder: str, unit: int) -> str:
    """Return where the receipt of a unit lies."""
    return join(folder, f"unit-{unit:06d}.json")


def write_receipt(folder: str, receipt: Receipt) -> None:
    """Write a receipt; from now on the unit has happened."""
    write_bytes(receipt_path(folder, receipt.unit), msgspec.json.encode(receipt))


class Receipts:
    """The receipts in a folder, read once each however often `poll` is called."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.found: dict[int, Receipt] = {}
        self._names: set[str] = set()

    def poll(self) -> list[Receipt]:
        """Return the receipts that came since the last call, by unit."""
        new = []
        for info in list_files(self.folder):
            name = info.path.rpartition("/")[2]
            if name in self._names or not name.startswith("unit-"):
                continue
            self._names.add(name)
            receipt = _decode(info.path)
            self.found[receipt.unit] = receipt
            new.append(receipt)
        return new


def _decode(path: str) -> Receipt:
    try:
        return msgspec.json.decode(read_bytes(path), type=Receipt)
    except msgspec.DecodeError as error:
        raise StorageError(
            "a receipt is damaged",
            where=path,
            found=str(error),
            hint="delete this file: the unit is then done again",
        ) from error
