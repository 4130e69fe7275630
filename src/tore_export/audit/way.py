"""The way of a document: its source, what was measured, why it went where, where its records are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["Explanation", "RecordPlace", "Way"]


@dataclass(frozen=True)
class RecordPlace:
    """A record and where it lies: `row` of the file `shard`, from 1 (in JSON lines its line).

    `number` is its place among the records of its document, from 1; `payload` are the columns that are
    trained on, `metadata` the rest of what the row says of where it came from. `elements` are those it
    was made of, as the input has them, where the input was named; None where they are not there.
    """

    number: int
    split: str
    shard: str
    row: int
    n_tokens: int | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    elements: tuple[Mapping[str, Any], ...] | None = None


@dataclass(frozen=True)
class Way:
    """What became of one document. None: the output does not say.

    `state` is kept, dropped or failed. `facts` are what was measured; `reject` says which rule took the
    document, with value and threshold; `split` which side it is on, and what decided it. `records` are
    the first of its `n_records`, `files` what a batch wrote of it.
    """

    doc_id: str
    source: str | None = None
    place: int | None = None
    state: str = "kept"
    facts: Mapping[str, Any] = field(default_factory=dict)
    reject: Mapping[str, Any] | None = None
    split: Mapping[str, Any] | None = None
    n_records: int | None = None
    records: tuple[RecordPlace, ...] = ()
    files: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Explanation:
    """What was asked for, and the ways of the documents it names, of which there are `n_documents`."""

    asked: str
    output: str
    n_documents: int
    ways: tuple[Way, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as plain data."""
        return asdict(self)
