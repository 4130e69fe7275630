"""What a call gives back: frozen results, each with `to_dict`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any, cast

__all__ = [
    "BatchExportResult",
    "CountedBy",
    "ExportResult",
    "LeakReport",
    "RunSummary",
    "Shown",
    "TrainingDataset",
]


MOST_CHARACTERS = 60
MOST_ITEMS = 3


class Shown:
    """A result whose `repr` tells what it is at a glance; the library rich lays out the same.

    Fields that are as by default are left out, long texts and lists are cut; `to_dict` has all of it.
    """

    def __rich_repr__(self) -> Iterator[tuple[str, object]]:
        """Yield the name and value of each field that is shown."""
        for one in fields(cast(Any, self)):
            value = getattr(self, one.name)
            has_default = one.default is not MISSING or one.default_factory is not MISSING
            if not has_default or value not in (None, 0, False, (), {}):
                yield one.name, _short(value)

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({told})"


class _Told(str):
    """What stands for a value, without quotation marks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _short(value: object) -> object:
    """Return what is shown of a value.

    >>> _short("a" * 70), _short((1, 2, 3, 4)), _short({"train": ("x",), "test": (1, 2, 3, 4)})
    ('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'… <70 characters>, <4 items>, {'train': ('x',), 'test': <4 items>})
    """
    if isinstance(value, str) and len(value) > MOST_CHARACTERS:
        return _Told(f"{value[: MOST_CHARACTERS // 2]!r}… <{len(value):,} characters>")
    if isinstance(value, list | tuple):
        is_long = len(value) > MOST_ITEMS or any(isinstance(one, Mapping) for one in value)
        return _Told(f"<{len(value):,} items>") if is_long else value
    if isinstance(value, Mapping):
        return {key: _short(one) for key, one in value.items()}
    return value


@dataclass(frozen=True)
class CountedBy:
    """Which tokenizer counted: what was asked for, what counts, and whether that stands in for it.

    >>> CountedBy("claude-3-opus", "cl100k_base", approximate=True).stands_in
    'cl100k_base stands in for claude-3-opus'
    """

    name: str
    encoding: str
    approximate: bool = False

    @property
    def stands_in(self) -> str | None:
        """What is to be said beside a number that is approximate; None where it is exact."""
        return f"{self.encoding} stands in for {self.name}" if self.approximate else None


@dataclass(frozen=True)
class LeakReport:
    """What was found when a dataset was read back: what lies on two sides. None: not looked for.

    `records` and `documents` were read. `split_documents` are documents with records in two splits;
    `shared_ids` ids in two splits that several documents of one source have; `near_duplicates` clusters
    of documents at least `threshold` similar, and `groups` groups, of which documents are in two splits.
    `equal_records` counts, by split, records that another split has too, white space and the case of
    ASCII letters aside. `is_inherited` says that documents keep the side they have in an earlier
    dataset, so that near-duplicates and groups may be torn already. `examples` name some documents.
    """

    records: int
    documents: int | None = None
    split_documents: int | None = None
    shared_ids: int | None = None
    near_duplicates: int | None = None
    threshold: float | None = None
    groups: int | None = None
    equal_records: Mapping[str, int] = field(default_factory=dict)
    is_inherited: bool = False
    examples: tuple[str, ...] = ()

    @property
    def leaks(self) -> Mapping[str, int]:
        """What must not be: by kind, how many.

        >>> LeakReport(9, split_documents=0, groups=2).leaks
        {'groups': 2}
        """
        torn = {"near_duplicates": self.near_duplicates, "groups": self.groups}
        found = {"split_documents": self.split_documents, **({} if self.is_inherited else torn)}
        return {kind: number for kind, number in found.items() if number}

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data."""
        found = asdict(self)
        found["examples"] = list(self.examples)
        return found


@dataclass(frozen=True, repr=False)
class RunSummary(Shown):
    """The account of a run: documents in = kept + dropped + failed, and what was written.

    `reasons` counts rejected documents by `stage.rule`; `records` and `tokens` are by split;
    `resumed_units` were done by an earlier run of the same command; `shortened` counts the documents
    that were over their budget, their tokens before and after, and what each step saved; `left_out`
    counts the samples of kept documents that became no record, by `task.rule`; `tokenizer` counted;
    `leaks` is what was found when the dataset was read back, None where it was not; `report` is where
    the run's report lies, where one was written.
    """

    documents: Mapping[str, int]
    reasons: Mapping[str, int]
    records: Mapping[str, int]
    tokens: Mapping[str, int]
    output: str
    engine: str
    units: int = 0
    resumed_units: int = 0
    warnings: int = 0
    seconds: float = 0.0
    n_bytes: int = 0
    nothing_to_do: bool = False
    operator: str | None = None
    shards: tuple[str, ...] = ()
    error: str | None = None
    shortened: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    tokenizer: CountedBy | None = None
    leaks: LeakReport | None = None
    report: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as plain data."""
        found = asdict(self)
        found["shards"] = list(self.shards)
        found["leaks"] = None if self.leaks is None else self.leaks.to_dict()
        return found


@dataclass(frozen=True, repr=False)
class ExportResult(Shown):
    """One document, rendered. `metadata` holds what is known of it: doc_id, source, title.

    `n_tokens` are those of `tokenizer`, approximate where it says so; both None where none were counted.
    `optimization` says what was done to bring it within `max_tokens`, where that was asked for; see
    OptimizationResult.
    """

    content: str
    format: str
    n_tokens: int | None
    n_elements: int
    warnings: int = 0
    quality_score: float | None = None
    output: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    optimization: Mapping[str, Any] | None = None
    tokenizer: CountedBy | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain data."""
        return asdict(self)

    def __str__(self) -> str:
        return self.content


@dataclass(frozen=True, repr=False)
class BatchExportResult(Shown):
    """Many documents, rendered, in the order they were given."""

    results: Mapping[str, tuple[ExportResult, ...]]
    failed: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the results as plain data."""
        return {
            "results": {name: [r.to_dict() for r in rs] for name, rs in self.results.items()},
            "failed": list(self.failed),
        }


@dataclass(frozen=True, repr=False)
class TrainingDataset(Shown):
    """Training records by split, in memory. `documents` is the account, as in RunSummary.

    `tokens` are those of `tokenizer`.
    """

    splits: Mapping[str, tuple[Mapping[str, Any], ...]]
    documents: Mapping[str, int]
    reasons: Mapping[str, int]
    tokens: Mapping[str, int]
    tokenizer: CountedBy | None = None

    def __len__(self) -> int:
        return sum(len(rows) for rows in self.splits.values())

    def to_dict(self) -> dict[str, Any]:
        """Return the dataset as plain data."""
        return asdict(self)
