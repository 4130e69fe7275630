"""A run: its account, its progress, and what it refuses to call done."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.conftest import write_jsonl
from tore_export.config import ExportConfig, TrainingConfig
from tore_export.engine.inline import InlineEngine
from tore_export.engine.run import Run
from tore_export.errors import BooksError, LockedError, TooManyFailedError
from tore_export.observe.progress import Progress
from tore_export.plan import units as units_module
from tore_export.plan.build import batch_plan, dataset_plan
from tore_export.plan.plan import Plan
from tore_export.results import RunSummary
from tore_export.sinks.shards import Join, JoinReceipt
from tore_export.sources.unit import Unit
from tore_export.storage.layout import Layout
from tore_export.storage.lock import lock
from tore_export.storage.receipts import Books, Receipt


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(units_module, "LEAST_BYTES", 20_000)
    return write_jsonl(tmp_path / "in" / "a.jsonl", range(50)).parent


@pytest.fixture
def plan(source: Path, tmp_path: Path) -> Plan:
    return dataset_plan([str(source)], str(tmp_path / "out"), TrainingConfig())


def run_of(plan: Plan, engine: type[InlineEngine] = InlineEngine, **options: Any) -> Run:
    return Run(plan, engine, engine_name="inline", **options)


class Finish:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, RunSummary]] = []

    def gather(self, layout: Layout) -> str:
        return f"facts of {len(list(Path(layout.facts).iterdir()))} units"

    def __call__(self, summary: RunSummary, gathered: str) -> RunSummary:
        self.seen.append((gathered, summary))
        return replace(summary, report="told")


def test_a_run_gives_its_account(plan: Plan) -> None:
    finish = Finish()
    run = run_of(plan, finish=finish)
    summary = run.execute()
    assert summary.documents == {"in": 50, "kept": 50, "dropped": 0, "failed": 0}
    assert sum(summary.records.values()) == 50
    assert (summary.units, summary.resumed_units) == (len(plan.units), 0)
    assert finish.seen == [(f"facts of {summary.units} units", replace(summary, report=None))]
    assert summary.report == "told"
    assert list(summary.shards) == sorted(summary.shards)
    assert all(Path(shard).exists() for shard in summary.shards)
    assert summary.to_dict()["shards"] == list(summary.shards)


def test_the_account_is_there_before_and_while_it_runs(plan: Plan) -> None:
    run = run_of(plan)
    assert run.summary().documents == {"in": 0, "kept": 0, "dropped": 0, "failed": 0}
    seen = []

    def look(_: Progress) -> None:
        seen.append(run.summary().documents["in"])

    run_of(plan)
    run = run_of(plan, on_progress=look)
    run.execute()
    assert seen == sorted(seen)
    assert len(set(seen)) > 2


def test_progress_goes_from_start_to_done_and_never_back(plan: Plan) -> None:
    steps: list[Progress] = []
    run_of(plan, on_progress=steps.append).execute()
    phases = [step.phase for step in steps]
    assert phases == sorted(phases, key=["start", "documents", "shards", "done"].index)
    assert set(phases) == {"start", "documents", "shards", "done"}
    for name in ("documents", "tokens", "units", "n_bytes", "seconds"):
        values = [getattr(step, name) for step in steps]
        assert values == sorted(values), name
    assert (steps[-1].n_bytes, steps[-1].documents) == (plan.n_bytes, 50)


class Quick(InlineEngine):
    """Says at once of each unit that there was nothing in it."""

    def units(self, plan: Plan, pending: Sequence[Unit]) -> Iterator[list[Receipt]]:
        for unit in pending:
            yield [Receipt(unit.number, plan.fingerprint, Books(), {}, {}, {}, [])]


def test_ten_thousand_units_are_told_of_in_no_time(plan: Plan) -> None:
    units = tuple(Unit(number, "files", (), n_bytes=7) for number in range(10_000))
    steps: list[Progress] = []
    begin = time.process_time()
    run_of(replace(plan, units=units), Quick, on_progress=steps.append).execute()
    assert time.process_time() - begin < 5
    assert [step.n_bytes for step in steps[1:10_001]] == list(range(7, 70_001, 7))


def test_a_finished_run_tells_what_is_there(plan: Plan) -> None:
    first = run_of(plan).execute()
    steps: list[Progress] = []
    again = run_of(plan, on_progress=steps.append)
    summary = again.execute()
    assert summary.nothing_to_do
    assert again.summary() == summary
    assert (summary.records, summary.tokens) == (first.records, first.tokens)
    (step,) = steps
    assert (step.phase, step.documents, step.n_bytes) == ("done", 50, plan.n_bytes)
    assert step.resumed_bytes == plan.n_bytes


def test_a_batch_balances_by_its_manifest(source: Path, tmp_path: Path) -> None:
    formats = ["markdown", "plaintext"]
    plan = batch_plan([str(source)], str(tmp_path / "out"), formats, ExportConfig())
    summary = run_of(plan).execute()
    assert summary.records == {"markdown": 50, "plaintext": 50}
    assert len((tmp_path / "out" / "manifest.jsonl").read_text().splitlines()) == 100


class Forgetful(InlineEngine):
    """Loses a unit."""

    def units(self, plan: Plan, pending: Sequence[Unit]) -> Iterator[list[Receipt]]:
        yield from super().units(plan, pending[1:])


class Boastful(InlineEngine):
    """Says that more documents were kept than came in."""

    def units(self, plan: Plan, pending: Sequence[Unit]) -> Iterator[list[Receipt]]:
        for (receipt,) in super().units(plan, pending):
            yield [msgspec.structs.replace(receipt, documents=Books(seen=1, kept=2))]


class Careless(InlineEngine):
    """Leaves a shard out."""

    def joins(self, plan: Plan, pending: Sequence[Join]) -> Iterator[JoinReceipt]:
        yield from super().joins(plan, pending[1:])


@pytest.mark.parametrize(
    ("engine", "told"),
    [
        (Forgetful, r"1 units have no receipt, found units \[0\]"),
        (Boastful, r"in is not kept \+ dropped \+ failed"),
        (Careless, "the shards do not hold what the units wrote"),
    ],
)
def test_a_run_whose_books_do_not_balance_has_failed(
    plan: Plan, engine: type[InlineEngine], told: str
) -> None:
    with pytest.raises(BooksError, match=told):
        run_of(plan, engine).execute()
    assert not Path(plan.sink.layout.state_file("done.json")).exists()
    assert run_of(plan).execute().documents["kept"] == 50


def test_too_many_failed_documents_stop_the_run_and_name_the_reasons(
    source: Path, tmp_path: Path
) -> None:
    with (source / "bad.jsonl").open("w") as stream:
        stream.writelines('{"elements": 7}\n' if n % 4 else "{\n" for n in range(1_000))
    plan = dataset_plan([str(source)], str(tmp_path / "out"), TrainingConfig())
    run = run_of(plan, max_failed_share=0.5)
    with pytest.raises(TooManyFailedError) as stopped:
        run.execute()
    told = str(stopped.value)
    assert "source.not_elements 750, source.invalid_json 250, allowed: 50%" in told
    assert run.summary("x").error == "x"


def test_few_documents_may_all_fail(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    plan = dataset_plan([str(tmp_path / "a.json")], str(tmp_path / "out"), TrainingConfig())
    summary = run_of(plan, max_failed_share=0.0).execute()
    assert summary.documents["failed"] == 1


def test_only_one_run_at_a_time_writes_to_an_output(plan: Plan) -> None:
    with lock(plan.sink.layout.state_file("lock")), pytest.raises(LockedError):
        run_of(plan).execute()


def test_a_run_in_two_passes_tells_each_and_counts_documents_once(
    source: Path, tmp_path: Path
) -> None:
    plan = dataset_plan([str(source)], str(tmp_path / "two"), TrainingConfig(exact_ratios=True))
    steps: list[Progress] = []
    summary = run_of(plan, on_progress=steps.append).execute()
    phases = [step.phase for step in steps]
    order = ["start", "documents", "decisions", "writing", "shards", "done"]
    assert list(dict.fromkeys(phases)) == order
    assert phases == sorted(phases, key=order.index)
    assert phases.count("documents") == phases.count("writing") == len(plan.units)
    for name in ("documents", "tokens", "units", "n_bytes", "seconds"):
        values = [getattr(step, name) for step in steps]
        assert values == sorted(values), name
    assert (steps[-1].documents, steps[-1].tokens) == (50, sum(summary.tokens.values()))
    assert summary.documents == {"in": 50, "kept": 50, "dropped": 0, "failed": 0}


def test_a_unit_that_comes_to_the_second_pass_with_other_documents_fails_the_run(
    source: Path, tmp_path: Path
) -> None:
    class Forging(InlineEngine):
        """Says of each unit of the second pass that it held one document less."""

        def units(self, plan: Plan, pending: Sequence[Unit]) -> Iterator[list[Receipt]]:
            for (receipt,) in super().units(plan, pending):
                less = Books(seen=receipt.documents.seen - 1, kept=receipt.documents.seen - 1)
                changed = msgspec.structs.replace(receipt, documents=less)
                yield [changed if plan.preparation is not None else receipt]

    plan = dataset_plan([str(source)], str(tmp_path / "two"), TrainingConfig(exact_ratios=True))
    with pytest.raises(BooksError, match="unit 0 did not come whole to the second pass"):
        run_of(plan, Forging).execute()


@pytest.mark.parametrize(
    ("options", "steps"),
    [
        ({}, ["documents", "shards", "finish"]),
        ({"exact_ratios": True}, ["documents", "decisions", "writing", "shards", "finish"]),
    ],
)
def test_each_step_runs_within_what_is_put_around_it(
    options: dict[str, Any], steps: list[str], source: Path, tmp_path: Path
) -> None:
    seen: list[str] = []

    @contextmanager
    def around(step: str) -> Iterator[None]:
        seen.append(step)
        yield
        seen.append(f"{step} done")

    config = TrainingConfig.model_validate(options)
    plan = dataset_plan([str(source)], str(tmp_path / "out"), config)
    run = run_of(plan, finish=Finish())
    run.around_step = around
    assert list(run.steps) == steps
    run.execute()
    assert seen == [told for step in steps for told in (step, f"{step} done")]
    run.execute()  # nothing to do, so no step
    assert len(seen) == 2 * len(steps)
