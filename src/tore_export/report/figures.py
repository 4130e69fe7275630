"""What facts and receipts tell of a run, summed up: the numbers that the report draws.

Facts are read some hundred thousand documents at a time, so memory does not grow with the run.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import nlargest
from io import BytesIO
from typing import TYPE_CHECKING, Any

from tore_export.errors import StorageError
from tore_export.storage.files import list_files, read_bytes
from tore_export.storage.layout import Layout
from tore_export.storage.receipts import Receipts

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "FATES",
    "NOT_SAID",
    "QUALITY_BINS",
    "Document",
    "Figures",
    "Rule",
    "UnitTime",
    "figures_of",
]

FATES = ("kept", "dropped", "failed")
"""What becomes of a document."""

NOT_SAID = "not said"
"""The language of a document that says none."""

QUALITY_BINS = 20
"""Bins of a score between 0 and 1."""

MOST_LISTED = 10
_ROWS_AT_ONCE = 200_000
_COLUMNS = (
    "doc_id",
    "source",
    "language",
    "n_tokens",
    "quality_score",
    "n_elements",
    "n_records",
    "kinds",
    "failed",
    "stage",
    "rule",
    "threshold",
)

ByFate = dict[str, int]


@dataclass(frozen=True)
class Rule:
    """One reason why documents went away: how many, with how many tokens, and where the line was.

    `threshold` is None where the rule has none, or not the same for every document.
    """

    stage: str
    rule: str
    fate: str
    documents: int
    tokens: int
    threshold: float | None = None

    @property
    def name(self) -> str:
        """As the summary counts it."""
        return f"{self.stage}.{self.rule}"


@dataclass(frozen=True, order=True)
class Document:
    """One of the longest documents; ordered by its tokens, then by its names."""

    tokens: int
    source: str
    doc_id: str
    elements: int
    fate: str


@dataclass(frozen=True, order=True)
class UnitTime:
    """One of the slowest units: the seconds it took, and what it held."""

    seconds: float
    unit: int
    documents: int
    tokens: int
    first: str
    last: str


@dataclass
class Figures:
    """The numbers of a run. Histograms map a bin to documents by fate.

    `tokens` has the tokens that came in, by what became of their document; a bin of `token_bins` is a
    power of two, the least number of tokens in it (0 for none); one of `quality_bins` a twentieth.
    """

    tokens: ByFate = field(default_factory=lambda: dict.fromkeys(FATES, 0))
    token_bins: dict[int, ByFate] = field(default_factory=dict)
    quality_bins: dict[int, ByFate] = field(default_factory=dict)
    languages: dict[str, ByFate] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    rules: list[Rule] = field(default_factory=list)
    longest: list[Document] = field(default_factory=list)
    slowest: list[UnitTime] = field(default_factory=list)
    unit_seconds: float = 0.0
    median_tokens: int | None = None


def figures_of(layout: Layout) -> Figures:
    """Sum up the facts and receipts of an output; a unit without facts held no document.

    **Raises** StorageError where they are damaged.
    """
    found = _Sum()
    for table in _facts(layout):
        found.add(table)
    figures = found.close()
    times = list(_unit_times(layout, found.sources))
    figures.unit_seconds = sum(one.seconds for one in times)
    figures.slowest = nlargest(MOST_LISTED, times)
    return figures


def _facts(layout: Layout) -> Iterator[pl.DataFrame]:
    """Yield the facts of many units at once, with the unit's number beside each document."""
    import polars as pl

    held: list[pl.DataFrame] = []
    n_rows = 0
    for info in list_files(layout.facts):
        name = info.path.rpartition("/")[2]
        data = read_bytes(info.path)
        try:
            known = pl.read_parquet_schema(BytesIO(data))
            table = pl.read_parquet(data, columns=[one for one in _COLUMNS if one in known])
        except pl.exceptions.PolarsError as error:
            raise StorageError(
                "the state of this output is damaged",
                where=info.path,
                found=str(error).partition("\n")[0],
                hint="run again with --restart",
            ) from error
        unit = int(name.removeprefix("unit-").removesuffix(".parquet"))
        held.append(table.with_columns(pl.lit(unit).alias("unit")))
        n_rows += table.height
        if n_rows >= _ROWS_AT_ONCE:
            yield pl.concat(held, how="diagonal")
            held, n_rows = [], 0
    if held:
        yield pl.concat(held, how="diagonal")


class _Sum:
    """Figures while they are summed up."""

    def __init__(self) -> None:
        self.sources: dict[int, tuple[str, str]] = {}
        self._tokens: Counter[str] = Counter()
        self._token_bins: Counter[tuple[Any, str]] = Counter()
        self._quality_bins: Counter[tuple[Any, str]] = Counter()
        self._languages: Counter[tuple[Any, str]] = Counter()
        self._kinds: Counter[str] = Counter()
        self._rules: dict[tuple[str, str, str], list[Any]] = {}
        self._longest: list[Document] = []
        self._exact: Counter[int] = Counter()

    def add(self, table: pl.DataFrame) -> None:
        """Add the facts of some documents."""
        import polars as pl

        if "n_tokens" not in table.columns:  # a batch counts none
            table = table.with_columns(pl.lit(None, pl.Int64).alias("n_tokens"))
        fate = (
            pl.when(pl.col("stage").is_null())
            .then(pl.lit("kept"))
            .when(pl.col("failed"))
            .then(pl.lit("failed"))
            .otherwise(pl.lit("dropped"))
        )
        table = table.with_columns(
            fate.alias("fate"), pl.col("language").fill_null("").replace("", NOT_SAID)
        )
        self._tokens.update(_counted(table, "fate", pl.col("n_tokens").sum()))
        self._languages.update(_by_fate(table, pl.col("language")))
        counted = table.filter(pl.col("n_tokens").is_not_null())
        self._exact.update(_counted(counted, "n_tokens", pl.len()))
        power = pl.col("n_tokens").clip(1).cast(pl.Float64).log(2).floor().cast(pl.Int64)
        bin_of = pl.when(pl.col("n_tokens") > 0).then(pl.lit(2, pl.Int64).pow(power)).otherwise(0)
        self._token_bins.update(_by_fate(counted, bin_of))
        if "quality_score" in table.columns:
            scored = table.filter(pl.col("quality_score").is_not_nan())
            score = (pl.col("quality_score") * QUALITY_BINS + 1e-9).floor().cast(pl.Int64)
            self._quality_bins.update(_by_fate(scored, score.clip(0, QUALITY_BINS - 1)))
        if "kinds" in table.columns:
            kinds = table.select("kinds").unnest("kinds").sum()
            self._kinds.update(
                {k: n or 0 for k, n in zip(kinds.columns, kinds.row(0), strict=True)}
            )
        self._add_rules(table)
        # of all but the longest not even the order is of interest
        longest = counted.filter(
            pl.col("n_tokens") >= pl.col("n_tokens").top_k(MOST_LISTED).min()
        ).sort(["n_tokens", "source", "doc_id"], descending=True, maintain_order=True)
        longest = longest.head(MOST_LISTED)
        rows = longest.select("n_tokens", "source", "doc_id", "n_elements", "fate").iter_rows()
        self._longest = nlargest(MOST_LISTED, [*self._longest, *(Document(*row) for row in rows)])
        ends = table.group_by("unit").agg(
            pl.col("source").first().alias("first"), pl.col("source").last().alias("last")
        )
        self.sources.update({unit: (first, last) for unit, first, last in ends.iter_rows()})

    def _add_rules(self, table: pl.DataFrame) -> None:
        import polars as pl

        gone = table.filter(pl.col("stage").is_not_null())
        found = gone.group_by("stage", "rule", "fate").agg(
            pl.len(),
            pl.col("n_tokens").sum(),
            pl.col("threshold").min().alias("least"),
            pl.col("threshold").max().alias("most"),
        )
        for stage, rule, fate, n, tokens, least, most in found.iter_rows():
            known = self._rules.setdefault((stage, rule, fate), [0, 0, set()])
            known[0] += n
            known[1] += tokens or 0
            known[2] |= {least, most}

    def close(self) -> Figures:
        """Return the sums."""
        rules = [
            Rule(*key, n, tokens, next(iter(lines)) if len(lines) == 1 else None)
            for key, (n, tokens, lines) in self._rules.items()
        ]
        return Figures(
            tokens={fate: self._tokens[fate] for fate in FATES},
            token_bins=_nested(self._token_bins),
            quality_bins=_nested(self._quality_bins),
            languages=_nested(self._languages),
            kinds=+self._kinds,
            rules=sorted(rules, key=lambda rule: (-rule.documents, rule.name, rule.fate)),
            longest=self._longest,
            median_tokens=_median(self._exact),
        )


def _counted(table: pl.DataFrame, name: str, number: pl.Expr) -> dict[Any, int]:
    return {key: n or 0 for key, n in table.group_by(name).agg(number.alias("n")).iter_rows()}


def _by_fate(table: pl.DataFrame, key: pl.Expr) -> dict[tuple[Any, str], int]:
    import polars as pl

    found = table.select(key.alias("key"), "fate").drop_nulls().group_by("key", "fate")
    return {(value, fate): n for value, fate, n in found.agg(pl.len()).iter_rows()}


def _nested(counts: Counter[tuple[Any, str]]) -> dict[Any, ByFate]:
    nested: dict[Any, ByFate] = defaultdict(lambda: dict.fromkeys(FATES, 0))
    for (key, fate), n in sorted(counts.items()):
        nested[key][fate] += n
    return dict(nested)


def _median(counts: Counter[int]) -> int | None:
    """Return the middle value, the lower of two."""
    half, seen = (counts.total() + 1) // 2, 0
    for value, n in sorted(counts.items()):
        seen += n
        if seen >= half:
            return value
    return None


def _unit_times(layout: Layout, sources: dict[int, tuple[str, str]]) -> Iterable[UnitTime]:
    for receipt in Receipts(layout.receipts).poll():
        first, last = sources.get(receipt.unit, ("", ""))
        tokens = sum(receipt.tokens.values())
        yield UnitTime(receipt.seconds, receipt.unit, receipt.documents.seen, tokens, first, last)
