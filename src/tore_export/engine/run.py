"""Carry out a plan: lock, resume, units, shards, card, and the account of it all.

Where splits are decided over all documents there are two passes over the units, each with receipts of
its own: the first spools, then it is decided, the second writes.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

from tore_export.engine.decide import Map, decide_units
from tore_export.engine.quarantine import receipts_of
from tore_export.engine.resume import State
from tore_export.engine.roles import Check, Engine, Finish
from tore_export.engine.tally import Tally
from tore_export.errors import BooksError, LeakError, TooManyFailedError
from tore_export.observe.progress import OnProgress, Progress
from tore_export.plan.plan import Plan, Preparation
from tore_export.results import CountedBy, LeakReport, RunSummary
from tore_export.sinks.shards import JoinReceipt, plan_joins
from tore_export.storage.lock import lock
from tore_export.storage.receipts import Receipt

__all__ = ["Run"]

LEAST_DOCUMENTS_FOR_CEILING = 1_000

_TWO_PASSES = ("documents", "decisions", "writing")

KINDS_OF_LEAKS = {
    "split_documents": "document",
    "near_duplicates": "near-duplicate cluster",
    "groups": "group",
}


class Run:
    """One run of a plan. `summary` tells the account at any time, also after it failed.

    `steps` are what `execute` does, in order; each runs within what `around_step` makes of its name.
    """

    def __init__(
        self,
        plan: Plan,
        start_engine: Callable[[], AbstractContextManager[Engine]],
        *,
        engine_name: str,
        check: Check | None = None,
        finish: Finish | None = None,
        on_progress: OnProgress | None = None,
        max_failed_share: float = 1.0,
        restart: bool = False,
    ) -> None:
        self.plan = plan
        self._start_engine = start_engine
        self.engine_name = engine_name
        self._check = check
        self._finish = finish
        self._on_progress = on_progress or (lambda progress: None)
        self._max_failed_share = max_failed_share
        self._restart = restart
        self._state = State(plan)
        self._prepared: dict[int, Receipt] = {}
        self._receipts: dict[int, Receipt] = {}
        self._tally = Tally(plan.units)
        self._n_bytes = plan.n_bytes
        self._resumed_units = self._resumed_bytes = 0
        self._joined: list[JoinReceipt] = []
        self._gathered: Iterator[Any] = iter(())
        self._leaks: LeakReport | None = None
        self._operator: str | None = None
        self._started = time.perf_counter()
        self._last: RunSummary | None = None
        self._check_lock: Callable[[], None] = lambda: None
        self.around_step: Callable[[str], AbstractContextManager[object]] = nullcontext

    @property
    def steps(self) -> tuple[str, ...]:
        """The names of the steps, those of Progress; `finish` writes card and report."""
        first = ("documents",) if self.plan.preparation is None else _TWO_PASSES
        checks = () if self._check is None else ("leaks",)
        return (*first, "shards", *checks, *(() if self._finish is None else ("finish",)))

    def execute(self) -> RunSummary:
        """Do what is not done yet, and return the account of the whole.

        **Raises** LockedError, ResumeError, StorageError, TooManyFailedError, BooksError, LeakError;
        what was finished before stays, and the same plan goes on from there.
        """
        with lock(self.plan.sink.layout.state_file("lock")) as self._check_lock:
            done = self._state.begin(restart=self._restart)
            self._prepared = dict(self._state.prepared())
            self._receipts = dict(self._state.receipts())
            for receipt in (*self._prepared.values(), *self._receipts.values()):
                self._tally.add(receipt)
            self._resumed_units = len(self._tally.receipts)
            self._resumed_bytes = self._tally.n_bytes
            if done is not None:
                self._last = done
                self._tell("done")
                return done
            self._tell("start")
            with self._start_engine() as engine:
                if self.plan.preparation is not None:
                    self._prepare(engine, self.plan.preparation)
                phase = "documents" if self.plan.preparation is None else "writing"
                with self.around_step(phase):
                    self._run_units(engine, self.plan, self._receipts, phase)
                with self.around_step("shards"):
                    self._run_joins(engine)
                self._operator = engine.operator
                if self._check is not None:
                    with self.around_step("leaks"):
                        self._tell("leaks")
                        self._check_leaks(self._check, engine.map)
                summary = self.summary()
                if self._finish is not None:
                    with self.around_step("finish"):
                        finish = partial(self._finish, gathered=next(self._gathered))
                        [summary] = engine.map(finish, [summary])
            self._check_lock()
            self._state.end(summary)
            self._last = summary
            self._tell("done")
            return summary

    def _prepare(self, engine: Engine, preparation: Preparation) -> None:
        first = preparation.plan
        with self.around_step("documents"):
            self._run_units(engine, first, self._prepared, "documents")
        with self.around_step("decisions"):
            if self._state.is_decided():
                return
            self._tell("decisions")
            decide_units(
                first.sink.layout, first.units, preparation.rules, preparation.earlier, engine.map
            )
            self._state.write_decided()

    def _run_units(
        self, engine: Engine, plan: Plan, receipts: dict[int, Receipt], phase: str
    ) -> None:
        """Carry out the units that have no receipt; each gets one in `receipts`."""
        units = {unit.number: unit for unit in plan.units}
        pending = [units[n] for n in sorted(set(units) - set(receipts))]
        for found in receipts_of(engine, plan, pending):
            for receipt in found:
                receipts[receipt.unit] = receipt
                self._tally.add(receipt)
            self._check_lock()
            self._check_ceiling()
            self._tell(phase)
        self._check_books(receipts)

    def _run_joins(self, engine: Engine) -> None:
        tasks = plan_joins(self._receipts.values(), self.plan.joined, self.plan.shard_bytes)
        joined = self._state.joined()
        self._joined = [joined[task.name] for task in tasks if task.name in joined]
        pending = [task for task in tasks if task.name not in joined]
        names = {(task.split, task.number): task.name for task in tasks}
        receipts = engine.joins(self.plan, pending)
        if self._finish is not None:
            # a worker that no shard is left for does it meanwhile
            self._gathered = engine.map(self._finish.gather, [self.plan.sink.layout])
        for receipt in receipts:
            self._check_lock()
            self._state.write_join(names[receipt.split, receipt.number], receipt)
            self._joined.append(receipt)
            self._tell("shards")
        rows: Counter[str] = Counter()
        for receipt in self._joined:
            rows[receipt.split] += receipt.rows
        books = self._tally.books
        written = self._totals("records")
        expected = Counter(rejects=books.dropped + books.failed)
        if self.plan.joined == self.plan.counted:
            expected += written
        else:
            expected[self.plan.joined[0]] = written.total()
        if +rows != +expected:
            raise BooksError("the shards do not hold what the units wrote", found=str(dict(rows)))

    def _check_leaks(self, check: Check, map: Map) -> None:
        shards = [receipt for receipt in self._joined if receipt.split != "rejects"]
        self._leaks = check(self.plan, sorted(shards, key=lambda shard: shard.path), map)
        if self._leaks.leaks:
            told = ", ".join(
                f"{n:,} {KINDS_OF_LEAKS[kind]}{'' if n == 1 else 's'}"
                for kind, n in self._leaks.leaks.items()
            )
            raise LeakError(
                "what belongs together is in two splits",
                where=self.plan.sink.layout.output,
                found=f"{told}, for instance {', '.join(self._leaks.examples)}",
                allowed="none",
                hint="the dataset is there, but not to be trusted; --no-check-leaks takes it as it is",
            )

    def _check_ceiling(self) -> None:
        books = self._tally.books
        if (
            books.seen >= LEAST_DOCUMENTS_FOR_CEILING
            and books.failed > self._max_failed_share * books.seen
        ):
            raise TooManyFailedError(
                f"{books.failed:,} of {books.seen:,} documents failed",
                found=_most_common(self._totals("reasons")),
                allowed=f"{self._max_failed_share:.0%} (max_failed_share)",
            )

    def _check_books(self, receipts: dict[int, Receipt]) -> None:
        missing = {unit.number for unit in self.plan.units} - set(receipts)
        if missing:
            raise BooksError(
                f"{len(missing)} units have no receipt", found=f"units {sorted(missing)[:5]}"
            )
        books = self._tally.books
        if not books.balanced:
            raise BooksError("in is not kept + dropped + failed", found=str(books.to_dict()))
        for unit, receipt in receipts.items():
            before = self._prepared.get(unit, receipt).documents.seen
            if receipt.documents.seen != before:
                raise BooksError(
                    f"unit {unit} did not come whole to the second pass",
                    found=f"{receipt.documents.seen} documents",
                    allowed=f"{before}",
                )

    def _totals(self, name: str) -> Counter[str]:
        return _sum(getattr(receipt, name) for receipt in self._tally.receipts.values())

    def summary(self, error: str | None = None) -> RunSummary:
        """Return the account as it stands."""
        if self._last is not None:
            return self._last
        order = self.plan.counted
        counted_by = self.plan.description.get("tokenizer")
        records, tokens = self._totals("records"), self._totals("tokens")
        return RunSummary(
            documents=self._tally.books.to_dict(),
            reasons=dict(self._totals("reasons").most_common()),
            records={split: records[split] for split in order},
            tokens={split: tokens[split] for split in order},
            output=self.plan.sink.layout.output,
            engine=self.engine_name,
            units=len(self.plan.units),
            resumed_units=self._resumed_units,
            warnings=sum(receipt.warnings for receipt in self._tally.receipts.values()),
            seconds=round(time.perf_counter() - self._started, 3),
            n_bytes=self._n_bytes,
            operator=self._operator,
            shards=tuple(sorted(join.path for join in self._joined)),
            error=error,
            shortened=dict(self._totals("shortened")),
            left_out=dict(self._totals("left_out").most_common()),
            tokenizer=None if counted_by is None else CountedBy(**counted_by),
            leaks=self._leaks,
        )

    def _tell(self, phase: str) -> None:
        tally = self._tally
        self._on_progress(
            Progress(
                phase=phase,
                documents=tally.books.seen,
                tokens=tally.tokens,
                approximate=self.plan.description.get("tokenizer", {}).get("approximate", False),
                rejected=tally.books.dropped + tally.books.failed,
                units=len(tally.receipts),
                total_units=len(self.plan.units),
                n_bytes=tally.n_bytes,
                total_bytes=self._n_bytes,
                resumed_bytes=self._resumed_bytes,
                seconds=time.perf_counter() - self._started,
            )
        )


def _sum(counts: Iterable[dict[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return total


def _most_common(reasons: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in reasons.most_common(3))
