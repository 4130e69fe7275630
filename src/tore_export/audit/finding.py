"""Findings: what is wrong where, counted all, kept as far as memory is bounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from tore_export.errors import DocumentError
from tore_export.records.fault import Fault

__all__ = ["Finding", "Findings", "Validation"]

KEPT = 1_000
_MOST_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `row` counts from 1, in JSON lines by line; None: the file as a whole.

    `place` leads to the value within the row, `messages[2].content`.

    >>> print(Finding("a.jsonl", "empty_content", "messages[1].content", "''", "some text", 3))
    a.jsonl:3: empty_content: messages[1].content is '', allowed: some text
    """

    file: str
    rule: str
    place: str | None = None
    found: str | None = None
    allowed: str | None = None
    row: int | None = None

    @classmethod
    def of_fault(cls, file: str, fault: Fault, row: int | None) -> Finding:
        """Return the fault of a row as a finding."""
        return cls(file, fault.rule, fault.place, _short(fault.found), fault.allowed, row)

    @classmethod
    def of_error(cls, file: str, error: DocumentError, row: int | None = None) -> Finding:
        """Return what cannot be read as a finding; `found` says how far it could."""
        said = error.message if error.found is None else f"{error.message}, found {error.found}"
        return cls(file, error.rule, None, _short(said), error.allowed, row)

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as plain data."""
        return asdict(self)

    def __str__(self) -> str:
        where = self.file if self.row is None else f"{self.file}:{self.row}"
        told = f"{where}: {self.rule}"
        if self.found is not None:
            told += f": {self.place} is {self.found}" if self.place else f": {self.found}"
        return told if self.allowed is None else f"{told}, allowed: {self.allowed}"


def _short(text: str) -> str:
    line = text if text.isprintable() else repr(text)[1:-1]
    return line if len(line) <= _MOST_CHARACTERS else f"{line[: _MOST_CHARACTERS - 1]}…"


@dataclass(frozen=True)
class Validation:
    """What was looked at, and what is wrong with it.

    `rows` and `documents` are those there are, `bad_rows` the rows something is wrong with, and `read`
    is how many of both could be read at all. `rules` counts all findings; `findings` are the first of
    them. `shapes` are those of the rows, `scores` the first documents with their quality scores,
    `warnings` elements that could be read in part only.
    """

    files: int = 0
    rows: int = 0
    bad_rows: int = 0
    documents: int = 0
    bad_documents: int = 0
    read: int = 0
    warnings: int = 0
    shapes: tuple[str, ...] = ()
    rules: dict[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    scores: tuple[dict[str, Any], ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong."""
        return not self.rules

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain data."""
        return asdict(self)


class Findings:
    """What was found so far. `tell` hears of each; the first `kept` are kept."""

    def __init__(self, tell: Callable[[Finding], None] | None = None, kept: int = KEPT) -> None:
        self._tell = tell
        self._most = kept
        self._kept: list[Finding] = []
        self._shapes: dict[str, None] = {}
        self._last_bad: tuple[str, int] | None = None
        self._scores: list[dict[str, Any]] = []
        self.rules: Counter[str] = Counter()
        self.files = 0
        self.rows = 0
        self.bad_rows = 0
        self.documents = 0
        self.bad_documents = 0
        self.read = 0
        self.warnings = 0

    def add(self, finding: Finding) -> None:
        """Take in a finding; those of one row come one after the other."""
        self.rules[finding.rule] += 1
        if finding.row is not None and (bad := (finding.file, finding.row)) != self._last_bad:
            self._last_bad = bad
            self.bad_rows += 1
        if len(self._kept) < self._most:
            self._kept.append(finding)
        if self._tell is not None:
            self._tell(finding)

    def scored(self, score: dict[str, Any]) -> None:
        """Take in what a document scored."""
        if len(self._scores) < self._most:
            self._scores.append(score)

    def of_shape(self, name: str) -> None:
        """Take in that a file holds rows of a shape."""
        self._shapes[name] = None

    def result(self) -> Validation:
        """Return what was found."""
        return Validation(
            files=self.files,
            rows=self.rows,
            bad_rows=self.bad_rows,
            documents=self.documents,
            bad_documents=self.bad_documents,
            read=self.read,
            warnings=self.warnings,
            shapes=tuple(self._shapes),
            rules=dict(self.rules.most_common()),
            findings=tuple(self._kept),
            scores=tuple(self._scores),
        )
